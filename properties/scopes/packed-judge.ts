// The claims of properties/ asked of a packed twin as it goes: the same claims, of views written from words, and only where a step shows what a claim
// is about (asked.ts). Proved to say what they say of the readable model, on every step of small scopes and on samples of every search.

import type * as checker from '../../checker/model.ts';
import type { Profile } from '../../model/index.ts';
import {
  CHANGED,
  COUNTERS,
  EXISTS,
  KILLS,
  LIMITS,
  moveBit,
  type Observing,
  OVER,
  outcomeBit,
  RECLAIMS,
  REFUSED,
  SHOWN,
  STANDS_STILL,
  standingStill,
} from '../claims/asked.ts';
import { type Judged, MET, NOT_MET } from '../claims/claim.ts';
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
  /** If it is `lasting`: its answer for a step that changes nothing in this state, and how many of the state's steps it was asked of. */
  still: Judged;
  times: number;
}

export class PackedJudge implements checker.PackedJudge {
  readonly met: Int32Array;
  readonly found: Int32Array;
  finds = 0;
  readonly #layout: Layout;
  readonly #twin: Judgeable;
  readonly #trail: Trail;
  readonly #written: PackedView;
  /** Claims about states and steps; those of them that are lasting; claims about refusals, and about the ends of runs. */
  readonly #entries: readonly Entry[];
  readonly #lasting: readonly Entry[];
  readonly #refusals: readonly Entry[];
  readonly #ends: readonly Entry[];
  readonly #moves: readonly BoundMove[];
  /** By move: its bit, and where its name's plans begin. */
  readonly #bits: Int32Array;
  readonly #plansAt: Int32Array;
  /** Whom to ask of a step, by the name of its move and what it shows; made when first seen. */
  readonly #plans: (readonly Entry[] | undefined)[];
  /** By move: whom to ask when it is refused. */
  readonly #whenRefused: readonly (readonly Entry[])[];
  readonly #words: Uint32Array;
  readonly #base: Fields;
  readonly #before: View;
  readonly #after: View;
  readonly #end: View;
  /** Parts of the view after the last step that are not as before it. */
  #stale = 0;
  #steps = 0;
  /** A lasting claim is broken in this state: everything is asked of all of its steps. */
  #broken = false;
  readonly #observed: Observed;
  readonly #step: Observing;

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
    this.found = new Int32Array(entries.length);
    this.#layout = layout;
    this.#twin = twin;
    this.#trail = trail;
    this.#written = new PackedView(layout);
    this.#entries = entries.filter(({ of }) => of === 'state' || of === 'step');
    this.#lasting = this.#entries.filter(({ lasting }) => lasting !== 0);
    this.#refusals = entries.filter(({ of }) => of === 'refusal');
    this.#ends = entries.filter(({ of }) => of === 'end');
    trail.keepsRefusals ||= this.#refusals.length > 0;
    this.#moves = boundMoves(scope, layout.nested);
    this.#bits = Int32Array.from(this.#moves, ({ name }) => moveBit(name));
    const names = [...new Set(this.#bits)];
    this.#plansAt = this.#bits.map((bit) => names.indexOf(bit) * SHOWN);
    this.#plans = Array.from({ length: names.length * SHOWN }, () => undefined);
    this.#whenRefused = Array.from(this.#bits, (bit) =>
      this.#refusals.filter(({ asked, by }) => asked & (REFUSED | bit) && by & bit),
    );
    this.#words = new Uint32Array(layout.width);
    this.#base = new Int32Array(layout.size);
    this.#before = new View(scope);
    this.#after = new View(scope);
    this.#end = new View(scope);
    this.#observed = observedOf(kind);
    this.#step = standingStill(profile, this.#observed, this.#before);
    this.#step.killed = trail.killed;
    this.#step.reclaimed = trail.reclaimed;
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
      return claim ? [{ ...claim, place, still: NOT_MET, times: 0 }] : [];
    });
    return entries.length < names.length ? null : new PackedJudge(kind, profile, layout, twin, entries);
  }

  begin(words: Uint32Array, at: number): void {
    for (let k = 0; k < this.#words.length; k++) this.#words[k] = words[at + k];
    this.#layout.unpack(words, at, this.#base);
    this.#written.write(this.#base, this.#before, CHANGED);
    this.#stale = CHANGED;
    this.#steps = 0;
    this.#broken = false;
    for (let place = 0; place < this.met.length; place++) this.met[place] = 0;
    this.finds = 0;
    const step = this.#step;
    step.before = this.#before;
    step.after = this.#before;
    step.observed = this.#observed;
    step.move = STANDS_STILL;
    step.outcome = 'ok';
    for (const entry of this.#lasting) {
      entry.still = entry.judge(step);
      entry.times = 0;
      if (typeof entry.still === 'string') this.#broken = true;
    }
  }

  step(m: number): void {
    const { outcome, killed, reclaimed, counted, words } = this.#trail;
    this.#steps++;
    this.finds = 0;
    let shown = this.#written.differs(words, this.#words);
    if (shown & LIMITS && this.#written.comesOrGoes(this.#trail.next, this.#base)) shown |= EXISTS;
    if (counted) shown |= COUNTERS;
    const changed = shown;
    if (killed.length > 0) shown |= KILLS;
    if (reclaimed.length > 0) shown |= RECLAIMS;
    if (outcome !== 'ok') shown |= outcomeBit(outcome);
    const asked = this.#broken
      ? this.#entries
      : (this.#plans[this.#plansAt[m] + shown] ?? this.#plan(m, shown));
    if (asked.length === 0) return;
    this.#write(changed);
    const step = this.#step;
    step.move = this.#moves[m].move;
    step.outcome = outcome;
    for (let i = 0; i < asked.length; i++) {
      const entry = asked[i];
      entry.times++;
      this.#book(entry, entry.judge(step));
    }
  }

  #plan(m: number, shown: number): readonly Entry[] {
    // Whether somebody is over the limit is left to the claims that ask for it.
    const bits = shown | this.#bits[m] | OVER;
    const asked = this.#entries.filter(({ lasting, asked, by }) =>
      lasting === 0 ? asked & bits && by & bits : lasting & bits,
    );
    this.#plans[this.#plansAt[m] + shown] = asked;
    return asked;
  }

  end(): void {
    this.finds = 0;
    for (const { place, still, times } of this.#lasting) {
      if (still === MET) this.met[place] += this.#steps - times;
    }
    const step = this.#step;
    step.after = this.#before;
    step.killed = step.reclaimed = [];
    step.observed = everything;
    this.#judgeRefusals();
    step.observed = this.#observed;
    if (this.#ends.length > 0) this.#endOfRun();
    step.killed = this.#trail.killed;
    step.reclaimed = this.#trail.reclaimed;
  }

  /** A refused move leads nowhere, so it can only be wrong in that it was refused. Each claim is booked once a state. */
  #judgeRefusals(): void {
    const { refusals, refusedMoves, errnos } = this.#trail;
    const step = this.#step;
    for (let i = 0; i < refusals; i++) {
      const m = refusedMoves[i];
      step.move = this.#moves[m].move;
      step.outcome = errnos[i];
      const asked = this.#whenRefused[m];
      for (let k = 0; k < asked.length; k++) {
        const { place, reachable } = asked[k];
        const judged = asked[k].judge(step);
        if (judged === NOT_MET) continue;
        this.met[place] = 1;
        if (judged !== MET || reachable) this.#find(place);
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
    if (judged !== MET || reachable) this.found[this.finds++] = place;
  }

  /** Of many refusals in a state the first counts. */
  #find(place: number): void {
    for (let i = 0; i < this.finds; i++) if (this.found[i] === place) return;
    this.found[this.finds++] = place;
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
