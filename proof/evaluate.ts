// The evaluator: the same formulas on a finite state, each compiled to a function. What is proved is what runs here.

import { headOf, type Sort, type Term, type Variable } from './language.ts';
import type { Step, System } from './system.ts';

/** How many of each sort there are; a number n ranges over 0..Int-1. */
export type World = Readonly<Record<Sort, number>>;

/** A state: each symbol's values, row by row. True is 1; a task, page or container is its number. */
export type Values = Readonly<Record<string, readonly number[]>>;

type Given = (before: Values, after: Values, ...args: number[]) => number | boolean;

export interface Runner {
  readonly step: Step;
  /** Every tuple of arguments for which the guard holds, the first ones given. */
  enabled(state: Values, given?: readonly number[]): number[][];
  apply(state: Values, args: readonly number[]): Values;
}

const rows = (world: World, args: readonly Variable[]) => args.reduce((n, { sort }) => n * world[sort], 1);

/** Every tuple of values of the variables, the last one counting fastest. */
export const tuples = (world: World, args: readonly Variable[]): number[][] =>
  args.reduce<number[][]>(
    (sofar, { sort }) =>
      sofar.flatMap((row) => Array.from({ length: world[sort] }, (_, value) => [...row, value])),
    [[]],
  );

/** A term as a function of the state before, the state after and the variables. */
export function evaluator(term: Term, args: readonly Variable[], world: World): Given {
  const names = args.map(({ name }) => name);
  return new Function('every', 'any', `return (s, z, ${names.join(', ')}) => ${script(term, world)}`)(
    every,
    any,
  ) as Given;
}

function every(n: number, holds: (i: number) => unknown): boolean {
  for (let i = 0; i < n; i++) if (!holds(i)) return false;
  return true;
}

const any = (n: number, holds: (i: number) => unknown): boolean => !every(n, (i) => !holds(i));

const IN_SCRIPT: Readonly<Record<string, string>> = { '|': '||', '&': '&&', '=': '===', '!=': '!==' };

/** A term as an expression in JavaScript. */
function script(term: Term, world: World): string {
  const inner = (one: Term) => script(one, world);
  if (term.kind === 'literal') return term.value;
  if (term.kind === 'variable') return term.name;
  if (term.kind === 'quantifier') {
    const { name, sort } = term.variable;
    return `${term.name === 'all' ? 'every' : 'any'}(${world[sort]}, (${name}) => ${inner(term.body)})`;
  }
  if (term.kind === 'symbol') {
    const at = term.args.reduce((sum, arg) => `(${sum}) * ${world[arg.sort]} + (${inner(arg)})`, '0');
    return `${term.primed ? 'z' : 's'}.${term.name}[${at}]`;
  }
  const [a, b, c] = term.args.map(inner);
  if (term.name === '!') return `!(${a})`;
  if (term.name === '=>') return `(!(${a}) || (${b}))`;
  if (term.name === '?') return `((${a}) ? (${b}) : (${c}))`;
  // A relation's value is 0 or 1, a comparison's is a boolean.
  const plain = term.name === '=' || term.name === '!=' ? '+' : '';
  return `(${plain}(${a}) ${IN_SCRIPT[term.name] ?? term.name} ${plain}(${b}))`;
}

/** A step that can be taken in a world of this size. */
export function runner(step: Step, world: World): Runner {
  const guard = evaluator(step.guard, step.args, world);
  const open = step.args.map((_, i) => tuples(world, step.args.slice(i)));
  open.push([[]]);
  const updates = [...step.effect].map(([symbol, { args, body }]) => ({
    symbol,
    places: tuples(world, args),
    value: evaluator(body, [...step.args, ...args], world),
  }));
  return {
    step,
    enabled: (state, given = []) =>
      open[given.length].map((rest) => [...given, ...rest]).filter((args) => guard(state, state, ...args)),
    apply(state, args) {
      const after: Record<string, readonly number[]> = { ...state };
      for (const { symbol, places, value } of updates) {
        after[symbol] = places.map((place) => Number(value(state, after, ...args, ...place)));
      }
      return after;
    },
  };
}

/** A state in which every symbol is 0, that is false, the first of its sort, or nothing. */
export const zero = (system: System, world: World): Values =>
  Object.fromEntries(
    [...system.vocabulary.symbols.values()].map(({ name, args }) => [name, Array(rows(world, args)).fill(0)]),
  );

/** The counted numbers, counted. */
export function counted(
  { counts, read, vocabulary }: System,
  world: World,
): (state: Values) => Record<string, number[]> {
  const all = counts.map(({ head }) => {
    const { name } = headOf(head);
    const args = vocabulary.words.get(`in_${name}`)?.args ?? [];
    const inside = read(`in_${name}(${args.map((arg) => arg.name).join(', ')})`, args);
    return { name, args, holds: evaluator(inside, args, world) };
  });
  return (state) =>
    Object.fromEntries(
      all.map(({ name, args, holds }) => {
        const counted = args.slice(0, -1);
        const of = tuples(world, args.slice(-1));
        return [
          name,
          tuples(world, counted).map((x) => of.filter((y) => holds(state, state, ...x, ...y)).length),
        ];
      }),
    );
}
