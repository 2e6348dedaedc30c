// A trace with all its states, and the place where one stands: step, back, jump, and play on from anywhere.

import { type Move, ROOT, type State, step } from '../model/index.ts';
import type { Observation } from '../properties/claims/claim.ts';
import { claims } from '../properties/claims/index.ts';
import { reachablesOf } from '../properties/claims/reachable.ts';
import { type Decisions, following } from '../properties/trace/decide.ts';
import { begin, type Linked, type Turn, type World } from '../properties/trace/link.ts';
import { everything, type Size, View, viewOfState } from '../properties/view/view.ts';
import { firstBook, type NameBook } from './names.ts';

export interface Moment {
  /** The turn that led here; null at the beginning. */
  readonly turn: Turn | null;
  readonly outcome: string;
  readonly killed: readonly number[];
  readonly reclaimed: readonly number[];
  /** The shell command that made it, if one did. */
  readonly command?: string | undefined;
  readonly book: NameBook;
}

/** States are kept as long as their lists have no more entries than this together (about 40 MB); then every second one is let go. */
const ROOM = 5_000_000;

/** A view of a state has so many places at most, a page for each container and each task; a page that shows more would stand still. */
const PLACES = 400_000;

/** A trace that names more than the page can show. */
export class TooLarge extends Error {
  override name = 'TooLarge';
}

function mustBeShown({ containers, tasks, pages }: Size): void {
  if ((containers + tasks + 1) * pages <= PLACES && containers + tasks <= PLACES) return;
  throw new TooLarge(
    `${containers} containers, ${tasks} tasks and ${pages} pages are more than this page shows: (containers + tasks + 1) x pages may be ${PLACES}`,
  );
}

interface Kept {
  readonly state: State;
  readonly weight: number;
}

/** What the claims say of one step. */
export interface Finding {
  readonly kind: 'violated' | 'known';
  readonly claim: string;
  readonly witness: string;
}

export interface PlayOptions {
  readonly decisions?: Decisions;
  readonly name?: string | undefined;
  readonly command?: string | undefined;
  readonly ask?: boolean;
}

export interface Judged {
  readonly findings: readonly Finding[];
  /** Reachability claims that the step meets: what is worth a look. */
  readonly reached: readonly string[];
}

export class Timeline {
  readonly world: World;
  readonly #moments: Moment[];
  readonly #kept = new Map<number, Kept>();
  readonly #room: number;
  #weight = 0;
  /** One state in so many is kept; those between are played again when they are asked for. */
  #stretch = 1;
  /** The stretch that was played again last: where it begins, and its states. */
  #again: { readonly from: number; readonly states: State[] } = { from: -1, states: [] };
  readonly #judged: (Judged | undefined)[] = [];
  #views: readonly [View, View] | null = null;
  #at = 0;
  #size: Size;

  constructor(world: World, room = ROOM) {
    this.world = world;
    mustBeShown(world.scope);
    this.#room = room;
    this.#size = world.scope;
    this.#moments = [{ turn: null, outcome: 'ok', killed: [], reclaimed: [], book: firstBook(world.start) }];
    this.#kept.set(0, { state: begin(world), weight: 0 });
  }

  /** Plays a whole trace, and stands at its end. */
  static of({ profile, start, scope, turns }: Linked, room = ROOM): Timeline {
    const timeline = new Timeline({ profile, start, scope }, room);
    for (const turn of turns) timeline.play(turn.move, turn);
    return timeline;
  }

  get at(): number {
    return this.#at;
  }

  /** Moves, not counting the beginning. */
  get length(): number {
    return this.#moments.length - 1;
  }

  get now(): Moment {
    return this.#moments[this.#at];
  }

