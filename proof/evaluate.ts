// The evaluator: the same formulas on a finite state. Each becomes one expression in JavaScript, its quantifiers written out.

import type { Sort, Term, Variable } from './language.ts';
import type { Step, System } from './system.ts';

/** How many of each sort there are; a number n ranges over 0..Int-1. */
export type World = Readonly<Record<Sort, number>>;

/** A state: each symbol's values, row by row. True is 1; a task, page or container is its number. */
export type Values = Readonly<Record<string, readonly number[]>>;

/** A step in a world of some size. */
export interface Runner {
  readonly step: Step;
  /** Every tuple of arguments for which the guard holds, the first ones given. */
  enabled(state: Values, given?: readonly number[]): number[][];
  apply(state: Values, args: readonly number[]): Values;
}

/** Every tuple of values of the variables, the last one counting fastest. */
export const tuples = (world: World, args: readonly Variable[]): number[][] =>
  args.reduce<number[][]>(
    (sofar, { sort }) =>
      sofar.flatMap((row) => Array.from({ length: world[sort] }, (_, value) => [...row, value])),
    [[]],
  );

/** A term as a function of the state before, the state after and the variables' values. */
export function evaluator(term: Term, args: readonly Variable[], world: World) {
  const body = `return ${script(term, world)}`;
  return new Function('s', 'z', ...args.map(({ name }) => name), body) as (
    before: Values,
    after: Values,
    ...args: number[]
  ) => number | boolean;
}

const IN_SCRIPT: Readonly<Record<string, string>> = { '|': '||', '&': '&&', '=': '===', '!=': '!==' };

/** A term as an expression of s, the state before, and z, the state after; `known` are variables with their values. */
function script(
  { kind, name, args }: Term,
  world: World,
  known: Readonly<Record<string, number>> = {},
): string {
  const inner = (one: Term) => script(one, world, known);
  if (kind === 'literal') return name;
  if (kind === 'variable') return String(known[name] ?? name);
  if (kind === 'quantifier') {
    const [variable, body] = args;
    const each = Array.from({ length: world[variable.sort] }, (_, i) =>
      script(body, world, { ...known, [variable.name]: i }),
    );
    return `(${each.map((one) => `(${one})`).join(name === 'all' ? ' && ' : ' || ')})`;
  }
  if (kind === 'before' || kind === 'after') {
    const at = args.reduce((sum, arg) => place(sum, world[arg.sort], inner(arg)), '0');
    return `${kind === 'after' ? 'z' : 's'}.${name}[${at}]`;
  }
  const [a, b, c] = args.map(inner);
  if (name === '!') return `!(${a})`;
  if (name === '=>') return `(!(${a}) || (${b}))`;
  if (name === '?') return `((${a}) ? (${b}) : (${c}))`;
  // A relation's value is 0 or 1, a comparison's is a boolean.
  const plain = name === '=' || name === '!=' ? '+' : '';
  return `(${plain}(${a}) ${IN_SCRIPT[name] ?? name} ${plain}(${b}))`;
}

/** The row of an index: in numbers where both are known. */
const place = (sum: string, size: number, next: string): string =>
  /^\d+$/.test(sum) && /^\d+$/.test(next)
    ? String(Number(sum) * size + Number(next))
    : `(${sum}) * ${size} + (${next})`;

export function runner(step: Step, world: World): Runner {
  const guard = evaluator(step.guard, step.args, world);
  const open = [...step.args.map((_, i) => tuples(world, step.args.slice(i))), [[]]];
  const lines = [...step.effect].map(([symbol, { args, body }]) => {
    const values = tuples(world, args).map((row) => {
      const known = Object.fromEntries(args.map(({ name }, i) => [name, row[i]]));
      return `+(${script(body, world, known)})`;
    });
    return `z.${symbol} = [${values.join(', ')}];`;
  });
  const names = step.args.map(({ name }) => name);
  const effect = new Function('s', 'z', ...names, lines.join('\n'));
  return {
    step,
    enabled: (state, given = []) =>
      open[given.length].map((rest) => [...given, ...rest]).filter((args) => guard(state, state, ...args)),
    apply(state, args) {
      const after = { ...state };
      effect(state, after, ...args);
      return after;
    },
  };
}

/** A state in which every symbol is 0: false, the first of its sort, or nothing. */
export const zero = (system: System, world: World): Values =>
  Object.fromEntries(
    [...system.vocabulary.symbols.values()].map(({ name, args }) => [name, tuples(world, args).map(() => 0)]),
  );

/** The counted numbers, counted. */
export function counted({ counts, read }: System, world: World) {
  const all = counts.map(({ name, set, by, of }) => {
    const args = [...by, of];
    return { name, by, of: [of], holds: evaluator(read(set, args), args, world) };
  });
  return (state: Values): Record<string, number[]> =>
    Object.fromEntries(
      all.map(({ name, of, by, holds }) => [
        name,
        tuples(world, by).map((x) => tuples(world, of).filter((y) => holds(state, state, ...x, ...y)).length),
      ]),
    );
}
