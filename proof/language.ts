// The language of the formulas: text in, a typed tree out. A mistake in the text names the place and what would be legal.

import { closest, distance } from 'fastest-levenshtein';

export type Sort = 'Task' | 'Page' | 'Container' | 'Int' | 'Bool';

export interface Variable {
  readonly name: string;
  readonly sort: Sort;
}

/**
 * A name with its arguments: `maps(t, p)` is a symbol of the state before the step, `maps'(t, p)` of the state after it; `&` is an operator;
 * `all t: X` is the quantifier `all` of the variable t and of X.
 */
export interface Term extends Variable {
  readonly kind: 'literal' | 'variable' | 'before' | 'after' | 'operator' | 'quantifier';
  readonly args: readonly Term[];
}

/** A relation or function of the state: `maps(t, p)` is one of sorts Task, Page. */
export interface Declared extends Variable {
  readonly args: readonly Variable[];
}

/** What a text may speak of: the state's symbols, and words that stand for a text of their own (`pinned(p)`: `some t: pins(t, p)`). */
export interface Vocabulary {
  readonly symbols: ReadonlyMap<string, Declared>;
  readonly words: ReadonlyMap<string, { readonly args: readonly Variable[]; readonly text: string }>;
}

/** What letters stand for where they are free. */
export type Names = ReadonlyMap<string, Term>;

/** What does not parse, or speaks of what is not there. */
export class BadFormula extends Error {
  override name = 'BadFormula';
}

const LETTERS = { Task: 'tuv', Page: 'pqr', Container: 'abcd', Int: 'n' };

/** A variable's letter says what it ranges over; a digit may follow. @throws BadFormula */
export function variableOf(letter: string): Variable {
  const found =
    /^[a-z]\d?$/.test(letter) && Object.entries(LETTERS).find(([, letters]) => letters.includes(letter[0]));
  if (found) return { name: letter, sort: found[0] as Sort };
  throw new BadFormula(
    `${letter} is no variable: t u v are tasks, p q r pages, a b c d containers, n a number`,
  );
}

/** `maps(t, p)` as a name and variables; `phase` has none. @throws BadFormula */
export function headOf(text: string): { name: string; args: Variable[] } {
  const [, name, args] = /^(\w+)(?:\(([\w, ]+)\))?$/.exec(text) ?? [];
  if (name === undefined) throw new BadFormula(`${text}: a name comes first, such as maps(t, p)`);
  return { name, args: (args ?? '').split(/[, ]+/).filter(Boolean).map(variableOf) };
}

const make = (kind: Term['kind'], name: string, sort: Sort, ...args: Term[]): Term => ({
  kind,
  name,
  sort,
  args,
});

/** Variables as what they are called. */
export const named = (variables: readonly Variable[]) =>
  new Map(variables.map(({ name, sort }) => [name, make('variable', name, sort)]));

/** From loosest to tightest; the first two group to the right, the others to the left. */
const LEVELS = [['?'], ['=>'], ['|'], ['&'], ['=', '!=', '<', '<=', '>', '>='], ['+', '-']];
const levelOf = (token: string | undefined) => LEVELS.findIndex((names) => names.includes(token ?? ''));
const TOKEN = /\s*(=>|!=|<=|>=|[A-Za-z]\w*'?|\d+|[()!&|=<>+\-?:,])/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; /\S/.test(text.slice(TOKEN.lastIndex)); ) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new BadFormula(`${text}: cannot be read from "${text.slice(from).trim()}" on`);
    tokens.push(match[1]);
  }
  return tokens;
}

let fresh = 0;

/** The tree of a text; `primed`: all of it speaks of the state after the step. @throws BadFormula */
export function parse(text: string, vocabulary: Vocabulary, names: Names = new Map(), primed = false): Term {
  const tokens = tokensOf(text);
  let at = 0;
  const fail = (why: string): never => {
    throw new BadFormula(`${text}: ${why}`);
  };
  const nearest = (name: string) => {
    const near = closest(name, [...vocabulary.words.keys(), ...vocabulary.symbols.keys()]);
    return distance(name, near) <= name.length / 2 ? `; the nearest is ${near}` : '';
  };
  const take = (token: string) => tokens[at] === token && ++at > 0;
  const expect = (token: string) =>
    take(token) || fail(`${token} is missing before ${tokens[at] ?? 'the end'}`);
  const mustBe = (term: Term, sort: Sort, where: string) =>
    term.sort === sort ? term : fail(`${where} takes a ${sort}, not a ${term.sort}`);

  function expression(scope: Names, least = 0): Term {
    let left = unary(scope);
    for (let level = levelOf(tokens[at]); level >= least; level = levelOf(tokens[at])) {
      const name = tokens[at++];
      const right = expression(scope, name === '?' ? 0 : name === '=>' ? level : level + 1);
      left = name === '?' ? choice(left, right, scope) : binary(name, left, right);
    }
    return left;
  }

  function choice(condition: Term, yes: Term, scope: Names): Term {
    expect(':');
    const no = mustBe(expression(scope), yes.sort, 'the other branch');
    return make('operator', '?', yes.sort, mustBe(condition, 'Bool', '?'), yes, no);
  }

  function binary(name: string, left: Term, right: Term): Term {
    const takes = /^!?=$/.test(name) ? left.sort : ['=>', '|', '&'].includes(name) ? 'Bool' : 'Int';
    const gives = name === '+' || name === '-' ? 'Int' : 'Bool';
    return make('operator', name, gives, mustBe(left, takes, name), mustBe(right, takes, name));
  }

  function unary(scope: Names): Term {
    if (take('!')) return make('operator', '!', 'Bool', mustBe(unary(scope), 'Bool', '!'));
    if (take('(')) {
      const inside = expression(scope);
      expect(')');
      return inside;
    }
    const token = tokens[at++] ?? fail('it ends too early');
    if (/^\d/.test(token)) return make('literal', token, 'Int');
    if (token === 'true' || token === 'false') return make('literal', token, 'Bool');
    if (token === 'all' || token === 'some') return quantified(token, scope);
    if (!/^\w/.test(token)) return fail(`${token} stands where a name is expected`);
    return scope.get(token) ?? symbol(token.replace("'", ''), primed || token.endsWith("'"), scope);
  }

  function quantified(name: 'all' | 'some', scope: Names): Term {
    const inner = new Map(scope);
    const variables: Term[] = [];
    while (!take(':')) {
      const { name: letter, sort } = variableOf(tokens[at++] ?? fail(': is missing'));
      variables.push(make('variable', `${letter}_${++fresh}`, sort));
      inner.set(letter, variables[variables.length - 1]);
    }
    const body = mustBe(expression(inner), 'Bool', name);
    return variables.reduceRight((term, each) => make('quantifier', name, 'Bool', each, term), body);
  }

  function symbol(name: string, after: boolean, scope: Names): Term {
    const word = vocabulary.words.get(name);
    const known = word ?? vocabulary.symbols.get(name) ?? fail(`nothing is called ${name}${nearest(name)}`);
    const args = known.args.map(({ sort }, i) => {
      expect(i === 0 ? '(' : ',');
      return mustBe(expression(scope), sort, name);
    });
    if (args.length > 0) expect(')');
    if ('sort' in known) return make(after ? 'after' : 'before', name, known.sort, ...args);
    return parse(known.text, vocabulary, new Map(known.args.map((arg, i) => [arg.name, args[i]])), after);
  }

  const term = expression(names);
  return at === tokens.length ? term : fail(`${tokens[at]} is one too many`);
}
