// A system read from its text: the state, the steps, the claims, and numbers that are true because they are counted where a set changes.

import { readFileSync } from 'node:fs';
import { type ProfileName, profiles } from '../model/index.ts';
import {
  BadFormula,
  type Declared,
  headOf,
  parse,
  type Term,
  type Variable,
  type Vocabulary,
  variableOf,
} from './language.ts';
import { type Line, outline, traitsOf } from './outline.ts';

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
  readonly guard: Term;
  /** In an order in which each speaks only of those before it. */
  readonly effect: ReadonlyMap<string, Update>;
  /** That each count is still the true number after the step. */
  readonly counted: ReadonlyMap<string, Term>;
  /** A claim's text in this step: `acts` and `actor` are whose doing it is. `primed`: all of it is of the state after. */
  readonly read: (text: string, primed?: boolean) => Term;
}

/** `pages(c)` counts the p `of` which its set holds, for every c for which `alive` holds. */
interface Count {
  readonly head: string;
  readonly of: string;
  readonly alive: string | undefined;
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
  /** Of which claim it is a part that natural numbers m0, m1 ... fall, in this order, with every step inside an action; and how many. */
  readonly measure: { readonly claim: string; readonly numbers: number };
  readonly steps: readonly Step[];
  readonly claims: readonly Claim[];
  /** A text, with variables that may stand free in it. */
  readonly read: (text: string, variables?: readonly Variable[]) => Term;
}

type TextName = 'contract' | 'lists';

/** A text as it is written, before any profile. */
export const textOf = (name: TextName): string =>
  readFileSync(new URL(`${name}.txt`, import.meta.url), 'utf8');

/** The contract of a profile, of its own text or of a changed one. @throws BadFormula with the place */
export const contract = (profile: ProfileName, text?: string): System => systemOf('contract', profile, text);

/** The two lists of the LRU spec and reclaim's scan of them, likewise. @throws BadFormula with the place */
export const lists = (profile: ProfileName, text?: string): System => systemOf('lists', profile, text);

/** All that is proved of a profile. */
export const systemsOf = (profile: ProfileName): System[] => [contract(profile), lists(profile)];

function systemOf(name: TextName, profile: ProfileName, text = textOf(name)): System {
  try {
    return system(outline(text, traitsOf(profiles[profile])));
  } catch (error) {
    throw error instanceof BadFormula ? new BadFormula(`proof/${name}.txt: ${error.message}`) : error;
  }
}

/** A step as it is written: its options by name, and its lines with every `do` carried out. */
interface Written {
  readonly name: string;
  readonly action: string | null;
  readonly args: string;
  readonly options: ReadonlyMap<string, string>;
  readonly when: string;
  readonly effect: readonly (readonly [head: string, body: string])[];
}

