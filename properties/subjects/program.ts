// A program that speaks the line protocol, as a subject: its lines are decoded by Schemas, and what it leaves out is not observed.

import { stripVTControlCharacters } from 'node:util';
import * as Schema from '@effect/schema/Schema';
import { Program, type ProgramOptions, ProtocolError } from '../../impl/external/program.ts';
import type { Stumble } from '../../lockstep/index.ts';
import { NotAlive } from '../../lockstep/index.ts';
import type { Move, Profile, Scope } from '../../model/index.ts';
import type { Rss } from '../domain/kinds.ts';
import { type MoveJson, moveText, moveToJson } from '../trace/move.ts';
import type { Answer } from '../view/answer.ts';
import {
  MAPPED,
  NONE,
  type Observable,
  type Observed,
  observables,
  PINNED,
  rootAnswersForAll,
  type Size,
  type View,
} from '../view/view.ts';
import type { OutsideSubject } from './subject.ts';

const Count = Schema.Int.check(Schema.isBetween({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }));
/** Names of one kind, each at most once. */
const Names = (letter: string) =>
  Schema.Array(Schema.String.check(Schema.isPattern(new RegExp(`^${letter}[0-9]{1,6}$`)))).check(
    Schema.isUnique(),
  );

const CONTAINER_NAME = /^(c[0-9]{1,6}|root)$/;
const PAGE_NAME = /^p[0-9]{1,6}$/;

const ContainerSchema = Schema.Struct({
  /** The pages on its lists; of a program that knows trees, in a nested profile, on those of its subtree. */
  usage: Schema.optionalKey(Count),
  /** Pages; `null` or `"unlimited"`: no limit. Digits beyond 2^53, which are no double, arrive as a string, quoted or not (impl/external). */
  limit: Schema.optionalKey(
    Schema.Union([
      Schema.Number,
      Schema.Null,
      Schema.String.check(Schema.isPattern(/^(unlimited|[0-9]{1,20})$/)),
    ]),
  ),
  failcnt: Schema.optionalKey(Count),
  /** How many of its charges' reclaims freed something. */
  reclaimed: Schema.optionalKey(Count),
  tasks: Schema.optionalKey(Names('t')),
  /** Head first. */
  active: Schema.optionalKey(Names('p')),
  inactive: Schema.optionalKey(Names('p')),
  /** The pages on its own lists. */
  own: Schema.optionalKey(Count),
  /** `root`, or the container that it was made in; the root has none. */
  parent: Schema.optionalKey(
    Schema.Union([Schema.Null, Schema.String.check(Schema.isPattern(CONTAINER_NAME))]),
  ),
});

const PageSchema = Schema.Struct({
  owner: Schema.optionalKey(
    Schema.Union([Schema.Null, Schema.String.check(Schema.isPattern(CONTAINER_NAME))]),
  ),
  mappers: Schema.optionalKey(Names('t')),
  /** The tasks that have it locked. */
  pins: Schema.optionalKey(Names('t')),
  referenced: Schema.optionalKey(Schema.Boolean),
});

/** What a program shows after a move. Containers that are not there, and pages that nobody maps, are left out. */
export const ShownSchema = Schema.Struct({
  containers: Schema.Record(Schema.String, ContainerSchema),
  pages: Schema.optionalKey(Schema.Record(Schema.String, PageSchema)),
});
export type Shown = typeof ShownSchema.Type;

export const AnswerSchema = Schema.Struct({
  outcome: Schema.Literals(['ok', 'KILLED', 'EEXIST', 'ENOENT', 'EBUSY', 'ESRCH', 'EINVAL', 'ENOMEM']),
  killed: Schema.optionalKey(Names('t')),
  reclaimed: Schema.optionalKey(Names('p')),
  view: ShownSchema,
});

const WelcomeSchema = Schema.Struct({
  ok: Schema.Literal(true),
  spec: Schema.optionalKey(Schema.Literals(['lru', 'contract'])),
  /** It knows containers within containers: in nested profiles it gets them, and shows each one's parent. */
  trees: Schema.optionalKey(Schema.Boolean),
});
const SkipSchema = Schema.Struct({ skip: Schema.String });
const DoneSchema = Schema.Struct({ ok: Schema.Literal(true) });

