// The printer: a condition as a text in SMT-LIB 2.6. It holds if the answer is unsat.

import type { Condition } from './conditions.ts';
import type { Term, Variable } from './language.ts';
import type { System } from './system.ts';

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

/** All but the question: what there is, and what is assumed. `more` is asserted too. */
export function problem(
  { vocabulary }: System,
  { step, assume, goal, name }: Condition,
  more: readonly string[] = [],
): string {
  const changed = (symbol: string) => step?.effect.has(symbol) === true;
  const effects = [...(step?.effect ?? [])].map(([symbol, { args, body }]) => {
    return `(define-fun ${symbol}_after (${sorted(args)}) ${body.sort} ${smt(body, changed)})`;
  });
  return [
    `; ${name}`,
    '(set-logic ALL)',
    ...['Task', 'Page', 'Container'].map((sort) => `(declare-sort ${sort} 0)`),
    ...[...vocabulary.symbols.values()].map(
      ({ name: symbol, args, sort }) =>
        `(declare-fun ${nameOf(symbol)} (${args.map((arg) => arg.sort).join(' ')}) ${sort})`,
    ),
    ...(step?.args ?? []).map((arg) => `(declare-const ${arg.name} ${arg.sort})`),
    ...assume.map((term) => `(assert ${smt(term)})`),
    ...effects,
    ...more,
    `(assert (not ${smt(goal, changed)}))`,
    '',
  ].join('\n');
}
