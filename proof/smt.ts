// The printer: a condition as a text in SMT-LIB 2.6. It holds if the answer is unsat.

import type { Condition } from './conditions.ts';
import type { Term, Variable } from './language.ts';

const NAMES: Readonly<Record<string, string>> = { '|': 'or', '&': 'and', '!': 'not', '?': 'ite' };

const sorted = (variables: readonly Variable[]) =>
  variables.map(({ name, sort }) => `(${name} ${sort})`).join(' ');
/** `exists` is a word of SMT-LIB itself. */
const nameOf = (symbol: string) => (symbol === 'exists' ? 'exists_' : symbol);

/** A symbol with its arguments, as SMT-LIB writes it. */
export const applied = (symbol: string, args: readonly string[]): string =>
  args.length === 0 ? nameOf(symbol) : `(${[nameOf(symbol), ...args].join(' ')})`;

/** A term in SMT-LIB. Of the symbols of the state after the step, only `changed` have a name of their own. */
export function smt(term: Term, changed: (symbol: string) => boolean = () => false): string {
  const inner = (one: Term) => smt(one, changed);
  if (term.kind === 'literal') return term.value;
  if (term.kind === 'variable') return term.name;
  if (term.kind === 'quantifier') {
    const quantifier = term.name === 'all' ? 'forall' : 'exists';
    return `(${quantifier} (${sorted([term.variable])}) ${inner(term.body)})`;
  }
  if (term.kind === 'symbol') {
    const name = term.primed && changed(term.name) ? `${term.name}_after` : term.name;
    return applied(name, term.args.map(inner));
  }
  if (term.name === '!=') return `(not (= ${term.args.map(inner).join(' ')}))`;
  return `(${[NAMES[term.name] ?? term.name, ...term.args.map(inner)].join(' ')})`;
}

const changedBy = (step: Condition['step']) => (symbol: string) => step?.effect.has(symbol) === true;
const failing = ({ goal, step }: Condition) => `(not ${smt(goal, changedBy(step))})`;

/** The sorts, the state before the step, its arguments, and the state after. */
function declared({ system, step }: Condition): string[] {
  return [
    ...['Task', 'Page', 'Container'].map((sort) => `(declare-sort ${sort} 0)`),
    ...[...system.vocabulary.symbols.values()].map(
      ({ name, args, sort }) =>
        `(declare-fun ${nameOf(name)} (${args.map((arg) => arg.sort).join(' ')}) ${sort})`,
    ),
    ...(step?.args ?? []).map((arg) => `(declare-const ${arg.name} ${arg.sort})`),
    ...[...(step?.effect ?? [])].map(
      ([symbol, { args, body }]) =>
        `(define-fun ${symbol}_after (${sorted(args)}) ${body.sort} ${smt(body, changedBy(step))})`,
    ),
  ];
}

const assumed = ({ assume }: Condition) => assume.map((term) => `(assert ${smt(term)})`);

/** Conditions of one group, with `more` asserted: number i holds if `goalName(i)` cannot be true. */
export const problem = (group: readonly Condition[], more: readonly string[] = []): string =>
  [
    ...declared(group[0]),
    ...assumed(group[0]),
    ...more,
    ...group.map(
      (one, i) => `(declare-const ${goalName(i)} Bool)\n(assert (=> ${goalName(i)} ${failing(one)}))`,
    ),
  ].join('\n');

export const goalName = (i: number): string => `goal_${i}`;

/** The conditions by what they assume: those of a step together. The key is a file's name. */
export function groups(conditions: readonly Condition[]): Map<string, Condition[]> {
  const all = new Map<string, Condition[]>();
  for (const condition of conditions) {
    // What a profile breaks by design assumes more, and stands in a group of its own.
    const own = condition.known ? ` ${condition.claim}` : '';
    const name = `${condition.step?.name ?? condition.name}${own}`.replaceAll(/[^A-Za-z0-9]+/g, '-');
    all.set(name, [...(all.get(name) ?? []), condition]);
  }
  return all;
}

/** The conditions as files: for each (check-sat) the answer is unsat, in any solver. */
export const files = (conditions: readonly Condition[]): Map<string, string> =>
  new Map(
    [...groups(conditions)].map(([name, all]) => [
      `${name}.smt2`,
      [
        '(set-logic ALL)',
        ...declared(all[0]),
        ...assumed(all[0]),
        ...all.map((one) => `; ${one.name}\n(push 1)\n(assert ${failing(one)})\n(check-sat)\n(pop 1)`),
      ].join('\n'),
    ]),
  );