const decodeAnswer = Schema.decodeUnknownSync(AnswerSchema);
/** The complaint is about the form that was meant: without a `skip` it is the one with `ok`. */
const decodeGreeting = (json: unknown): typeof WelcomeSchema.Type | typeof SkipSchema.Type =>
  Schema.decodeUnknownSync(
    typeof json === 'object' && json !== null && 'skip' in json ? SkipSchema : WelcomeSchema,
  )(json);
const decodeDone = Schema.decodeUnknownSync(DoneSchema);

/** The program says that it cannot run here, or not in this profile. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** These moves show every field that a program has: a charge, a lock, a reclaim, a kill. */
const overture: readonly Move[] = [
  ['mkdir', 0],
  ['spawn', 0, 0],
  ['touch', 0, 0],
  ['touch', 0, 0],
  ['pin', 0, 0],
  ['unpin', 0, 0],
  ['setLimit', 0, 1],
  ['touch', 0, 1],
  ['pin', 0, 1],
  ['touch', 0, 0],
];

export class ProgramSubject implements OutsideSubject {
  readonly name: string;
  #program: Program;
  #relation: 'lru' | 'contract' = 'lru';
  #observed: Observed = new Set();
  #stumble: Stumble<Rss> | null = null;
  /** The profile is nested, and the program knows trees, or does not. */
  #trees: 'known' | 'unknown' | 'flat' = 'flat';

  private constructor(command: string, program: Program) {
    this.name = command;
    this.#program = program;
  }

  get relation(): 'lru' | 'contract' {
    return this.#relation;
  }

  get observed(): Observed {
    return this.#observed;
  }

  get stumble(): Stumble<Rss> | null {
    return this.#stumble;
  }

  /**
   * Starts a program, greets it, and finds out what it shows.
   * @throws Skipped if it declines; NotAlive if it breaks the protocol in the greeting.
   */
  static async open(
    command: string,
    profile: Profile,
    scope: Scope,
    options: ProgramOptions = {},
  ): Promise<ProgramSubject> {
    const subject = new ProgramSubject(command, new Program(command, options));
    try {
      await subject.#greet(profile, scope);
      await subject.#learn(scope, options.remark);
      if (subject.#stumble) {
        await subject.close();
        subject.#program = new Program(command, options);
        await subject.#greet(profile, scope);
      }
    } catch (error) {
      await subject.close();
      throw error;
    }
    return subject;
  }

