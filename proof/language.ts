// The language of the formulas: text in, a typed tree out. A mistake in the text names the place and what would be legal.

export type Sort = 'Task' | 'Page' | 'Container' | 'Int' | 'Bool';

export type Term =
  | { readonly kind: 'literal'; readonly value: string; readonly sort: 'Int' | 'Bool' }
  | { readonly kind: 'variable'; readonly name: string; readonly sort: Sort }
  | {
      readonly kind: 'symbol';
      readonly name: string;
      readonly primed: boolean;
      readonly args: readonly Term[];
      readonly sort: Sort;
    }
  | {
      readonly kind: 'operator';
      readonly name: Operator;
      readonly args: readonly Term[];
      readonly sort: Sort;
    }
  | {
      readonly kind: 'quantifier';
      readonly name: 'all' | 'some';
      readonly variable: Variable;
      readonly body: Term;
      readonly sort: 'Bool';
    };

export type Operator = '=>' | '|' | '&' | '!' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '?';

export interface Variable {
  readonly name: string;
  readonly sort: Sort;
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

/** `maps(t, p)` as a name and variables; `phase` has none. */
export function headOf(text: string): { name: string; args: Variable[] } {
  const [, name, args] = /^(\w+)(?:\(([\w, ]+)\))?$/.exec(text) ?? [];
  if (name === undefined) throw new BadFormula(`${text}: a name comes first, such as maps(t, p)`);
  return { name, args: (args ?? '').split(/[, ]+/).filter(Boolean).map(variableOf) };
}

export const operator = (name: Operator, sort: Sort, ...args: Term[]): Term => ({
  kind: 'operator',
  name,
  args,
  sort,
});
export const and = (...args: Term[]): Term => operator('&', 'Bool', ...args);
export const not = (term: Term): Term => operator('!', 'Bool', term);

/** From loosest to tightest. `=>` and `? :` group to the right, the others to the left. */
const LEVELS: readonly (readonly Operator[])[] = [
  ['=>'],
  ['|'],
  ['&'],
  ['=', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
];
const TOKEN = /\s*(=>|!=|<=|>=|[A-Za-z]\w*'?|\d+|[()!&|=<>+\-?:,])/y;

type Names = ReadonlyMap<string, Term>;
let fresh = 0;

/** The tree of a text. `names` are the variables that may stand free in it; `primed`: all of it speaks of the state after the step. */
export function parse(text: string, vocabulary: Vocabulary, names: Names = new Map(), primed = false): Term {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; /\S/.test(text.slice(TOKEN.lastIndex)); ) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new BadFormula(`${text}: cannot be read from "${text.slice(from).trim()}" on`);
    tokens.push(match[1]);
  }
  let at = 0;
  const fail = (why: string): never => {
    throw new BadFormula(`${text}: ${why}`);
  };
  const take = (token: string) => tokens[at] === token && ++at > 0;
  const expect = (token: string) =>
    take(token) || fail(`${token} is missing before ${tokens[at] ?? 'the end'}`);
  const mustBe = (term: Term, sort: Sort, where: string) =>
    term.sort === sort ? term : fail(`${where} takes a ${sort}, not a ${term.sort}`);

  function choice(scope: Names): Term {
    const condition = binary(0, scope);
    if (!take('?')) return condition;
    const yes = choice(scope);
    expect(':');
    const no = mustBe(choice(scope), yes.sort, 'the other branch');
    return operator('?', yes.sort, mustBe(condition, 'Bool', '?'), yes, no);
  }

  function binary(level: number, scope: Names): Term {
    if (level === LEVELS.length) return unary(scope);
    let left = binary(level + 1, scope);
    for (let name = tokens[at] as Operator; LEVELS[level].includes(name); name = tokens[at] as Operator) {
      at++;
      left = combine(name, left, binary(name === '=>' ? level : level + 1, scope));
    }
    return left;
  }

  function combine(name: Operator, left: Term, right: Term): Term {
    if (name === '=' || name === '!=') return operator(name, 'Bool', left, mustBe(right, left.sort, name));
    const sort = ['=>', '|', '&'].includes(name) ? 'Bool' : 'Int';
    const args = [mustBe(left, sort, name), mustBe(right, sort, name)];
    return operator(name, name === '+' || name === '-' ? 'Int' : 'Bool', ...args);
  }

  function unary(scope: Names): Term {
    if (take('!')) return not(mustBe(unary(scope), 'Bool', '!'));
    if (take('(')) {
      const inside = choice(scope);
      expect(')');
      return inside;
    }
    const token = tokens[at++] ?? fail('it ends too early');
    if (/^\d/.test(token)) return { kind: 'literal', value: token, sort: 'Int' };
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token, sort: 'Bool' };
    if (token === 'all' || token === 'some') return quantified(token, scope);
    if (!/^\w/.test(token)) return fail(`${token} stands where a name is expected`);
    const known = scope.get(token);
    if (known) return known;
    return named(token.replace("'", ''), primed || token.endsWith("'"), scope);
  }

  function quantified(name: 'all' | 'some', scope: Names): Term {
    const inner = new Map(scope);
    const variables: Variable[] = [];
    while (!take(':')) {
      const { name: letter, sort } = variableOf(tokens[at++] ?? fail(': is missing'));
      const variable = { name: `${letter}_${++fresh}`, sort };
      variables.push(variable);
      inner.set(letter, { kind: 'variable', ...variable });
    }
    const body = mustBe(choice(inner), 'Bool', name);
    return variables.reduceRight<Term>(
      (term, variable) => ({ kind: 'quantifier', name, variable, body: term, sort: 'Bool' }),
      body,
    );
  }

  function named(name: string, after: boolean, scope: Names): Term {
    const word = vocabulary.words.get(name);
    const symbol = vocabulary.symbols.get(name);
    const wanted = word?.args ?? symbol?.args ?? fail(`nothing is called ${name}`);
    const args: Term[] = [];
    if (wanted.length > 0) {
      do {
        expect(args.length === 0 ? '(' : ',');
        args.push(mustBe(choice(scope), wanted[args.length].sort, name));
      } while (args.length < wanted.length);
      expect(')');
    }
    if (word) return parse(word.text, vocabulary, new Map(wanted.map((v, i) => [v.name, args[i]])), after);
    return { kind: 'symbol', name, primed: after, args, sort: (symbol as Declared).sort };
  }

  const term = choice(names);
  return at === tokens.length ? term : fail(`${tokens[at]} is one too many`);
}
