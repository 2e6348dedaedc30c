// A system read from its text: the state, the steps, the claims, and numbers that are true because they are counted where a set changes.

import { readFileSync } from 'node:fs';
import { type ProfileName, profiles } from '../model/index.ts';
import {
  BadFormula,
  type Declared,
  headOf,
  type Names,
  named,
  parse,
  type Term,
  type Variable,
  type Vocabulary,
  variableOf,
} from './language.ts';
import { type Line, outline } from './outline.ts';

/** What becomes of one symbol in a step, of all its arguments. */
export interface Update {
  readonly args: readonly Variable[];
  readonly body: Term;
}

export interface Step {
  readonly name: string;
  /** The action that begins (or is refused) with it; null: it goes on inside one. */
  readonly action: string | null;
  /** The arguments of the action, then what is chosen in the step: any for which the guard holds. */
  readonly args: readonly Variable[];
  /** How the action ends with this step, if not with ok. */
  readonly ends: string | null;
  /** The guard's text, and the guard. */
  readonly when: string;
  readonly guard: Term;
  /** In an order in which each speaks only of those before it. */
  readonly effect: ReadonlyMap<string, Update>;
  /** By the head of each count: that it is still the true number after the step. */
  readonly counted: ReadonlyMap<string, Term>;
  /** A claim's text in this step: `acts` and `actor` are whose doing it is. `primed`: all of it is of the state after. */
  readonly read: (text: string, primed?: boolean) => Term;
}

/** `pages(c)`, the `head`, counts `by` each c the p `of` which its `set`, `in_pages(c, p)`, holds. */
export interface Count {
  readonly name: string;
  readonly head: string;
  readonly set: string;
  readonly by: readonly Variable[];
  readonly of: Variable;
}

/** A claim: texts that are true of every state, of every step, or because of the invariant; or why it is broken or not stated. */
export interface Claim {
  readonly id: string;
  readonly name: string;
  readonly state: readonly string[];
  readonly step: readonly string[];
  readonly follows: readonly string[];
  readonly known: readonly string[];
  readonly unstated: readonly string[];
}

export interface System {
  readonly vocabulary: Vocabulary;
  readonly counts: readonly Count[];
  /** The claim that each count is the true number. */
  readonly counting: string;
  readonly initial: readonly string[];
  readonly steps: readonly Step[];
  readonly claims: readonly Claim[];
  /** A text, with variables that may stand free in it. */
  readonly read: (text: string, variables?: readonly Variable[]) => Term;
}

type TextName = 'contract' | 'lists';

/** A text as it is written, before any profile. */
export const textOf = (name: TextName): string =>
  readFileSync(new URL(`${name}.txt`, import.meta.url), 'utf8');

/** What a text, or a changed one, says of a profile. @throws BadFormula with the place */
const systemOf =
  (name: TextName) =>
  (profile: ProfileName, text = textOf(name)): System => {
    try {
      return system(outline(text, profiles[profile]));
    } catch (error) {
      throw error instanceof BadFormula ? new BadFormula(`proof/${name}.txt: ${error.message}`) : error;
    }
  };

/** The contract of a profile. */
export const contract = systemOf('contract');
/** The two lists of the LRU spec and reclaim's scan of them. */
export const lists = systemOf('lists');
/** All that is proved of a profile. */
export const systemsOf = (profile: ProfileName): System[] => [contract(profile), lists(profile)];

/** A name as a file's: letters and digits. Steps of one key are proved together, so no two may have it. */
export const keyOf = (name: string): string => name.replaceAll(/[^A-Za-z0-9]+/g, '-');

