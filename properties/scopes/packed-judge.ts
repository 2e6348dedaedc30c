// The claims of properties/ asked of a packed twin as it goes: the same claims, of views written from words, and only where a step shows what a claim
// is about (asked.ts). Proved to say what they say of the readable model, on every step of small scopes and on samples of every search.

import type * as checker from '../../checker/model.ts';
import type { Profile } from '../../model/index.ts';
import {
  CHANGED,
  CHARGES,
  COUNTERS,
  KILLS,
  LIMITS,
  moveBit,
  OVER,
  outcomeBit,
  RECLAIMS,
} from '../claims/asked.ts';
import { type Judged, MET, NOT_MET, type Observation } from '../claims/claim.ts';
import { everything, type Observed, View } from '../view/view.ts';
import { type ModelKind, type ObserverClaim, observedOf, observerClaims } from './judging.ts';
import type { Fields, Layout } from './layout.ts';
import { type BoundMove, boundMoves } from './moves.ts';
import { PackedView } from './packed-view.ts';
import type { Trail } from './trail.ts';

/** What a judge wants of a twin. */
interface Judgeable {
  readonly trail: Trail;
  /** The fields of a state moved by every task's exit, then every container's removal. */
  unwound(words: Uint32Array, at: number): Fields;
}

interface Entry extends ObserverClaim {
  /** Its place in what the search asked for. */
  readonly place: number;
  /** A claim about states: its answer for the state that the steps leave, and how many of these it was asked for. */
  before: Judged;
  asked: number;
  times: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class PackedJudge implements checker.PackedJudge {
  readonly met: Int32Array;
  readonly found: number[] = [];
  readonly #layout: Layout;
  readonly #twin: Judgeable;
  readonly #trail: Trail;
  readonly #written: PackedView;
  readonly #states: readonly Entry[];
  readonly #ends: readonly Entry[];
  /** The claims about steps, and those about refusals, to be asked for a number of bits. */
  readonly #ofSteps: Sieve;
  readonly #ofRefusals: Sieve;
  readonly #moves: readonly BoundMove[];
  readonly #bits: Int32Array;
  readonly #words: Uint32Array;
  readonly #base: Fields;
  readonly #before: View;
  readonly #after: View;
  readonly #end: View;
  /** Parts of the view after the last step that are not as before it. */
  #stale = 0;
  #over = false;
  #steps = 0;
  readonly #observed: Observed;
  readonly #step: Mutable<Observation>;

  private constructor(
    kind: ModelKind,
    profile: Profile,
    layout: Layout,
    twin: Judgeable,
    entries: readonly Entry[],
  ) {
    const { trail } = twin;
    const { scope } = layout;
    this.met = new Int32Array(entries.length);
    this.#layout = layout;
    this.#twin = twin;
    this.#trail = trail;
    this.#written = new PackedView(layout);
    this.#states = entries.filter((entry) => entry.of === 'state');
    this.#ends = entries.filter((entry) => entry.of === 'end');
    this.#ofSteps = new Sieve(entries.filter((entry) => entry.of === 'step'));
    this.#ofRefusals = new Sieve(entries.filter((entry) => entry.of === 'refusal'));
    trail.keepsRefusals ||= this.#ofRefusals.entries.length > 0;
    this.#moves = boundMoves(scope, layout.nested);
    this.#bits = Int32Array.from(this.#moves, ({ name }) => moveBit(name));
    this.#words = new Uint32Array(layout.width);
    this.#base = new Int32Array(layout.size);
    this.#before = new View(scope);
    this.#after = new View(scope);
    this.#end = new View(scope);
    this.#observed = observedOf(kind);
    this.#step = {
      profile,
      observed: this.#observed,
      before: this.#before,
      after: this.#after,
      move: this.#moves[0].move,
      outcome: 'ok',
      killed: trail.killed,
      reclaimed: trail.reclaimed,
    };
  }

  /** Null: one of these claims looks at more than an observer can see. */
  static of(
    kind: ModelKind,
    profile: Profile,
    layout: Layout,
    twin: Judgeable,
    names: readonly string[],
  ): PackedJudge | null {
    const known = new Map(observerClaims(kind, profile).map((claim) => [claim.name, claim]));
    const entries = names.flatMap((name, place): Entry[] => {
      const claim = known.get(name);
      return claim ? [{ ...claim, place, before: NOT_MET, times: 0 }] : [];
    });
    return entries.length < names.length ? null : new PackedJudge(kind, profile, layout, twin, entries);
  }