  async #greet(profile: Profile, scope: Scope): Promise<void> {
    const hello = { firsttouch: 1, profile: profile.name, scope };
    const greeting = await this.#ask(
      hello,
      decodeGreeting,
      '{"ok":true}, {"ok":true,"spec":"contract","trees":true} or {"skip":"reason"}',
    );
    if ('skip' in greeting) throw new Skipped(oneLine(greeting.skip));
    this.#relation = greeting.spec ?? 'lru';
    if (profile.hierarchy === 'nested') this.#trees = greeting.trees ? 'known' : 'unknown';
  }

  /** Plays the overture and notes which fields the answers have; a field that has a name of its own is remarked on, for it may be meant otherwise. */
  async #learn({ pages }: Scope, remark: ProgramOptions['remark']): Promise<void> {
    const seen = new Set<Observable>();
    const unread = new Set<string>();
    const decode = (json: unknown) => {
      for (const line of unreadIn(json)) unread.add(line);
      return decodeAnswer(json);
    };
    const moves: Move[] = [];
    try {
      for (const move of overture.filter((one) => one.slice(2).every((p) => Number(p) < pages))) {
        moves.push(move);
        const { killed, reclaimed, view } = await this.#ask({ move: this.#json(move) }, decode, answerForm);
        if (killed) seen.add('victims');
        if (reclaimed) seen.add('reclaimed');
        for (const what of shownIn(view)) seen.add(what);
      }
      await this.#restart();
    } catch (error) {
      if (!(error instanceof NotAlive)) throw error;
      this.#stumble = { moves, witness: error.message };
    }
    if (this.#trees !== 'known') seen.delete('parent');
    this.#observed = new Set(observables.filter((what) => seen.has(what)));
    for (const line of unread) remark?.(line);
  }

  async #restart(): Promise<void> {
    await this.#ask({ reset: true }, decodeDone, '{"ok":true}');
  }

  reset(_size: Size): Promise<void> {
    return this.#restart();
  }

  async apply(move: Move, view: View): Promise<Answer> {
    const {
      outcome,
      killed,
      reclaimed,
      view: shown,
    } = await this.#ask({ move: this.#json(move) }, decodeAnswer, answerForm);
    try {
      write(shown, view, this.#observed);
      if (this.#trees === 'unknown') rootAnswersForAll(view);
    } catch (error) {
      throw new NotAlive(`after ${moveText(move)}: ${messageOf(error)}`);
    }
    return { outcome, killed: (killed ?? []).map(idOf), reclaimed: (reclaimed ?? []).map(idOf) };
  }

  /** A program that knows trees is told every parent. */
  #json(move: Move): MoveJson {
    const json = moveToJson(move);
    return this.#trees === 'known' && json[0] === 'mkdir' && json.length === 2 ? [...json, 'root'] : json;
  }

  async #ask<A>(value: unknown, decode: (json: unknown) => A, legal: string): Promise<A> {
    const sent = excerpt(JSON.stringify(value));
    let json: unknown;
    try {
      json = await this.#program.ask(value);
    } catch (error) {
      if (error instanceof ProtocolError)
        throw new NotAlive(`to ${sent}: ${error.message}; legal is one line: ${legal}`);
      throw error;
    }
    try {
      return decode(json);
    } catch (error) {
      throw new NotAlive(
        `to ${sent} it answered ${excerpt(JSON.stringify(json))}: ${messageOf(error)}; legal is ${legal}`,
      );
    }
  }

  close(): Promise<void> {
    return this.#program.close();
  }
}

const answerForm =
  '{"outcome":"ok","killed":[],"reclaimed":[],"view":{"containers":{"c0":{"usage":0}},"pages":{}}} (README, "Test YOUR controller")';

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');

/** A program's own words, without what would move a cursor. */
const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();

const excerpt = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text);

const idOf = (name: string): number => (name === 'root' ? -1 : Number(name.slice(1)));

/** What of an answer nobody reads, whatever else may be wrong with it. */
function unreadIn(json: unknown): string[] {
  const answer = tableOf(json);
  const view = tableOf(answer.view);
  const unread = (of: string, { fields }: { fields: object }, table: object): string[] =>
    Object.keys(table)
      .filter((key) => !Object.hasOwn(fields, key))
      .map((key) => `nobody reads "${key}" of ${of}; what is read there: ${Object.keys(fields).join(', ')}`);
  return [
    ...unread('an answer', AnswerSchema, answer),
    ...unread('a view', ShownSchema, view),
    ...Object.values(tableOf(view.containers)).flatMap((c) =>
      unread('a container', ContainerSchema, tableOf(c)),
    ),
    ...Object.values(tableOf(view.pages)).flatMap((p) => unread('a page', PageSchema, tableOf(p))),
  ];
}

const tableOf = (json: unknown): Record<string, unknown> =>
  typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};

function shownIn({ containers, pages }: Shown): Observable[] {
  const found: Observable[] = [];
  for (const c of Object.values(containers)) {
    if (c.usage !== undefined) found.push('usage');
    if (c.limit !== undefined) found.push('limit');
    if (c.parent !== undefined) found.push('parent');
    if (c.failcnt !== undefined) found.push('failcnt');
    if (c.reclaimed !== undefined) found.push('reclaims');
    if (c.tasks !== undefined) found.push('tasks');
    if (c.active !== undefined && c.inactive !== undefined) found.push('lists', 'order');
  }
  for (const p of Object.values(pages ?? {})) {
    if (p.owner !== undefined) found.push('owner');
    if (p.mappers !== undefined) found.push('mappers');
    if (p.pins !== undefined) found.push('pins');
    if (p.referenced !== undefined) found.push('referenced');
  }
  return found;
}