  get state(): State {
    return this.stateAt(this.#at);
  }

  /** Room for every id that the trace has named. */
  get size(): Size {
    return this.#size;
  }

  moment(at: number): Moment {
    return this.#moments[at];
  }

  stateAt(at: number): State {
    const from = at - (at % this.#stretch);
    if (this.#again.from !== from) this.#again = { from, states: [(this.#kept.get(from) as Kept).state] };
    const { states } = this.#again;
    for (let i = from + states.length; i <= at; i++) states.push(this.#repeat(states[i - from - 1], i));
    return states[at - from];
  }

  #repeat(before: State, at: number): State {
    const { move, decisions } = this.#moments[at].turn as Turn;
    return step(before, move, following(decisions, 'policy')).state;
  }

  turns(upTo = this.length): Turn[] {
    return this.#moments.slice(1, upTo + 1).map(({ turn }) => turn as Turn);
  }

  linked(upTo = this.length): Linked {
    const { containers, tasks, pages } = this.#size;
    const scope = { containers, tasks, pages, limit: this.world.scope.limit };
    return { ...this.world, scope, turns: this.turns(upTo) };
  }

  goTo(at: number): void {
    this.#at = Math.max(0, Math.min(at, this.length));
  }

  /** Takes a step from where one stands; what came after is forgotten. With `ask`, an open choice throws Undecided and nothing has happened. */
  play(move: Move, { decisions = [], name, command, ask = false }: PlayOptions = {}): Moment {
    const before = this.state;
    mustBeShown(this.#sizeFor(before, move));
    const after = step(before, move, following(decisions, ask ? 'ask' : 'policy'));
    const { outcome, killed, reclaimed, state } = after;
    const turn: Turn = name === undefined ? { move, decisions } : { move, decisions, name };
    const book = this.now.book.after(turn, after);
    const moment: Moment = { turn, outcome, killed, reclaimed, command, book };

    this.#forgetAfter(this.#at);
    this.#moments.push(moment);
    this.#at++;
    this.#keep(before, state);
    this.#size = this.#sizeFor(state, move);
    return moment;
  }

  #forgetAfter(at: number): void {
    for (let i = at + 1; i < this.#moments.length; i++) this.#letGo(i);
    this.#moments.length = at + 1;
    this.#judged.length = Math.min(this.#judged.length, at + 1);
    if (this.#again.from > at) this.#again = { from: -1, states: [] };
    else this.#again.states.length = Math.min(this.#again.states.length, at + 1 - this.#again.from);
  }

  #letGo(at: number): void {
    this.#weight -= this.#kept.get(at)?.weight ?? 0;
    this.#kept.delete(at);
  }

  #keep(before: State, state: State): void {
    const from = this.#at - (this.#at % this.#stretch);
    if (from === this.#at) {
      const weight = newEntries(before, state);
      this.#weight += weight;
      this.#kept.set(from, { state, weight });
      this.#again = { from, states: [state] };
      if (this.#weight > this.#room) this.#thin();
    } else if (this.#again.from === from && this.#again.states.length === this.#at - from) {
      this.#again.states.push(state);
    }
  }

  /** Every second state goes. */
  #thin(): void {
    this.#stretch *= 2;
    for (const at of [...this.#kept.keys()]) if (at % this.#stretch !== 0) this.#letGo(at);
    this.#again = { from: -1, states: [] };
  }

  /** What it takes to show a state and a move. */
  #sizeFor(state: State, move: Move): Size {
    const { containers, tasks, pages } = this.#size;
    const grown = { containers, tasks, pages };
    for (const c of state.containers.keys())
      if (c !== ROOT) grown.containers = Math.max(grown.containers, c + 1);
    for (const t of state.tasks.keys()) grown.tasks = Math.max(grown.tasks, t + 1);
    if (['touch', 'unmap', 'pin', 'unpin', 'copy'].includes(move[0])) {
      for (const p of move.slice(2)) grown.pages = Math.max(grown.pages, Number(p) + 1);
    }
    const isLarger = grown.containers > containers || grown.tasks > tasks || grown.pages > pages;
    return isLarger ? grown : this.#size;
  }

  /** Room for a state before and after a step: made again when the trace names more. */
  #pairOfViews(): readonly [View, View] {
    const size = this.#size;
    if (this.#views?.[0].size !== size) this.#views = [new View(size), new View(size)];
    return this.#views;
  }

  isJudged(at: number): boolean {
    return this.#judged[at] !== undefined;
  }

  judged(at: number): Judged {
    return (this.#judged[at] ??= this.#judge(at));
  }

  #judge(at: number): Judged {
    const { turn, outcome, killed, reclaimed } = this.#moments[at];
    if (!turn) return { findings: [], reached: [] };
    const [earlier, later] = this.#pairOfViews();
    const before = viewOfState(this.stateAt(at - 1), earlier);
    const state = this.stateAt(at);
    const { profile } = state;
    const observation: Observation = {
      profile,
      observed: everything,
      before,
      after: viewOfState(state, later),
      move: turn.move,
      outcome,
      killed,
      reclaimed,
    };
    const byHand = turn.decisions.some((decision) => decision !== null);
    return {
      findings: findingsOf(observation, byHand),
      reached: reachablesOf(profile)
        .filter((reachable) => reachable.holds(observation))
        .map(({ name }) => name),
    };
  }
}

/** What a state adds to the memory of the one before: unchanged objects are shared. */
function newEntries(before: State, after: State): number {
  let count = 0;
  for (const [id, c] of after.containers)
    if (before.containers.get(id) !== c) count += c.active.length + c.inactive.length;
  for (const [id, t] of after.tasks) if (before.tasks.get(id) !== t) count += t.maps.length + t.pins.length;
  return before.referenced === after.referenced ? count : count + after.referenced.length;
}

/** LruOrder is a claim about the two lists: it says nothing of a page that somebody picked by hand. */
function findingsOf(observation: Observation, byHand: boolean): Finding[] {
  const findings: Finding[] = [];
  for (const claim of claims) {
    if (claim.kind === 'run' || (byHand && claim.name === 'LruOrder')) continue;
    const judged = claim.judge(observation);
    if (typeof judged !== 'string') continue;
    const known = claim.known?.(observation.profile)?.covers(observation);
    findings.push({ kind: known ? 'known' : 'violated', claim: claim.name, witness: judged });
  }
  return findings;
}
