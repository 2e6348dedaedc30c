// The printer: conditions as a text in SMT-LIB 2.6. One holds if its goal cannot fail: the answer is unsat.

import type { Condition } from './conditions.ts';
import type { Sort, Term, Variable } from './language.ts';
import { keyOf } from './system.ts';

/** What SMT-LIB calls it; `exists` is a word of its own. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ '|': 'or', '&': 'and', '!': 'not', '?': 'ite', '!=': 'distinct', all: 'forall', some: 'exists' },
  exists: 'exists_',
};

const sorted = (variables: readonly Variable[]) =>
  variables.map(({ name, sort }) => `(${name} ${sort})`).join(' ');

/** A name with its arguments, as SMT-LIB writes it. */
export const applied = (name: string, args: readonly string[]): string =>
  args.length === 0 ? (NAMES[name] ?? name) : `(${[NAMES[name] ?? name, ...args].join(' ')})`;

/** A term in SMT-LIB. Of the symbols of the state after the step, only what it changes has a name of its own. */
export function smt({ kind, name, args }: Term, step: Condition['step'] = null): string {
  const inner = args.map((arg) => smt(arg, step));
  if (kind === 'quantifier') return applied(name, [`(${sorted(args.slice(0, 1))})`, inner[1]]);
  return applied(kind === 'after' && step?.effect.has(name) ? `${name}_after` : name, inner);
}

const SORTS = ['Task', 'Page', 'Container'] as const;
/** Element i of a sort of which there are so many. */
export const element = (sort: Sort, i: number): string => `${sort}_${i}`;

/** The sorts, of any size or of these sizes, the state before the step, its arguments, and the state after. */
function declared({ system, step }: Condition, sizes?: Readonly<Record<Sort, number>>): string[] {
  const some = (sort: Sort) =>
    Array.from({ length: sizes?.[sort] ?? 0 }, (_, i) => `(${element(sort, i)})`).join(' ');
  return [
    ...SORTS.map((sort) =>
      sizes ? `(declare-datatypes ((${sort} 0)) ((${some(sort)})))` : `(declare-sort ${sort} 0)`,
    ),
    ...[...system.vocabulary.symbols.values()].map(
      ({ name, args, sort }) =>
        `(declare-fun ${applied(name, [])} (${args.map((arg) => arg.sort).join(' ')}) ${sort})`,
    ),
    ...(step?.args ?? []).map((arg) => `(declare-const ${arg.name} ${arg.sort})`),
    ...[...(step?.effect ?? [])].map(
      ([symbol, { args, body }]) =>
        `(define-fun ${symbol}_after (${sorted(args)}) ${body.sort} ${smt(body, step)})`,
    ),
  ];
}

export const goalName = (i: number): string => `goal_${i}`;

/** Conditions of one group, with `more` asserted, in a world of these sizes: number i holds if `goalName(i)` cannot be true. */
export const problem = (
  group: readonly Condition[],
  sizes?: Readonly<Record<Sort, number>>,
  more: readonly string[] = [],
): string =>
  [
    ...declared(group[0], sizes),
    ...group[0].assume.map((term) => `(assert ${smt(term)})`),
    ...more,
    ...group.map(
      ({ name, goal, step }, i) =>
        `; ${name}\n(declare-const ${goalName(i)} Bool)\n(assert (=> ${goalName(i)} (not ${smt(goal, step)})))`,
    ),
  ].join('\n');

/** The conditions by what they assume: those of a step together. The key is a file's name. */
export function groups(conditions: readonly Condition[]): Map<string, Condition[]> {
  const all = new Map<string, Condition[]>();
  for (const condition of conditions) {
    // What a profile breaks by design assumes more, and stands in a group of its own.
    const own = condition.known ? ` ${condition.claim}` : '';
    const name = keyOf(`${condition.step?.name ?? condition.name}${own}`);
    all.set(name, [...(all.get(name) ?? []), condition]);
  }
  return all;
}

/** The conditions as files: the answer to each (check-sat-assuming) is unsat, in any solver. */
export const files = (conditions: readonly Condition[]): Map<string, string> =>
  new Map(
    [...groups(conditions)].map(([name, all]) => [
      `${name}.smt2`,
      ['(set-logic ALL)', problem(all), ...all.map((_, i) => `(check-sat-assuming (${goalName(i)}))`)].join(
        '\n',
      ),
    ]),
  );