  begin(words: Uint32Array, at: number): void {
    for (let k = 0; k < this.#words.length; k++) this.#words[k] = words[at + k];
    this.#layout.unpack(words, at, this.#base);
    this.#written.write(this.#base, this.#before, CHANGED);
    this.#stale = CHANGED;
    this.#over = isOver(this.#before);
    this.#steps = 0;
    this.met.fill(0);
    this.found.length = 0;
    const step = this.#step;
    step.before = this.#before;
    step.after = this.#before;
    step.observed = this.#observed;
    for (const entry of this.#states) {
      entry.before = entry.judge(step);
      entry.times = 0;
    }
  }

  step(m: number): void {
    const { outcome, killed, reclaimed } = this.#trail;
    const step = this.#step;
    const changed =
      this.#written.differs(this.#trail.next, this.#base) | (this.#trail.counted ? COUNTERS : 0);
    this.#write(changed);
    let bits = changed | this.#bits[m] | outcomeBit(outcome);
    if (killed.length > 0) bits |= KILLS;
    if (reclaimed.length > 0) bits |= RECLAIMS;
    if (changed & (LIMITS | CHARGES) ? isOver(this.#after) : this.#over) bits |= OVER;
    step.move = this.#moves[m].move;
    step.outcome = outcome;
    this.#steps++;
    if (this.found.length > 0) this.found.length = 0;
    for (const entry of this.#states) {
      // As before the step, if it changed nothing that the claim looks at.
      if ((entry.asked & changed) === 0 && typeof entry.before !== 'string') continue;
      entry.times++;
      this.#book(entry, entry.judge(step));
    }
    for (const entry of this.#ofSteps.of(bits)) this.#book(entry, entry.judge(step));
  }

  end(): void {
    this.found.length = 0;
    for (const { place, before, times } of this.#states) {
      if (before === MET) this.met[place] += this.#steps - times;
    }
    const step = this.#step;
    step.after = this.#before;
    step.killed = step.reclaimed = [];
    step.observed = everything;
    this.#refusals();
    step.observed = this.#observed;
    if (this.#ends.length > 0) this.#endOfRun();
    step.killed = this.#trail.killed;
    step.reclaimed = this.#trail.reclaimed;
  }

  /** A refused move leads nowhere, so it can only be wrong in that it was refused. Each claim is booked once a state. */
  #refusals(): void {
    const { refusedMoves, errnos } = this.#trail;
    const step = this.#step;
    for (const { place } of this.#ofRefusals.entries) this.met[place] = 0;
    for (let i = 0; i < refusedMoves.length; i++) {
      step.move = this.#moves[refusedMoves[i]].move;
      step.outcome = errnos[i];
      for (const entry of this.#ofRefusals.of(outcomeBit(errnos[i]) | this.#bits[refusedMoves[i]])) {
        const judged = entry.judge(step);
        if (judged === NOT_MET) continue;
        this.met[entry.place] = 1;
        if (judged !== MET || entry.reachable) this.found.push(entry.place);
      }
    }
  }

  #endOfRun(): void {
    const step = this.#step;
    this.#written.write(this.#twin.unwound(this.#words, 0), this.#end, CHANGED);
    step.after = this.#end;
    step.move = this.#moves[0].move;
    step.outcome = 'ok';
    for (const entry of this.#ends) this.#book(entry, entry.judge(step));
  }

  #book({ place, reachable }: Entry, judged: Judged): void {
    if (judged === NOT_MET) return;
    this.met[place]++;
    if (judged !== MET || reachable) this.found.push(place);
  }

  /** Brings the view after the step up to date. */
  #write(changed: number): void {
    const stale = changed | this.#stale;
    this.#step.after = changed === 0 ? this.#before : this.#after;
    if (changed === 0 || stale === 0) return;
    const after = this.#after;
    this.#written.write(this.#trail.next, after, stale);
    if (stale & COUNTERS) {
      const { failcnt, reclaims } = this.#trail;
      const counts = (changed & COUNTERS) !== 0;
      for (let slot = 0; slot < failcnt.length; slot++) {
        after.failcnt[slot] = counts ? failcnt[slot] : 0;
        after.reclaims[slot] = counts ? reclaims[slot] : 0;
      }
    }
    this.#stale = changed;
  }
}

/** Which claims are to be asked for which bits. */
class Sieve {
  readonly entries: readonly Entry[];
  readonly #asked = new Map<number, readonly Entry[]>();

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
  }

  of(bits: number): readonly Entry[] {
    let asked = this.#asked.get(bits);
    if (asked === undefined) {
      asked = this.entries.filter((entry) => (entry.asked & bits) !== 0);
      this.#asked.set(bits, asked);
    }
    return asked;
  }
}

function isOver(view: View): boolean {
  for (let slot = 0; slot < view.slots; slot++) if (view.isOver(slot)) return true;
  return false;
}