export function system(top: readonly Line[]): System {
  const called = (kind: string) => top.filter(({ text }) => text.split(' ')[0] === kind);
  const under = (kind: string) => called(kind).flatMap(({ lines }) => lines.map(({ text }) => text));
  const symbols = new Map<string, Declared>();
  const words = new Map<string, { args: Variable[]; text: string }>();
  const word = (head: string, text: string) => words.set(headOf(head).name, { ...headOf(head), text });
  for (const text of under('state')) {
    const [head, sort] = cut(text, ': ');
    symbols.set(headOf(head).name, { ...headOf(head), sort: sort as Declared['sort'] });
  }
  for (const text of under('words')) word(...cut(text, ' = '));
  const counts = under('counts').map((text): Count => {
    const [, head, of, inside, alive] = /^(.+) of (\w): (.+?)(?: for (\w+)\(.*)?$/.exec(text) ?? [];
    const { name, args } = headOf(head);
    symbols.set(name, { name, args, sort: 'Int' });
    word(`in_${name}(${[...args.map((arg) => arg.name), of].join(', ')})`, inside);
    return { head, of, alive };
  });
  const numbers = under('measure').map((text, i) => word(`m${i}`, text)).length;
  const measure = { claim: cut(called('measure')[0].text, ' ')[1], numbers };

  const effects = new Map(
    called('effect').map(({ text, lines }) => [
      headOf(cut(text, ' ')[1]).name,
      { head: cut(text, ' ')[1], lines },
    ]),
  );
  const actions = called('action').flatMap(({ text, lines }) => actionOf(cut(text, ' ')[1], lines, effects));
  const inside = called('inside').map(({ text, lines }) =>
    written(cut(text, ' ')[1], null, '', lines, effects),
  );
  for (const { text, lines } of called('action')) {
    const refusals = lines
      .filter((line) => line.text.startsWith('refused '))
      .map((line) => cut(line.text, ': ')[1]);
    word(`refused_${cut(text, ' ')[1]}`, anyOf(refusals));
  }
  word(
    'enabled',
    anyOf(
      inside.map(({ options, when }) => (options.has('any') ? `some ${options.get('any')}: ${when}` : when)),
    ),
  );
  const vocabulary: Vocabulary = { symbols, words };
  const read = (text: string, variables: readonly Variable[] = []) =>
    parse(text, vocabulary, named(variables));
  const steps = [...actions, ...inside].map((step) => stepOf(step, counts, vocabulary));
  const counting = cut(called('counts')[0].text, ' ')[1];
  const claims = [...called('claim'), { text: `claim - ${counting}`, lines: [] }].map(claimOf);
  // Read at once, so that a mistake is told before anything is proved.
  for (const { state, step, follows } of claims) {
    for (const text of [...state, ...follows]) read(text);
    for (const text of step) steps[0].read(text);
  }
  return { vocabulary, counts, counting, initial: under('initial'), measure, steps, claims, read };
}

const anyOf = (texts: readonly string[]) => texts.map((text) => `(${text})`).join(' | ') || 'false';

/** The text before and after a mark. @throws BadFormula */
function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new BadFormula(`${text}: it has no "${mark}"`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function claimOf({ text, lines }: Line): Claim {
  const [, id, name] = text.split(' ');
  const all = (kind: string) =>
    lines.filter((line) => line.text.startsWith(`${kind} `)).map((line) => cut(line.text, ' ')[1]);
  return {
    id,
    name,
    state: all('state'),
    step: all('step'),
    follows: all('follows'),
    known: all('known'),
    unstated: all('unstated'),
  };
}

type Effects = ReadonlyMap<string, { readonly head: string; readonly lines: readonly Line[] }>;

/** An action's refusals, each where no earlier one applies, and its steps, where none does. */
function actionOf(head: string, lines: readonly Line[], effects: Effects): Written[] {
  const { name, args } = headOf(head);
  const letters = args.map((arg) => arg.name).join(' ');
  let legal = 'phase = Idle';
  return lines.map(({ text, lines: inner }) => {
    const [kind, rest] = cut(text, ' ');
    if (kind !== 'refused') {
      const step = written(rest, name, letters, inner, effects);
      return { ...step, when: `${legal} & (${step.when})` };
    }
    const [errno, when] = cut(rest, ': ');
    const refusal = written(`${name}: ${errno}, ends ${errno}`, name, letters, inner, effects);
    const step = { ...refusal, when: `${legal} & (${when})` };
    legal += ` & !(${when})`;
    return step;
  });
}

function written(
  header: string,
  action: string | null,
  args: string,
  lines: readonly Line[],
  effects: Effects,
): Written {
  const [name, ...rest] = header.split(', ');
  const when = lines.filter(({ text }) => text.startsWith('when ')).map(({ text }) => cut(text, ' ')[1]);
  const carriedOut = lines.flatMap(({ text }): string[] => {
    if (text.startsWith('when ')) return [];
    if (!text.startsWith('do ')) return [text];
    const [, called, given] = /^do (\w+)\((.*)\)$/.exec(text) ?? [];
    const effect = effects.get(called);
    if (!effect) throw new BadFormula(`${header}: ${text}: there is no such effect`);
    const values = given.split(', ');
    const places = headOf(effect.head).args.map((arg) => arg.name);
    return effect.lines.map((line) =>
      line.text.replace(/\b[a-z]\b/g, (letter) => values[places.indexOf(letter)] ?? letter),
    );
  });
  const effect = carriedOut.map((text) => cut(text, ' := '));
  return {
    name,
    action,
    args,
    options: new Map(rest.map((option) => cut(option, ' '))),
    when: when.join(' & ') || 'true',
    effect,
  };
}

function stepOf(step: Written, counts: readonly Count[], vocabulary: Vocabulary): Step {
  const { name, action, options } = step;
  const args = [step.args, options.get('any') ?? ''].join(' ').split(' ').filter(Boolean).map(variableOf);
  const own = named(args);
  const read = (place: string, text: string, names = own, primed = false): Term => {
    try {
      return parse(text, vocabulary, names, primed);
    } catch (error) {
      throw error instanceof BadFormula ? new BadFormula(`${name}: ${place}: ${error.message}`) : error;
    }
  };
  const effect = new Map<string, Update>();
  const update = (head: string, body: string) => {
    const { name: symbol, args: heads } = headOf(head);
    const clash = heads.find((variable) => own.has(variable.name));
    if (clash) throw new BadFormula(`${name}: ${head}: ${clash.name} is an argument of the step already`);
    if (!vocabulary.symbols.has(symbol)) throw new BadFormula(`${name}: ${head}: the state has no ${symbol}`);
    effect.set(symbol, { args: heads, body: read(head, body, new Map([...own, ...named(heads)])) });
  };
  for (const [head, body] of step.effect) update(head, body);
  const counted = new Map<string, Term>();
  for (const count of counts) {
    const { head, body, stays } = counting(count, options, (text) => read('at or new', text).sort);
    if (body !== head) update(head, body);
    counted.set(count.head, read(count.head, stays));
  }
  const by = options.get('by');
  const actor = by ?? (vocabulary.symbols.has('faulter') ? 'faulter' : undefined);
  const doer = [
    ['acts', read('by', by ? 'true' : 'false')] as const,
    ...(actor ? [['actor', read('by', actor)] as const] : []),
  ];
  return {
    name,
    action,
    args,
    ends: options.get('ends') ?? null,
    guard: read('when', step.when),
    effect,
    counted,
    read: (text, primed) => read('a claim', text, new Map([...own, ...doer]), primed),
  };
}

const named = (variables: readonly Variable[]) =>
  new Map<string, Term>(variables.map((variable) => [variable.name, { kind: 'variable', ...variable }]));

/**
 * How a count changes in a step: by one `at` the step's place, and from nothing (or from that of `like`) for who is `new`. That this is the
 * true number is its definition, if `stays` holds: away from its place the counted set stays as it was.
 */
function counting(
  { head: written, of, alive }: Count,
  options: ReadonlyMap<string, string>,
  sortOf: (text: string) => string,
) {
  const { name, args } = headOf(written);
  const [x, y] = [args.length > 0 ? `${args[0].name}8` : '', `${of}9`];
  const at = options.get('at');
  const place = at && sortOf(at) === variableOf(of).sort ? at : null;
  const born = options.get('new');
  const fresh = born !== undefined && args.length > 0 && sortOf(born) === args[0].sort;
  const like = options.get('like');
  const inside = (prime: string, ...both: string[]) =>
    `in_${name}${prime}(${both.filter(Boolean).join(', ')})`;

  const head = x ? `${name}(${x})` : name;
  const changed = place
    ? `${head} + (${inside("'", x, place)} ? 1 : 0) - (${inside('', x, place)} ? 1 : 0)`
    : head;
  const was = inside('', x, y);
  const then = fresh ? `(${x} = ${born} ? ${like ? inside('', like, y) : 'false'} : ${was})` : was;
  const living = alive ? `${alive}'(${x}) & ` : '';
  return {
    head,
    body: fresh ? `${x} = ${born} ? ${like ? `${name}(${like})` : '0'} : ${changed}` : changed,
    stays: `all ${x} ${y}: ${living}${place ? `${y} != ${place}` : 'true'} => ${inside("'", x, y)} = ${then}`,
  };
}