/** Writes what a program shows into a view. @throws Error for a name out of scope, or a field that it has shown before and now does not. */
function write({ containers, pages }: Shown, view: View, observed: Observed): void {
  view.clear();
  const has = <T>(what: Observable, name: string, value: T | undefined): value is T => {
    if (!observed.has(what)) return false;
    if (value === undefined) throw new Error(`${name} does not show its ${what}, as it did before`);
    return true;
  };
  for (const [name, c] of Object.entries(containers)) {
    if (!CONTAINER_NAME.test(name))
      throw new Error(`"${name}" names no container; legal are c0, c1, ... and root`);
    const slot = view.slotOf(within(idOf(name), view.size.containers, name));
    view.exists[slot] = 1;
    if (has('usage', name, c.usage)) view.usage[slot] = c.usage;
    if (idOf(name) >= 0 && has('parent', name, c.parent) && c.parent !== null)
      view.parent[slot] = view.slotOf(within(idOf(c.parent), view.size.containers, c.parent));
    if (has('failcnt', name, c.failcnt)) view.failcnt[slot] = c.failcnt;
    if (has('reclaims', name, c.reclaimed)) view.reclaims[slot] = c.reclaimed;
    if (c.own !== undefined) ownAgrees(name, c.own, c.active, c.inactive);
    if (has('limit', name, c.limit)) view.setLimit(slot, limitOf(c.limit));
    if (has('tasks', name, c.tasks)) {
      for (const t of c.tasks) {
        const task = within(idOf(t), view.size.tasks, t);
        if (view.container[task] !== NONE) throw new Error(`${t} is shown in two containers, one is ${name}`);
        view.container[task] = slot;
      }
    }
    if (has('lists', name, c.active)) writeList(view, slot, view.active, view.activeLength, c.active);
    if (has('lists', name, c.inactive)) writeList(view, slot, view.inactive, view.inactiveLength, c.inactive);
  }
  for (const [name, page] of Object.entries(pages ?? {})) {
    if (!PAGE_NAME.test(name)) throw new Error(`"${name}" names no page; legal are p0, p1, ...`);
    const p = within(idOf(name), view.size.pages, name);
    if (has('owner', name, page.owner))
      view.owner[p] = page.owner === null ? NONE : view.slotOf(idOf(page.owner));
    if (has('referenced', name, page.referenced)) view.referenced[p] = page.referenced ? 1 : 0;
    const pins = new Set(has('pins', name, page.pins) ? page.pins : []);
    if (!has('mappers', name, page.mappers)) continue;
    for (const t of pins) {
      if (!page.mappers.includes(t)) throw new Error(`${name} is locked by ${t}, which does not map it`);
    }
    for (const t of page.mappers) {
      view.map(within(idOf(t), view.size.tasks, t), p, pins.has(t) ? MAPPED | PINNED : MAPPED);
    }
  }
}

/** @throws Error if a container counts other pages as its own than its lists hold */
function ownAgrees(
  name: string,
  own: number,
  active: readonly string[] | undefined,
  inactive: readonly string[] | undefined,
): void {
  const listed = (active?.length ?? 0) + (inactive?.length ?? 0);
  if (active && inactive && own !== listed)
    throw new Error(`${name} owns ${own} pages, its lists hold ${listed}`);
}

function writeList(
  view: View,
  slot: number,
  list: Int32Array,
  lengths: Int32Array,
  names: readonly string[],
): void {
  if (names.length > view.size.pages)
    throw new Error(`a list holds ${names.length} of ${view.size.pages} pages`);
  lengths[slot] = names.length;
  names.forEach((name, i) => {
    list[slot * view.size.pages + i] = within(idOf(name), view.size.pages, name);
  });
}

function within(id: number, count: number, name: string): number {
  if (id >= count) throw new Error(`${name} is outside the scope, which has ${count} of its kind`);
  return id;
}

const UNLIMITED = 2n ** 63n - 1n;
function limitOf(limit: number | string | null): bigint {
  // 2^63-1 is no double: a program in a language of doubles writes the nearest one.
  if (limit === null || limit === 'unlimited' || limit === 2 ** 63) return UNLIMITED;
  if (typeof limit === 'number' && !Number.isSafeInteger(limit))
    throw new Error(`limit ${limit}: legal is a whole number of pages, or null for none`);
  return BigInt(limit);
}
