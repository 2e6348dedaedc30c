// What the packed twins share: every move of a scope in the order of the readable model, with its refusals, on a state of small numbers. Whose pages
// are whose, and what a charge does, each twin says itself.

import type * as checker from '../../checker/model.ts';
import type { Errno, Profile, Scope } from '../../model/index.ts';
import { Forest, NOBODY } from './forest.ts';
import { Images } from './images.ts';
import type { ModelKind } from './judging.ts';
import { type Fields, Layout } from './layout.ts';
import { PackedJudge } from './packed-judge.ts';
import { Trail } from './trail.ts';

type Emit = (moveIndex: number) => void;

/** How many pages a set has. */
export function size(mask: number): number {
  let n = mask - ((mask >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

export abstract class Twin implements checker.PackedTwin {
  readonly width: number;
  readonly trail: Trail;
  protected readonly layout: Layout;
  protected readonly profile: Profile;
  protected readonly scope: Scope;
  protected readonly forest: Forest;
  /** Where groups of fields begin, and who is `unlimited`. */
  protected readonly limit: number;
  protected readonly container: number;
  protected readonly maps: number;
  protected readonly pins: number;
  protected readonly unlimited: number;
  /** The state that is expanded; and the one that a move is making of it, with one more for each choice that is open. */
  protected readonly base: Fields;
  readonly #made: Fields[] = [];
  /** Pages that anybody maps, and that anybody has pinned, in the base state. */
  protected mapped = 0;
  protected pinned = 0;
  readonly #kind: ModelKind;
  #images: Images | null = null;
  #words: Uint32Array = new Uint32Array(0);
  #at = 0;
  #refused = 0;
  #move = 0;
  #out: Uint32Array = new Uint32Array(0);
  #emit: Emit = () => {};

  /** `beyond`: numbers of a state that a twin keeps behind the fields, and that are not packed. */
  constructor(kind: ModelKind, profile: Profile, scope: Scope, nested: boolean, beyond = 0) {
    const layout = new Layout(scope, { root: profile.root, nested, lists: kind === 'lru' });
    const { at } = layout;
    this.#kind = kind;
    this.layout = layout;
    this.profile = profile;
    this.scope = scope;
    this.limit = at.limit;
    this.container = at.container;
    this.maps = at.maps;
    this.pins = at.pins;
    this.unlimited = layout.unlimited;
    this.forest = new Forest(layout, profile);
    this.width = layout.width;
    this.base = new Int32Array(layout.size + beyond);
    this.trail = new Trail(this.base, layout.slots);
  }

  // What a state is, beside its fields.

  /** The pages that c's subtree is charged for. */
  protected abstract usage(state: Fields, c: number): number;
  /** Whether pages are charged to c itself; and they pass to the slot `heir`. */
  protected abstract owns(state: Fields, c: number): boolean;
  protected abstract passOn(state: Fields, c: number, heir: number): void;

  // What the moves do that are not refused. The first two see to their steps themselves.

  protected abstract touch(t: number, p: number): void;
  protected abstract copyPage(t: number, p: number, q: number): void;
  protected abstract unmap(state: Fields, t: number, p: number): void;
  protected abstract end(state: Fields, t: number): void;
  protected abstract evict(state: Fields, p: number): void;
  /** Writes a limit where that reclaims (linux); sees to its steps itself. */
  protected abstract lower(state: Fields, c: number, n: number): void;

  initial(words: Uint32Array, at: number): number {
    for (let k = 0; k < this.width; k++) words[at + k] = 0;
    return 1;
  }

  /** Made when first asked for: there are very many in a large scope. */
  get #renamed(): Images {
    return (this.#images ??= new Images(this.#kind, this.layout));
  }

  get images(): number {
    return this.#renamed.count;
  }

  image(words: Uint32Array, at: number, out: Uint32Array, symmetry: number): void {
    this.#renamed.image(words, at, out, symmetry);
  }

  /** Null: some of these claims look at more than an observer can see. */
  judge(claims: readonly string[]): checker.PackedJudge | null {
    return PackedJudge.of(this.#kind, this.profile, this.layout, this, claims);
  }

  successors(words: Uint32Array, at: number, out: Uint32Array, emit: Emit): number {
    this.read(words, at);
    this.mapped = this.union(this.base, this.maps);
    this.pinned = this.union(this.base, this.pins);
    this.#refused = 0;
    this.trail.beginState(out);
    this.#move = 0;
    this.#out = out;
    this.#emit = emit;
    this.#containers();
    this.#tasks();
    this.#pages();
    this.#limits();
    this.#evictions();
    return this.#refused;
  }

  protected read(words: Uint32Array, at: number): void {
    this.#words = words;
    this.#at = at;
    this.layout.unpack(words, at, this.base);
    this.forest.read(this.base);
  }

  protected union(state: Fields, from: number): number {
    let mask = 0;
    for (let t = 0; t < this.scope.tasks; t++) mask |= state[from + t];
    return mask;
  }

  /** A copy of `from` for a step that is `depth` choices deep. */
  protected copy(from: Fields, depth: number): Fields {
    const state = (this.#made[depth] ??= new Int32Array(from.length));
    for (let i = 0; i < from.length; i++) state[i] = from[i];
    return state;
  }

  /** A copy of the base state, for a move to change. */
  protected begin(): Fields {
    this.trail.begin();
    return this.copy(this.base, 0);
  }

  protected found(state: Fields): void {
    this.layout.pack(state, this.#out, 0);
    this.trail.next = state;
    this.#emit(this.#move);
  }

  /** The base state with one field changed. */
  protected with(field: number, value: number): void {
    const { base } = this;
    const was = base[field];
    base[field] = value;
    this.layout.put(this.#words, this.#at, this.#out, field, value);
    this.trail.begin();
    this.trail.next = base;
    this.#emit(this.#move);
    base[field] = was;
  }

  /** The base state. */
  protected stay(): void {
    this.with(0, this.base[0]);
  }

  #refuse(errno: Errno): void {
    this.#refused++;
    if (this.trail.keepsRefusals) this.trail.refuse(this.#move, errno);
  }

  #containers(): void {
    const { base, limit } = this;
    const { containers } = this.scope;
    for (let c = 0; c < containers; c++) {
      if (base[limit + c]) this.#refuse('EEXIST');
      else this.with(limit + c, this.unlimited);
      this.#move++;
      if (this.layout.nested) this.#mkdirsWithin(c);
    }
    for (let c = 0; c < containers; c++, this.#move++) {
      if (base[limit + c] === 0) {
        this.#refuse('ENOENT');
        continue;
      }
      const next = this.begin();
      if (this.#remove(next, c)) this.found(next);
      else this.#refuse('EBUSY');
    }
  }

  /** Makes container c within each other one. */
  #mkdirsWithin(c: number): void {
    const { base, limit } = this;
    for (let q = 0; q < this.scope.containers; q++) {
      if (q === c) continue;
      const errno = base[limit + c] ? 'EEXIST' : this.forest.refusesChildren(base, q);
      if (errno) {
        this.#refuse(errno);
      } else {
        const next = this.begin();
        next[limit + c] = this.unlimited;
        next[this.layout.at.parent + c] = q + 1;
        this.found(next);
      }
      this.#move++;
    }
  }

  /** False, and nothing is done, if the container is busy. */
  #remove(state: Fields, c: number): boolean {
    const owns = this.owns(state, c);
    if (owns && this.profile.rmdirCharged === 'EBUSY') return false;
    if (this.forest.isBusy(state, c)) return false;
    if (owns) this.passOn(state, c, this.forest.heir(state, c));
    state[this.limit + c] = 0;
    if (this.layout.nested) state[this.layout.at.parent + c] = 0;
    return true;
  }

  /** The state moved by every task's exit, then every container's removal, those within others first. */
  unwound(words: Uint32Array, at: number): Fields {
    const { containers, tasks } = this.scope;
    this.read(words, at);
    const state = this.begin();
    for (let t = 0; t < tasks; t++) if (state[this.container + t]) this.end(state, t);
    for (let depth = this.layout.nested ? containers : 1; depth > 0; depth--)
      for (let c = 0; c < containers; c++) if (state[this.limit + c]) this.#remove(state, c);
    return state;
  }

  #tasks(): void {
    const { base, container } = this;
    const { tasks } = this.scope;
    this.#joins('spawn');
    for (let t = 0; t < tasks; t++) {
      for (let u = 0; u < tasks; u++, this.#move++) {
        if (!base[container + t] || base[container + u]) {
          this.#refuse(base[container + t] ? 'EEXIST' : 'ESRCH');
          continue;
        }
        const next = this.begin();
        next[container + u] = base[container + t];
        next[this.maps + u] = base[this.maps + t];
        this.found(next);
      }
    }
    for (let t = 0; t < tasks; t++, this.#move++) {
      if (!base[container + t]) {
        this.#refuse('ESRCH');
        continue;
      }
      const next = this.begin();
      this.end(next, t);
      this.found(next);
    }
    this.#joins('move');
  }

  /** Each task comes into each container, by one of the moves that bring it there. */
  #joins(move: 'spawn' | 'move'): void {
    const { base, container } = this;
    const lives = move === 'move';
    for (let t = 0; t < this.scope.tasks; t++) {
      for (let c = 0; c < this.scope.containers; c++, this.#move++) {
        if ((base[container + t] !== 0) !== lives) this.#refuse(lives ? 'ESRCH' : 'EEXIST');
        else if (this.forest.takesTasks(base, c)) this.with(container + t, c + 1);
        else this.#refuse(base[this.limit + c] ? 'EBUSY' : 'ENOENT');
      }
    }
  }

  #pages(): void {
    const { base, container, maps } = this;
    const { tasks, pages } = this.scope;
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++, this.#move++) {
        if (base[container + t]) this.touch(t, p);
        else this.#refuse('ESRCH');
      }
    }
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++, this.#move++) {
        if (!base[container + t]) {
          this.#refuse('ESRCH');
        } else if (base[maps + t] & (1 << p)) {
          const next = this.begin();
          this.unmap(next, t, p);
          this.found(next);
        } else {
          this.stay();
        }
      }
    }
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++) {
        for (let q = 0; q < pages; q++, this.#move++) {
          if ((base[maps + t] & (1 << p)) === 0 || this.mapped & (1 << q))
            this.#refuse(base[container + t] ? 'EINVAL' : 'ESRCH');
          else this.copyPage(t, p, q);
        }
      }
    }
    for (const pinned of [true, false]) {
      for (let t = 0; t < tasks; t++) {
        const pins = base[this.pins + t];
        for (let p = 0; p < pages; p++, this.#move++) {
          if ((base[maps + t] & (1 << p)) === 0) this.#refuse(base[container + t] ? 'ENOMEM' : 'ESRCH');
          else this.with(this.pins + t, pinned ? pins | (1 << p) : pins & ~(1 << p));
        }
      }
    }
  }

  #limits(): void {
    const { containers, limit } = this.scope;
    for (let c = 0; c < containers; c++) {
      for (let n = 0; n <= limit; n++, this.#move++) {
        if (!this.base[this.limit + c]) this.#refuse('ENOENT');
        else if (this.profile.lowerLimit === 'lazy') this.with(this.limit + c, n + 1);
        else this.lower(this.begin(), c, n);
      }
    }
  }

  #evictions(): void {
    const free = this.mapped & ~this.pinned;
    for (let p = 0; p < this.scope.pages; p++, this.#move++) {
      if ((free & (1 << p)) === 0) {
        this.stay();
        continue;
      }
      const next = this.begin();
      this.evict(next, p);
      this.found(next);
    }
  }

  #fits(state: Fields, c: number): boolean {
    const limit = state[this.limit + c];
    if (limit === this.unlimited) return true;
    if (limit === 1 && this.profile.zeroLimit === 'unlimited') return true;
    return this.usage(state, c) + 1 <= limit - 1;
  }

  /** The first of c's path that has no room for a page more; NOBODY if all have. The root is unlimited. */
  protected refuser(state: Fields, c: number): number {
    let at = c;
    while (at !== NOBODY && this.#fits(state, at)) at = this.forest.above[at];
    return at;
  }
}