/** The text before and after a mark. @throws BadFormula */
function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new BadFormula(`${text}: it has no "${mark}"`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

const anyOf = (texts: readonly string[]) => texts.map((text) => `(${text})`).join(' | ') || 'false';
const letters = (variables: readonly Variable[], mark = ', ') => variables.map(({ name }) => name).join(mark);

const PARTS = ['state', 'words', 'counts', 'initial', 'effect', 'action', 'inside', 'claim'];
const OF_A_CLAIM = ['state', 'step', 'follows', 'known', 'unstated'];
const OF_AN_ACTION = ['refused', 'step'];
/** What a step's header may say of it. */
const OPTIONS = ['any', 'at', 'by', 'ends', 'like', 'new'];

/** A line that nobody reads would say nothing, and what it claims would count as proved. @throws BadFormula */
function mustBeOf(legal: readonly string[], { kind, text }: Line, where: string): void {
  if (!legal.includes(kind))
    throw new BadFormula(
      `${where}${text}: a line here begins with ${legal.join(', ')}; what is below another is indented`,
    );
}

function system(top: readonly Line[]): System {
  for (const line of top) mustBeOf(PARTS, line, '');
  const stray = top.find(({ kind, rest }) => ['state', 'words', 'initial'].includes(kind) && rest !== '');
  if (stray) throw new BadFormula(`${stray.text}: a line of a claim is indented below it`);
  const all = (kind: string) => top.filter((line) => line.kind === kind);
  const under = (kind: string) => all(kind).flatMap(({ lines }) => lines.map(({ text }) => text));
  const symbols = new Map<string, Declared>();
  const words = new Map<string, { args: Variable[]; text: string }>();
  const word = (head: string, text: string) => words.set(headOf(head).name, { ...headOf(head), text });
  for (const text of under('state')) {
    const [head, sort] = cut(text, ': ');
    symbols.set(headOf(head).name, { ...headOf(head), sort: sort as Declared['sort'] });
  }
  for (const text of under('words')) word(...cut(text, ' = '));
  const counts = under('counts').map((text): Count => {
    const [head, of] = cut(text, ' of ');
    const { name, args: by } = headOf(head);
    const counted = variableOf(of[0]);
    const set = `in_${name}(${letters([...by, counted])})`;
    symbols.set(name, { name, args: by, sort: 'Int' });
    word(set, cut(of, ': ')[1]);
    return { name, head, set, by, of: counted };
  });
  const effects = new Map(all('effect').map((line) => [headOf(line.rest).name, line]));
  const texts: Texts = { vocabulary: { symbols, words }, counts, effects };
  const steps = [
    ...all('action').flatMap((line) => beginnings(texts, line)),
    ...all('inside').map(({ rest, lines }) => stepOf(texts, rest, null, [], [], lines)),
  ];
  for (const { name } of steps)
    if (steps.filter((other) => keyOf(other.name) === keyOf(name)).length > 1)
      throw new BadFormula(
        `${name}: there are two steps of that name; letters and digits alone tell them apart`,
      );
  // Words that only claims use.
  for (const { rest, lines } of all('action')) {
    const refusals = lines.filter(({ kind }) => kind === 'refused').map((line) => cut(line.rest, ': ')[1]);
    word(`refused_${rest}`, anyOf(refusals));
  }
  const inside = steps.filter(({ action }) => action === null);
  word('enabled', anyOf(inside.map(({ args, when }) => `some ${letters(args, ' ')}: ${when}`)));
  word('unchanged', [...symbols.values()].map(unchanged).join(' & '));

  const counting = all('counts')[0].rest;
  for (const { rest, lines } of all('claim'))
    for (const line of lines) mustBeOf(OF_A_CLAIM, line, `claim ${rest}: `);
  const claims = [
    ...all('claim').map(claimOf),
    { ...claimOf({ rest: `- ${counting}`, lines: [] }), unstated: [] },
  ];
  const read = (text: string, variables: readonly Variable[] = []) =>
    parse(text, texts.vocabulary, named(variables));
  for (const { id, name, state } of claims) {
    if (claims.some((other) => other.name !== name && other.id === id && id !== '-'))
      throw new BadFormula(`claim ${id} ${name}: there is a claim ${id} already`);
    if (claims.filter((other) => other.name === name).length > 1)
      throw new BadFormula(`claim ${id} ${name}: there is a claim of that name already`);
    const primed = state.find((text) => text.includes("'"));
    if (primed !== undefined)
      throw new BadFormula(
        `claim ${id} ${name}: state ${primed}: ' is of the state after a step, and goes with step`,
      );
  }
  // Read at once, so that a mistake is told before anything is proved.
  for (const { state, step, follows } of claims) {
    for (const text of [...state, ...follows]) read(text);
    for (const text of step) steps[0].read(text);
  }
  return { vocabulary: texts.vocabulary, counts, counting, initial: under('initial'), steps, claims, read };
}

function claimOf({ rest, lines }: Pick<Line, 'rest' | 'lines'>): Claim {
  const [id, name] = rest.split(' ');
  if (name === undefined) throw new BadFormula(`claim ${rest}: it needs an id (or -) and a name`);
  const all = (kind: string) => lines.filter((line) => line.kind === kind).map((line) => line.rest);
  const [state, step, follows] = [all('state'), all('step'), all('follows')];
  const says = [...state, ...step, ...follows].length > 0;
  const unstated = says ? [] : [...all('unstated'), 'no line of it is for this profile'];
  return { id, name, state, step, follows, known: all('known'), unstated };
}

function unchanged({ name, args }: Declared): string {
  const given = args.length > 0 ? `(${letters(args)})` : '';
  return `(all ${letters(args, ' ')}: ${name}'${given} = ${name}${given})`;
}

/** What the text of a step may speak of. */
interface Texts {
  readonly vocabulary: Vocabulary;
  readonly counts: readonly Count[];
  readonly effects: ReadonlyMap<string, Line>;
}

/** An action's refusals, each where no earlier one applies, and its steps, where none does. */
function beginnings(texts: Texts, { rest: head, lines }: Line): Step[] {
  const { name, args } = headOf(head);
  const legal = ['phase = Idle'];
  return lines.map((line) => {
    mustBeOf(OF_AN_ACTION, line, `action ${head}: `);
    const { kind, rest, lines: inner } = line;
    if (kind === 'step') return stepOf(texts, rest, name, args, legal, inner);
    const [errno, when] = cut(rest, ': ');
    const refusal = stepOf(texts, `${name}: ${errno}, ends ${errno}`, name, args, [...legal, when], inner);
    legal.push(`!(${when})`);
    return refusal;
  });
}

/** A step of its header, `name, any p, at p`, and of what an action demands before it, with the lines below it. */
function stepOf(
  { vocabulary, counts, effects }: Texts,
  header: string,
  action: string | null,
  given: readonly Variable[],
  demands: readonly string[],
  lines: readonly Line[],
): Step {
  const [name, ...rest] = header.split(', ');
  const options = new Map(rest.map((option) => cut(option, ' ')));
  for (const key of options.keys())
    if (!OPTIONS.includes(key)) throw new BadFormula(`${header}: ${key} is not ${OPTIONS.join(', ')}`);
  const any = (options.get('any') ?? '').split(' ').filter(Boolean).map(variableOf);
  const args = [...given, ...any];
  const own: Names = named(args);
  const read = (place: string, text: string, names = own, primed = false): Term => {
    try {
      return parse(text, vocabulary, names, primed);
    } catch (error) {
      throw error instanceof BadFormula ? new BadFormula(`${name}: ${place}: ${error.message}`) : error;
    }
  };
  const guards = [...demands];
  const effect = new Map<string, Update>();
  const update = (head: string, body: string, names: Names) => {
    const { name: symbol, args: heads } = headOf(head);
    const clash = heads.find((variable) => names.has(variable.name));
    if (clash) throw new BadFormula(`${name}: ${head}: ${clash.name} is an argument of the step already`);
    const declared = vocabulary.symbols.get(symbol);
    if (!declared) throw new BadFormula(`${name}: ${head}: the state has no ${symbol}`);
    if (declared.args.length !== heads.length)
      throw new BadFormula(`${name}: ${head}: ${symbol} has ${declared.args.length} arguments`);
    if (effect.has(symbol))
      throw new BadFormula(`${name}: ${head}: the step says already what ${symbol} becomes`);
    effect.set(symbol, { args: heads, body: read(head, body, new Map([...names, ...named(heads)])) });
  };
  const carryOut = ({ kind, text, rest }: Line, names: Names) => {
    if (kind === 'when') guards.push(rest);
    else if (kind !== 'do') update(...cut(text, ' := '), names);
    else {
      const [, called, values] = /^(\w+)\((.*)\)$/.exec(rest) ?? [];
      const found = effects.get(called);
      if (!found) throw new BadFormula(`${name}: ${text}: there is no such effect`);
      const inner = new Map(own);
      for (const [i, value] of values.split(', ').entries())
        inner.set(headOf(found.rest).args[i].name, read(text, value, names));
      for (const line of found.lines) carryOut(line, inner);
    }
  };
  for (const line of lines) carryOut(line, own);
  const counted = counts.map((count) => {
    const { head, body, stays } = counting(count, options, (text) => read('at or new', text).sort);
    if (body !== head) update(head, body, own);
    return [count.head, read(head, stays)] as const;
  });
  const ends = options.get('ends') ?? null;
  const doer = new Map(own);
  doer.set('acts', read('by', String(options.has('by'))));
  doer.set('refused', read('ends', String(action !== null && ends !== null)));
  const actor = options.get('by') ?? 'faulter';
  if (options.has('by') || vocabulary.symbols.has(actor)) doer.set('actor', read('by', actor));
  const when = guards.map((text) => `(${text})`).join(' & ');
  return {
    ...{ name, action, args, ends, when, effect, guard: read('when', when), counted: new Map(counted) },
    read: (text, primed) => read('a claim', text, doer, primed),
  };
}

/**
 * How a count changes in a step: by one `at` the step's place; and for who is `new`, to nothing, or to that of `like`. That this is the
 * true number is its definition, if `stays` holds: away from its place the counted set stays as it was.
 */
function counting(
  { name, by: [each], of }: Count,
  options: ReadonlyMap<string, string>,
  sortOf: (text: string) => string,
) {
  const [x, y] = [each ? `${each.name}8` : '', `${of.name}9`];
  const option = (key: string, sort: string | undefined) => {
    const value = options.get(key);
    return value !== undefined && sortOf(value) === sort ? value : null;
  };
  const place = option('at', of.sort);
  const born = option('new', each?.sort);
  const like = options.get('like');
  const set = (prime: string, ...both: string[]) => `in_${name}${prime}(${both.filter(Boolean).join(', ')})`;

  const head = x ? `${name}(${x})` : name;
  const step = place ? ` + (${set("'", x, place)} ? 1 : 0) - (${set('', x, place)} ? 1 : 0)` : '';
  const from = (parent: string, nothing: string, itself: string) =>
    born ? `(${x} = ${born} ? ${like ? parent : nothing} : ${itself})` : itself;
  const before = from(set('', like ?? '', y), 'false', set('', x, y));
  return {
    head,
    body: from(`${name}(${like})`, '0', `${head}${step}`),
    stays: `all ${x} ${y}: ${place ? `${y} != ${place}` : 'true'} => ${set("'", x, y)} = ${before}`,
  };
}
