// What the explorer page knows and does, without a document: the trace, who decides, the open question, the messages. The page only shows it.

import { IllegalChoice, type Move, type ProfileName, profileNames } from '../model/index.ts';
import { type Decision, type Decisions, type Question, Undecided } from '../properties/trace/decide.ts';
import { encodeLink, type Linked, type Turn, type World } from '../properties/trace/link.ts';
import type { Maybe, Reply } from '../shell/machine.ts';
import { Interrupted } from '../shell/shell.ts';
import { parseCommand } from '../shell/words.ts';
import type { Asked } from './graph.ts';
import type { NameBook } from './names.ts';
import type { ForeignGraph, Opened, Recorded } from './opened.ts';
import { shellAt } from './shell.ts';
import { type Moment, type PlayOptions, Timeline, TooLarge } from './timeline.ts';

/** Who makes the free choices: the two-list policy (LRU spec), or the one who plays (contract). */
export type Decider = 'lists' | 'me';

export interface Pending {
  readonly move: Move;
  readonly decisions: Decisions;
  readonly question: Question;
  readonly options: PlayOptions;
  /** The shell command that waits for the answer. */
  readonly waiting: Waiting | null;
}

/** The reply that the shell waits for while a choice is open. */
class Waiting {
  readonly reply: Promise<Reply>;
  done: (moment: Moment) => void = () => {};
  failed: (error: unknown) => void = () => {};

  constructor() {
    this.reply = new Promise((done, fail) => {
      this.done = done;
      this.failed = fail;
    });
  }
}

/** A line of the shell with what it printed. */
export interface Said {
  readonly id: number;
  readonly command: string;
  readonly output: string;
}

export interface Message {
  readonly id: number;
  readonly kind: 'error' | 'note';
  readonly text: string;
}

export const freePlay: World = {
  profile: 'letter',
  start: 'shell',
  scope: { containers: 3, tasks: 4, pages: 8, limit: 4 },
};

/** While a long command runs, the page is drawn again this often. */
const SHOW_MS = 100;

export class Session {
  timeline: Timeline;
  decider: Decider = 'lists';
  pending: Pending | null = null;
  messages: readonly Message[] = [];
  playing = false;
  /** What a loaded counterexample says that its subject did; null in free play. */
  recorded: Recorded | null = null;
  /** The graph that a loaded file asks for. */
  asked: Asked | null = null;
  /** States of a model that does not run here, from a file. */
  foreign: ForeignGraph | null = null;
  said: readonly Said[] = [];
  /** The shell command that runs now. */
  running: string | null = null;
  /** Raised by every change, so that what is derived can be kept as long as it holds. */
  version = 0;
  /** Raised when the player does something else; a command of the shell that still runs then stops. */
  #epoch = 0;
  #shown = 0;
  readonly #listeners = new Set<() => void>();
  #ids = 0;

  constructor(world: World = freePlay) {
    this.timeline = new Timeline(world);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }

  say(kind: Message['kind'], text: string): void {
    const last = this.messages.at(-1);
    if (last?.text === text) return;
    this.messages = [...this.messages, { id: this.#ids++, kind, text }].slice(-4);
    this.changed();
  }

  dismiss(id: number): void {
    this.messages = this.messages.filter((message) => message.id !== id);
    this.changed();
  }

  get names(): NameBook {
    return this.timeline.now.book;
  }

  /** Plays a move; if a choice comes up and the player decides, asks first. */
  act(move: Move): void {
    this.#leave();
    try {
      this.#try(move, {}, [], null);
    } catch (error) {
      this.#refuse(error);
    }
    this.changed();
  }

  /** Whatever was under way (an open choice, a long command of the shell) ends here. */
  #leave(): void {
    this.#epoch++;
    const waiting = this.pending?.waiting;
    this.pending = null;
    waiting?.failed(new Interrupted('the choice was left open'));
  }

  /** Plays, or leaves a question open; the moment if it was played. */
  #try(move: Move, options: PlayOptions, decisions: Decisions, waiting: Pending['waiting']): Moment | null {
    try {
      return this.timeline.play(move, { ...options, decisions, ask: this.decider === 'me' });
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      this.pending = { move, decisions, question: error.question, options, waiting };
      return null;
    }
  }

