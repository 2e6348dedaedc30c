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

/** What there is in a condition, and what is assumed; `more` is asserted too. */
function given({ system, step, assume }: Condition, more: readonly string[]): string[] {
  const effects = [...(step?.effect ?? [])].map(
    ([symbol, { args, body }]) =>
      `(define-fun ${symbol}_after (${sorted(args)}) ${body.sort} ${smt(body, changedBy(step))})`,
  );
  return [
    '(set-logic ALL)',
    ...['Task', 'Page', 'Container'].map((sort) => `(declare-sort ${sort} 0)`),
    ...[...system.vocabulary.symbols.values()].map(
      ({ name, args, sort }) =>
        `(declare-fun ${nameOf(name)} (${args.map((arg) => arg.sort).join(' ')}) ${sort})`,
    ),
    ...(step?.args ?? []).map((arg) => `(declare-const ${arg.name} ${arg.sort})`),
    ...assume.map((term) => `(assert ${smt(term)})`),
    ...effects,
    ...more,
  ];
}

const changedBy = (step: Condition['step']) => (symbol: string) => step?.effect.has(symbol) === true;
const refuted = ({ goal, step }: Condition) => `(assert (not ${smt(goal, changedBy(step))}))`;

/** All but the question. */
export const problem = (condition: Condition, more: readonly string[] = []): string =>
  [...given(condition, more), refuted(condition), ''].join('\n');

/** The conditions as files, one a step: for each (check-sat) the answer is unsat, in any solver. */
export function files(conditions: readonly Condition[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const condition of conditions) {
    const base = given(condition, []).join('\n');
    // What a profile breaks by design assumes more, and stands in a file of its own.
    const own = condition.known ? ` ${condition.claim}` : '';
    const file = `${condition.step?.name ?? condition.name}${own}`.replaceAll(/[^A-Za-z0-9]+/g, '-');
    const asked = `\n; ${condition.name}\n(push 1)\n${refuted(condition)}\n(check-sat)\n(pop 1)`;
    texts.set(`${file}.smt2`, `${texts.get(`${file}.smt2`) ?? base}${asked}`);
  }
  return texts;
}
