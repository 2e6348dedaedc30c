// A program that speaks the line protocol, as a subject: its lines are decoded by Schemas, and what it leaves out is not observed.

import { stripVTControlCharacters } from 'node:util';
import * as Schema from '@effect/schema/Schema';
import { Program, type ProgramOptions, ProtocolError } from '../../impl/external/program.ts';
import type { Ahead, Stumble } from '../../lockstep/index.ts';
import { ALIVE, NotAlive } from '../../lockstep/index.ts';
import type { Move, Profile, Scope } from '../../model/index.ts';
import type { Rss } from '../domain/kinds.ts';
import { type MoveJson, moveText, moveToJson } from '../trace/move.ts';
import type { Answer } from '../view/answer.ts';
import {
  difference,
  type Observable,
  type Observed,
  observables,
  rootAnswersForAll,
  type Size,
  View,
} from '../view/view.ts';
import {
  AnswerSchema,
  BlindAnswerSchema,
  ChangedAnswerSchema,
  type Changes,
  idOf,
  LookSchema,
  Seen,
  shownIn,
  tableOf,
  unreadIn,
  write,
} from './shown.ts';
import type { OutsideSubject } from './subject.ts';

const WelcomeSchema = Schema.Struct({
  ok: Schema.Literal(true),
  spec: Schema.optionalKey(Schema.Literals(['lru', 'contract'])),
  /** It knows containers within containers: in nested profiles it gets them, and shows each one's parent. */
  trees: Schema.optionalKey(Schema.Boolean),
  /** Asked for `"view":"changes"` it shows what is other than in its last view, and for `"view":"none"` nothing. */
  changes: Schema.optionalKey(Schema.Boolean),
});
const SkipSchema = Schema.Struct({ skip: Schema.String });
const DoneSchema = Schema.Struct({ ok: Schema.Literal(true) });

const decodeAnswer = Schema.decodeUnknownSync(AnswerSchema);
const decodeBlind = Schema.decodeUnknownSync(BlindAnswerSchema);
const decodeChanged = Schema.decodeUnknownSync(ChangedAnswerSchema);
const decodeLook = Schema.decodeUnknownSync(LookSchema);
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

const notBuilt: Answer = { outcome: 'not built yet (todo)', killed: [], reclaimed: [] };

/** What the program was asked for is not built yet: an answer `{"todo":"what"}`, as the programs of `init` have it. */
class NotBuilt extends NotAlive {
  readonly what: string;

  constructor(what: string) {
    super(`${what} is not built yet: build it next`, ALIVE, notBuilt);
    this.what = what;
  }
}

export const isNotBuilt = (error: unknown): error is NotBuilt => error instanceof NotBuilt;

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

/** A program that is trusted shows a whole view after so many views of changes. */
const TRUSTED = 16;

export interface OpenOptions extends ProgramOptions {
  /** Views of changes are held against a whole one now and then, not after every move: for hunts. */
  readonly trusting?: boolean;
  /** Every look is a whole view, and what is coming is told `ahead`: for searches. */
  readonly whole?: boolean;
}

export class ProgramSubject implements OutsideSubject {
  readonly name: string;
  #program: Program;
  #greeting = '';
  #relation: 'lru' | 'contract' = 'lru';
  #observed: Observed = new Set();
  #stumble: Stumble<Rss> | null = null;
  /** The profile is nested, and the program knows trees, or does not. */
  #trees: 'known' | 'unknown' | 'flat' = 'flat';
  #hasChanges = false;
  readonly #seen = new Seen();
  readonly #trust: number;
  readonly #isWhole: boolean;
  /** Views of changes since the last whole one. */
  #trusted = 0;
  #whole: View | null = null;

  private constructor(command: string, program: Program, { trusting = false, whole = false }: OpenOptions) {
    this.name = command;
    this.#program = program;
    this.#trust = trusting ? TRUSTED : 1;
    this.#isWhole = whole;
  }

  /** What it answered to the greeting, as it was read. */
  get greeting(): string {
    return this.#greeting;
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
    options: OpenOptions = {},
  ): Promise<ProgramSubject> {
    const subject = new ProgramSubject(command, new Program(command, options), options);
    try {
      await subject.#greet(profile, scope);
      await subject.#learn(scope, options.remark);
      if (subject.#stumble) {
        await subject.close();
        subject.#program = new Program(command, options);
        await subject.#greet(profile, scope).catch((error) => {
          throw error instanceof Skipped ? subject.#gone(error) : error;
        });
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
      '{"ok":true}, {"ok":true,"spec":"contract","trees":true,"changes":true} or {"skip":"reason"}',
    );
    if ('skip' in greeting) throw new Skipped(oneLine(greeting.skip));
    this.#greeting = JSON.stringify(greeting);
    this.#relation = greeting.spec ?? 'lru';
    this.#hasChanges = greeting.changes ?? false;
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
        const answer = await this.#ask({ move: this.#json(move) }, decode, answerForm).catch(unlessNotBuilt);
        if (answer === null) break;
        const { killed, reclaimed, view } = answer;
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