  /** Answers the open question: pages, a victim, or null for the two lists. */
  decide(decision: Decision): void {
    this.#goOn(({ move, options, decisions, waiting }) =>
      this.#try(move, options, [...decisions, decision], waiting),
    );
  }

  /** Leaves every choice that is still open in this move to the two lists. */
  decideRest(): void {
    this.#goOn(({ move, options, decisions }) => this.timeline.play(move, { ...options, decisions }));
  }

  /** The open question is answered: the shell that waits gets its reply, or what was wrong with the answer. */
  #goOn(play: (pending: Pending) => Moment | null): void {
    const { pending } = this;
    if (!pending) return;
    this.pending = null;
    try {
      const moment = play(pending);
      if (moment) pending.waiting?.done(moment);
    } catch (error) {
      if (pending.waiting) pending.waiting.failed(error);
      else this.#refuse(error);
    }
    this.changed();
  }

  /** Says what cannot be played. Any other error goes on. */
  #refuse(error: unknown): void {
    if (!isRefusal(error)) throw error;
    this.say('error', error.message);
  }

  cancel(): void {
    this.#leave();
    this.changed();
  }

  /** Runs a line of the shell where the timeline stands. False: it was not run to its end. */
  async run(line: string): Promise<boolean> {
    if (this.running !== null || line.trim() === '') return false;
    this.#leave();
    this.running = line;
    this.changed();
    let output: string;
    let isWhole = true;
    try {
      output = await this.#output(line);
    } catch (error) {
      if (isRefusal(error)) output = `${error.message}\n`;
      else if (error instanceof Interrupted) output = 'interrupted; what was done stays\n';
      else throw error;
      isWhole = false;
    } finally {
      this.running = null;
    }
    this.said = [...this.said, { id: this.#ids++, command: line, output }].slice(-200);
    this.changed();
    return isWhole;
  }

  async #output(line: string): Promise<string> {
    const { timeline } = this;
    if (timeline.world.start !== 'shell') return 'this machine has no shell: press "new" for one that has\n';
    const epoch = this.#epoch;
    const stopIfLeft = () => {
      if (epoch !== this.#epoch) throw new Interrupted('interrupted');
    };
    const made = await shellAt(timeline, (move, name) => {
      stopIfLeft();
      return this.#playForShell(move, { name, command: line });
    });
    stopIfLeft();
    if (!made)
      return 'the tasks of this trace were not made by a shell: press "new" for a machine that has one\n';
    if (made.shell.end) return 'the shell is gone: step back, or press "new"\n';
    const command = parseCommand(line);
    made.machine.childName = command?.verb === 'fork' ? command.words[0] : undefined;
    const output = await made.shell.run(line);
    const hint = made.shell.hintFor(line);
    return hint ? `${output}${hint}\n` : output;
  }

  #playForShell(move: Move, options: PlayOptions): Maybe<Reply> {
    const waiting = new Waiting();
    const moment = this.#try(move, options, [], waiting);
    if (!moment) {
      this.changed();
      return waiting.reply;
    }
    if (performance.now() - this.#shown > SHOW_MS) {
      this.#shown = performance.now();
      this.changed();
    }
    return moment;
  }

  goTo(at: number): void {
    this.#leave();
    this.timeline.goTo(at);
    if (this.timeline.at === this.timeline.length) this.playing = false;
    this.changed();
  }

  step(by: number): void {
    this.goTo(this.timeline.at + by);
  }

  /** Starts or stops the film; at the end it starts over. */
  play(on = !this.playing): void {
    if (on && this.timeline.at === this.timeline.length) this.timeline.goTo(0);
    this.playing = on && this.timeline.length > 0;
    this.changed();
  }

  setDecider(decider: Decider): void {
    this.#leave();
    this.decider = decider;
    this.changed();
  }

  /** A new trace. One that was not written down by hand is stepped through from its beginning. */
  open(linked: Linked, at: number = linked.turns.length, recorded: Recorded | null = null): void {
    const timeline = Timeline.of(linked);
    timeline.goTo(at);
    this.#leave();
    this.timeline = timeline;
    this.playing = false;
    this.recorded = recorded;
    this.changed();
  }

  /** Shows what a file or link held. A recording is stepped through from its beginning, but one that holds what was seen when it failed. */
  show(opened: Opened): void {
    if (opened.kind === 'script')
      this.#perform(opened).catch((error: Error) => this.say('error', error.message));
    else if (opened.kind === 'foreign') {
      this.foreign = opened.graph;
      this.changed();
    } else if (opened.kind === 'graph') {
      const { profile, scope } = opened.asked;
      this.asked = opened.asked;
      this.open({ profile, start: 'nothing', scope, turns: [] });
    } else {
      const { linked, recorded } = opened;
      this.open(linked, recorded && !recorded.shown ? 0 : linked.turns.length, recorded);
    }
  }

  /** Runs a script or transcript in a new machine; where its output is not the expected one, says so. */
  async #perform({ script, profile }: Opened & { kind: 'script' }): Promise<void> {
    this.restart({ ...freePlay, profile });
    for (const { command, line, expected } of script.entries) {
      if (!(await this.run(command))) return;
      const output = this.said.at(-1)?.output ?? '';
      if (script.isTranscript && output !== expected) {
        this.say(
          'note',
          `line ${line}: ${command} printed ${shown(output)}, the transcript expects ${shown(expected)}`,
        );
      }
    }
  }

  restart(world: World): void {
    this.open({ ...world, turns: [] });
  }

  /** The same moves under another profile. A choice by hand that is not legal there is left to the two lists. */
  setProfile(profile: ProfileName): void {
    if (!profileNames.includes(profile) || profile === this.timeline.world.profile) return;
    const { at } = this.timeline;
    const { start } = this.timeline.world;
    const world: World = { ...this.timeline.linked(), profile, start: start === 'nothing' ? 'root' : start };
    const timeline = new Timeline(world);
    let left = 0;
    for (const turn of this.timeline.turns()) left += playLegally(timeline, turn);
    timeline.goTo(at);
    this.#leave();
    this.timeline = timeline;
    this.changed();
    if (left > 0)
      this.say('note', `${left} choices made by hand are not legal under ${profile}: the two lists decided`);
  }

  /** The trace up to its end, as the text after `#` of a link. */
  link(): string {
    return encodeLink(this.timeline.linked());
  }
}

/** What the player asks for cannot be played: it is said, and what was here stays. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof TooLarge || error instanceof IllegalChoice;

const shown = (output: string): string => JSON.stringify(output.trimEnd()).slice(0, 80);

/** Returns 1 if the decisions had to be dropped. */
function playLegally(timeline: Timeline, turn: Turn): 0 | 1 {
  try {
    timeline.play(turn.move, turn);
    return 0;
  } catch (error) {
    if (!(error instanceof IllegalChoice)) throw error;
    timeline.play(turn.move, { name: turn.name });
    return 1;
  }
}
