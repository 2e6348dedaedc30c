// A trace with all its states, and the place where one stands: step, back, jump, and play on from anywhere.

import { type Move, ROOT, type State, step } from '../model/index.ts';
import type { Observation } from '../properties/claim.ts';
import { claims } from '../properties/claims.ts';
import { type Decisions, following } from '../properties/decide.ts';
import { begin, type Linked, type Turn, type World } from '../properties/link.ts';
import { reachablesOf } from '../properties/reachable.ts';
import { everything, type Size, View, viewOfState } from '../properties/view.ts';
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

/** A state in this many is kept; those between are played again when they are asked for, a whole stretch at a time. */
const STRETCH = 128;

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
  readonly #kept = new Map<number, State>();
  /** The stretch that was played again last: where it begins, and its states. */
  #again: { readonly from: number; readonly states: State[] } = { from: -1, states: [] };
  readonly #judged: (Judged | undefined)[] = [];
  #at = 0;
  #size: Size;

  constructor(world: World) {
    this.world = world;
    this.#size = world.scope;
    this.#moments = [{ turn: null, outcome: 'ok', killed: [], reclaimed: [], book: firstBook(world.start) }];
    this.#kept.set(0, begin(world));
  }

  /** Plays a whole trace, and stands at its end. */
  static of(linked: Linked): Timeline {
    const timeline = new Timeline({ profile: linked.profile, start: linked.start, scope: linked.scope });
    for (const turn of linked.turns) timeline.play(turn.move, turn);
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
    const from = at - (at % STRETCH);
    if (this.#again.from !== from) this.#again = { from, states: [this.#kept.get(from) as State] };
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
    const after = step(before, move, following(decisions, ask ? 'ask' : 'policy'));
    const { outcome, killed, reclaimed, state } = after;
    const turn: Turn = name === undefined ? { move, decisions } : { move, decisions, name };
    const book = this.now.book.after(turn, after);
    const moment: Moment = { turn, outcome, killed, reclaimed, command, book };

    this.#forgetAfter(this.#at);
    this.#moments.push(moment);
    this.#at++;
    this.#keep(state);
    this.#grow(state, move);
    return moment;
  }

  #forgetAfter(at: number): void {
    this.#moments.length = at + 1;
    this.#judged.length = Math.min(this.#judged.length, at + 1);
    if (this.#again.from > at) this.#again = { from: -1, states: [] };
    else this.#again.states.length = Math.min(this.#again.states.length, at + 1 - this.#again.from);
  }

  #keep(state: State): void {
    const from = this.#at - (this.#at % STRETCH);
    if (from === this.#at) {
      this.#kept.set(from, state);
      this.#again = { from, states: [state] };
    } else if (this.#again.from === from && this.#again.states.length === this.#at - from) {
      this.#again.states.push(state);
    }
  }

  #grow(state: State, move: Move): void {
    const { containers, tasks, pages } = this.#size;
    const grown = { containers, tasks, pages };
    for (const c of state.containers.keys())
      if (c !== ROOT) grown.containers = Math.max(grown.containers, c + 1);
    for (const t of state.tasks.keys()) grown.tasks = Math.max(grown.tasks, t + 1);
    if (['touch', 'unmap', 'pin', 'unpin', 'copy'].includes(move[0])) {
      for (const p of move.slice(2)) grown.pages = Math.max(grown.pages, Number(p) + 1);
    }
    this.#size = grown;
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
    const before = viewOfState(this.stateAt(at - 1), new View(this.#size));
    const state = this.stateAt(at);
    const { profile } = state;
    const observation: Observation = {
      profile,
      observed: everything,
      before,
      after: viewOfState(state, new View(this.#size)),
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
