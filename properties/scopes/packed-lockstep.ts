// The controller against the LRU spec's twin, on every step: what `ControllerLockstep` does on readable states, straight on packed ones. The checker
// compares the two on samples, and whatever is found here it looks for on the readable model before it is told.

import type * as checker from '../../checker/model.ts';
import { Controller, outcomeName } from '../../impl/controller/index.ts';
import type { Errno, Move, Profile, Scope } from '../../model/index.ts';
import { call } from '../subjects/controller.ts';
import type { Fields, Layout } from './layout.ts';
import { LruTwin } from './lru-twin.ts';
import { type BoundMove, boundMoves } from './moves.ts';
import { type MapperOrder, PackedController } from './packed-controller.ts';
import { Snapshot } from './snapshot.ts';
import type { Trail } from './trail.ts';

/** The LRU spec's twin with a controller as the judge of EqualsSpec. */
export class LruTwinOfController extends LruTwin {
  readonly #Class: typeof Controller;

  /** `Class`: the controller that ships, or a mutant of it. */
  constructor(profile: Profile, scope: Scope, nested: boolean, Class = Controller) {
    super(profile, scope, nested);
    this.#Class = Class;
  }

  override judge(): checker.PackedJudge {
    const fresh = () => new this.#Class(this.profile.name, { pages: 1, tasks: 1, containers: 1 });
    return new PackedLockstep(this.layout, this.trail, fresh);
  }
}

class PackedLockstep implements checker.PackedJudge {
  /** The claim is met in every state. */
  readonly met = Int32Array.of(1);
  readonly bySteps = true;
  readonly found = Int32Array.of(0);
  finds = 0;
  readonly #trail: Trail;
  readonly #layout: Layout;
  readonly #base: Fields;
  readonly #moves: readonly BoundMove[];
  readonly #ascending: Bench;
  readonly #descending: Bench;
  /** Those at work: a state with a page that two tasks map is tried in both orders of its mappers. */
  readonly #benches: Bench[] = [];
  #isWrong = false;

  constructor(layout: Layout, trail: Trail, fresh: () => Controller) {
    this.#layout = layout;
    this.#trail = trail;
    this.#base = new Int32Array(layout.size);
    this.#moves = boundMoves(layout.scope, layout.nested);
    this.#ascending = new Bench(layout, fresh, 'ascending');
    this.#descending = new Bench(layout, fresh, 'descending');
    trail.keepsRefusals = true;
  }

  begin(words: Uint32Array, at: number): void {
    this.finds = 0;
    this.#layout.unpack(words, at, this.#base);
    this.#benches.length = 0;
    this.#benches.push(this.#ascending);
    if (this.#hasSharedPage()) this.#benches.push(this.#descending);
    this.#isWrong = false;
    for (const bench of this.#benches) this.#isWrong ||= !bench.begin(this.#base);
  }

  #hasSharedPage(): boolean {
    const { at, scope } = this.#layout;
    let mapped = 0;
    for (let t = at.maps; t < at.maps + scope.tasks; t++) {
      if ((mapped & this.#base[t]) !== 0) return true;
      mapped |= this.#base[t];
    }
    return false;
  }

  step(m: number): void {
    const { move } = this.#moves[m];
    for (let i = 0; i < this.#benches.length && !this.#isWrong; i++)
      this.#isWrong = !this.#benches[i].step(move, this.#trail);
  }

  end(): void {
    for (let i = 0; i < this.#benches.length && !this.#isWrong; i++)
      this.#isWrong = !this.#benches[i].end(this.#trail, this.#moves);
    if (!this.#isWrong) return;
    this.finds = 1;
    // What a fault has left behind must not be held against the next state.
    for (const bench of this.#benches) bench.startAnew();
  }
}

/** One controller, in a state, and how it is put back there after a move. What it throws is wrong, and told by the readable model. */
class Bench {
  readonly #fresh: () => Controller;
  readonly #packed: PackedController;
  #controller: Controller;
  #snapshot: Snapshot;
  #base: Fields = new Int32Array(0);
  #isMoved = false;

  constructor(layout: Layout, fresh: () => Controller, order: MapperOrder) {
    this.#fresh = fresh;
    this.#packed = new PackedController(layout, order);
    this.#controller = fresh();
    this.#snapshot = new Snapshot(this.#controller);
  }

  startAnew(): void {
    this.#controller = this.#fresh();
    this.#snapshot = new Snapshot(this.#controller);
  }

  begin(base: Fields): boolean {
    this.#base = base;
    try {
      this.#load();
      return this.#isAs(base, null);
    } catch {
      return false;
    }
  }

  #load(): void {
    this.#packed.load(this.#controller, this.#base);
    this.#snapshot.take();
    this.#isMoved = false;
  }

  /** Where the words cannot be put back, for a table has grown, the controller is emptied and loaded anew. */
  #restore(): void {
    if (!this.#isMoved) return;
    this.#isMoved = false;
    if (this.#snapshot.restore()) return;
    this.#packed.unload(this.#controller);
    this.#load();
  }

  step(move: Move, trail: Trail): boolean {
    try {
      return this.#step(move, trail);
    } catch {
      return false;
    }
  }

  #step(move: Move, trail: Trail): boolean {
    this.#restore();
    const k = this.#controller;
    if (outcomeName(call(k, move)) !== trail.outcome) return false;
    if (!areIn(k.killed.words, trail.killed) || !areIn(k.reclaimed.words, trail.reclaimed)) return false;
    // Where nothing was to change and not one word has, it looks as it did.
    if (!trail.counted && isSame(this.#base, trail.next) && this.#snapshot.isAsTaken) return true;
    this.#isMoved = true;
    return this.#isAs(trail.next, trail);
  }

  /** The refused moves follow each other as things are. Usually not one word has changed, and there is nothing to look at. */
  end({ refusals, refusedMoves, errnos }: Trail, moves: readonly BoundMove[]): boolean {
    try {
      this.#restore();
      for (let i = 0; i < refusals; i++)
        if (!this.#refuses(moves[refusedMoves[i]].move, errnos[i])) return false;
      this.#packed.unload(this.#controller);
      return true;
    } catch {
      return false;
    }
  }

  #refuses(move: Move, errno: Errno): boolean {
    const k = this.#controller;
    if (outcomeName(call(k, move)) !== errno || k.killed.length > 0 || k.reclaimed.length > 0) return false;
    return this.#snapshot.isAsTaken || this.#isAs(this.#base, null);
  }

  /** All that is seen, and the controller's own walk over its structure. */
  #isAs(fields: Fields, trail: Trail | null): boolean {
    return this.#packed.isAs(this.#controller, fields, trail) && this.#controller.verify() === null;
  }
}

/** A journal holds these, in this order. */
function areIn(words: Int32Array, ids: readonly number[]): boolean {
  if (words[0] !== ids.length) return false;
  for (let i = 0; i < ids.length; i++) if (words[i + 1] !== ids[i]) return false;
  return true;
}

/** Behind the fields of `b` a twin may keep more. */
function isSame(a: Fields, b: Fields): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