  /** It has stumbled, and then declines to start again: the second thing must not hide the first. */
  #gone({ message }: Skipped): NotAlive {
    const { moves = [], witness = '' } = this.#stumble ?? {};
    return new NotAlive(
      `after ${moves.map(moveText).join(', ')}: ${witness}; started again it declines: ${message}`,
    );
  }

  async #restart(): Promise<void> {
    await this.#ask({ reset: true }, decodeDone, '{"ok":true}');
    this.#seen.clear();
  }

  reset(_size: Size): Promise<void> {
    return this.#restart();
  }

  async apply(move: Move, view: View): Promise<Answer> {
    if (!this.#hasChanges || this.#isWhole) {
      const answer = await this.#ask(this.#asked(move, true), decodeAnswer, answerForm);
      this.#seen.clear().add(answer.view);
      this.#show(view, `after ${moveText(move)}`);
      return answerOf(answer);
    }
    const answer = await this.#ask({ move: this.#json(move), view: 'changes' }, decodeChanged, answerForm);
    await this.#change(answer.view, view, `after ${moveText(move)}`);
    return answerOf(answer);
  }

  /** A move after which nobody looks; `see` does, when it is time. */
  async act(move: Move): Promise<Answer> {
    const asked = this.#asked(move, false);
    if (this.#hasChanges || this.#isWhole) return answerOf(await this.#ask(asked, decodeBlind, answerForm));
    const answer = await this.#ask(asked, decodeAnswer, answerForm);
    this.#seen.clear().add(answer.view);
    return answerOf(answer);
  }

  ahead(runs: readonly (readonly Ahead<Rss>[])[]): void {
    this.#program.foretell(
      runs.flatMap((run) => [{ reset: true }, ...run.map(({ move, look }) => this.#asked(move, look))]),
    );
  }

  #asked(move: Move, look: boolean) {
    const json = this.#json(move);
    return look || !this.#hasChanges ? { move: json } : { move: json, view: 'none' };
  }

  /** What is to be seen after the moves that were made by `act`. */
  async see(view: View): Promise<void> {
    if (this.#hasChanges) {
      const { view: shown } = await this.#ask({ view: 'whole' }, decodeLook, lookForm);
      this.#seen.clear().add(shown);
    }
    this.#show(view, 'asked for its view');
  }

  /** Adds changes to what was seen. A whole view, when one is due, must be the same. */
  async #change(changes: Changes, view: View, when: string): Promise<void> {
    this.#seen.add(changes);
    this.#show(view, when);
    if (++this.#trusted < this.#trust) return;
    this.#trusted = 0;
    const shown = await this.#ask({ view: 'whole' }, decodeLook, lookForm);
    if (this.#whole?.size !== view.size) this.#whole = new View(view.size);
    const whole = this.#whole;
    this.#show(whole, when, new Seen().add(shown.view));
    const differs = difference(view, whole, this.#observed);
    if (differs === null) return;
    const sides = differs.replace(', the specification says ', ', in the whole view ');
    throw new NotAlive(`${when}: its changes do not add up to its whole view: ${sides}`);
  }

  #show(view: View, when: string, seen = this.#seen): void {
    try {
      write(seen, view, this.#observed);
      if (this.#trees === 'unknown') rootAnswersForAll(view);
    } catch (error) {
      throw new NotAlive(`${when}: ${messageOf(error)}`);
    }
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
    const { todo } = tableOf(json);
    if (typeof todo === 'string') throw new NotBuilt(oneLine(todo));
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

const lookForm = '{"view":{"containers":{"c0":{"usage":0}},"pages":{}}}';

const answerOf = ({ outcome, killed, reclaimed }: typeof BlindAnswerSchema.Type): Answer => ({
  outcome,
  killed: (killed ?? []).map(idOf),
  reclaimed: (reclaimed ?? []).map(idOf),
});

function unlessNotBuilt(error: unknown): null {
  if (isNotBuilt(error)) return null;
  throw error;
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');

/** A program's own words, without what would move a cursor. */
const oneLine = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();

const excerpt = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text);
