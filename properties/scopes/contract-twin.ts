// The contract straight on packed words: sets of pages as bit masks, every choice enumerated in the order of the readable model.
// Proved equal to it on every reachable state of small scopes (tests/check-twin.test.ts). Longer than most files: one transition system, one place.

import type { PackedTwin } from '../../checker/model.ts';
import type { Errno, Profile, Scope } from '../../model/index.ts';
import { Forest, NOBODY } from './forest.ts';
import { Images } from './images.ts';
import { type Fields, Layout } from './layout.ts';
import { PackedJudge } from './packed-judge.ts';
import { Trail } from './trail.ts';

type Emit = (moveIndex: number) => void;

/** How many pages a set has. */
function size(mask: number): number {
  let n = mask - ((mask >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

export class ContractTwin implements PackedTwin {
  readonly width: number;
  #images: Images | null = null;
  readonly #layout: Layout;
  readonly #profile: Profile;
  readonly #scope: Scope;
  /** Where groups of fields begin, and who is `unlimited`. */
  readonly #limit: number;
  readonly #container: number;
  readonly #maps: number;
  readonly #pins: number;
  readonly #owned: number;
  readonly #unlimited: number;
  readonly #slots: number;
  readonly #forest: Forest;
  /** The state that is expanded, and the one that a move is making of it; one more for each choice that is open. */
  readonly #base: Fields;
  #words: Uint32Array = new Uint32Array(0);
  #at = 0;
  readonly #stack: Fields[] = [];
  /** Pages that anybody maps, and that anybody has pinned, in the base state. */
  #mapped = 0;
  #pinned = 0;
  #refused = 0;
  #move = 0;
  #out: Uint32Array = new Uint32Array(0);
  #emit: Emit = () => {};
  readonly trail: Trail;

  constructor(profile: Profile, scope: Scope, nested = profile.hierarchy === 'nested') {
    const layout = new Layout(scope, { root: profile.root, nested, lists: false });
    const { at } = layout;
    this.#layout = layout;
    this.#profile = profile;
    this.#scope = scope;
    this.#limit = at.limit;
    this.#container = at.container;
    this.#maps = at.maps;
    this.#pins = at.pins;
    this.#owned = at.owned;
    this.#unlimited = layout.unlimited;
    this.#slots = layout.slots;
    this.#forest = new Forest(layout, profile);
    this.width = layout.width;
    this.#base = new Int32Array(layout.size);
    this.trail = new Trail(this.#base, layout.slots);
  }

  initial(words: Uint32Array, at: number): number {
    for (let k = 0; k < this.width; k++) words[at + k] = 0;
    return 1;
  }

  /** Made when first asked for: there are very many in a large scope. */
  get #renamed(): Images {
    return (this.#images ??= new Images('contract', this.#layout));
  }

  get images(): number {
    return this.#renamed.count;
  }

  image(words: Uint32Array, at: number, out: Uint32Array, symmetry: number): void {
    this.#renamed.image(words, at, out, symmetry);
  }

  /** Null: some of these claims look at more than an observer can see. */
  judge(claims: readonly string[]): PackedJudge | null {
    return PackedJudge.of('contract', this.#profile, this.#layout, this, claims);
  }

  successors(words: Uint32Array, at: number, out: Uint32Array, emit: Emit): number {
    const base = this.#base;
    this.#words = words;
    this.#at = at;
    this.#layout.unpack(words, at, base);
    this.#forest.read(base);
    this.#mapped = this.#union(base, this.#maps);
    this.#pinned = this.#union(base, this.#pins);
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

  #union(state: Fields, from: number): number {
    let mask = 0;
    for (let t = 0; t < this.#scope.tasks; t++) mask |= state[from + t];
    return mask;
  }

  /** A copy of `from` for a step that is `depth` choices deep. */
  #copy(from: Fields, depth: number): Fields {
    const state = (this.#stack[depth] ??= new Int32Array(from.length));
    for (let i = 0; i < from.length; i++) state[i] = from[i];
    return state;
  }

  #found(state: Fields): void {
    this.#layout.pack(state, this.#out, 0);
    this.trail.next = state;
    this.#emit(this.#move);
  }

  /** The base state with one field changed. */
  #with(field: number, value: number): void {
    const base = this.#base;
    const was = base[field];
    base[field] = value;
    this.#layout.put(this.#words, this.#at, this.#out, field, value);
    this.trail.next = base;
    this.#emit(this.#move);
    base[field] = was;
  }

  /** The base state. */
  #stay(): void {
    this.#with(0, this.#base[0]);
  }

  #containers(): void {
    const { containers } = this.#scope;
    const base = this.#base;
    for (let c = 0; c < containers; c++) {
      if (base[this.#limit + c]) this.#refuse('EEXIST');
      else this.#with(this.#limit + c, this.#unlimited);
      this.#move++;
      if (this.#layout.nested) this.#mkdirsWithin(c);
    }
    for (let c = 0; c < containers; c++, this.#move++) {
      if (base[this.#limit + c] === 0) {
        this.#refuse('ENOENT');
        continue;
      }
      const next = this.#copy(base, 0);
      if (this.#remove(next, c)) this.#found(next);
      else this.#refuse('EBUSY');
    }
  }

  /** Makes container c within each other one. */
  #mkdirsWithin(c: number): void {
    const base = this.#base;
    for (let q = 0; q < this.#scope.containers; q++) {
      if (q === c) continue;
      const errno = base[this.#limit + c] ? 'EEXIST' : this.#forest.refusesChildren(base, q);
      if (errno) {
        this.#refuse(errno);
      } else {
        const next = this.#copy(base, 0);
        next[this.#limit + c] = this.#unlimited;
        next[this.#layout.at.parent + c] = q + 1;
        this.#found(next);
      }
      this.#move++;
    }
  }

  /** False, and nothing is done, if the container is busy. */
  #remove(state: Fields, c: number): boolean {
    const owned = state[this.#owned + c];
    if (owned && this.#profile.rmdirCharged === 'EBUSY') return false;
    if (this.#forest.isBusy(state, c)) return false;
    state[this.#limit + c] = 0;
    state[this.#owned + c] = 0;
    if (owned) state[this.#owned + this.#forest.heir(state, c)] |= owned;
    if (this.#layout.nested) state[this.#layout.at.parent + c] = 0;
    return true;
  }

  /** The state moved by every task's exit, then every container's removal, those within others first. */
  unwound(words: Uint32Array, at: number): Fields {
    const { containers, tasks } = this.#scope;
    const state = this.#copy(this.#base, 0);
    this.#layout.unpack(words, at, state);
    for (let t = 0; t < tasks; t++) if (state[this.#container + t]) this.#end(state, t);
    for (let depth = this.#layout.nested ? containers : 1; depth > 0; depth--)
      for (let c = 0; c < containers; c++) if (state[this.#limit + c]) this.#remove(state, c);
    return state;
  }

  #tasks(): void {
    const { containers, tasks } = this.#scope;
    const base = this.#base;
    for (let t = 0; t < tasks; t++) {
      for (let c = 0; c < containers; c++, this.#move++) {
        if (base[this.#container + t]) this.#refuse('EEXIST');
        else if (!this.#forest.takesTasks(base, c)) this.#refuse(base[this.#limit + c] ? 'EBUSY' : 'ENOENT');
        else this.#with(this.#container + t, c + 1);
      }
    }
    for (let t = 0; t < tasks; t++) {
      for (let u = 0; u < tasks; u++, this.#move++) {
        if (!base[this.#container + t] || base[this.#container + u]) {
          this.#refuse(base[this.#container + t] ? 'EEXIST' : 'ESRCH');
          continue;
        }
        const next = this.#copy(base, 0);
        next[this.#container + u] = base[this.#container + t];
        next[this.#maps + u] = base[this.#maps + t];
        this.#found(next);
      }
    }
    for (let t = 0; t < tasks; t++, this.#move++) {
      if (!base[this.#container + t]) {
        this.#refuse('ESRCH');
        continue;
      }
      const next = this.#copy(base, 0);
      this.#end(next, t);
      this.#found(next);
    }
    for (let t = 0; t < tasks; t++) {
      for (let c = 0; c < containers; c++, this.#move++) {
        if (!base[this.#container + t]) this.#refuse('ESRCH');
        else if (!this.#forest.takesTasks(base, c)) this.#refuse(base[this.#limit + c] ? 'EBUSY' : 'ENOENT');
        else this.#with(this.#container + t, c + 1);
      }
    }
  }

  #pages(): void {
    const { tasks, pages } = this.#scope;
    const base = this.#base;
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++, this.#move++) {
        if (base[this.#container + t]) this.#touch(t, 1 << p);
        else this.#refuse('ESRCH');
      }
    }
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++, this.#move++) {
        if (!base[this.#container + t]) {
          this.#refuse('ESRCH');
        } else if (base[this.#maps + t] & (1 << p)) {
          const next = this.#copy(base, 0);
          this.#unmap(next, t, 1 << p);
          this.#found(next);
        } else {
          this.#stay();
        }
      }
    }
    for (let t = 0; t < tasks; t++) {
      const maps = base[this.#maps + t];
      for (let p = 0; p < pages; p++) {
        for (let q = 0; q < pages; q++, this.#move++) {
          if ((maps & (1 << p)) === 0 || this.#mapped & (1 << q))
            this.#refuse(base[this.#container + t] ? 'EINVAL' : 'ESRCH');
          else this.#charge(this.#copy(base, 0), 0, t, 1 << q, 1 << p);
        }
      }
    }
    for (const pinned of [true, false]) {
      for (let t = 0; t < tasks; t++) {
        const pins = base[this.#pins + t];
        for (let p = 0; p < pages; p++, this.#move++) {
          if ((base[this.#maps + t] & (1 << p)) === 0)
            this.#refuse(base[this.#container + t] ? 'ENOMEM' : 'ESRCH');
          else this.#with(this.#pins + t, pinned ? pins | (1 << p) : pins & ~(1 << p));
        }
      }
    }
  }

  #limits(): void {
    const { containers, limit } = this.#scope;
    for (let c = 0; c < containers; c++) {
      for (let n = 0; n <= limit; n++, this.#move++) {
        if (!this.#base[this.#limit + c]) this.#refuse('ENOENT');
        else if (this.#profile.lowerLimit === 'lazy') this.#with(this.#limit + c, n + 1);
        else this.#lower(this.#copy(this.#base, 0), 0, c, n);
      }
    }
  }

  #evictions(): void {
    for (let p = 0; p < this.#scope.pages; p++, this.#move++) {
      if ((this.#mapped & ~this.#pinned & (1 << p)) === 0) {
        this.#stay();
        continue;
      }
      const next = this.#copy(this.#base, 0);
      this.#reclaim(next, 1 << p);
      this.#found(next);
      this.trail.reclaimed.length = 0;
    }
  }

  // What the moves share.

  #refuse(errno: Errno): void {
    this.#refused++;
    if (this.trail.keepsRefusals) this.trail.refuse(this.#move, errno);
  }

  /** Pages that nobody maps any more leave their owners. */
  #release(state: Fields): void {
    const mapped = this.#union(state, this.#maps);
    for (let slot = 0; slot < this.#slots; slot++) state[this.#owned + slot] &= mapped;
  }

  #unmap(state: Fields, t: number, pages: number): void {
    state[this.#maps + t] &= ~pages;
    state[this.#pins + t] &= ~pages;
    this.#release(state);
  }

  #end(state: Fields, t: number): void {
    state[this.#container + t] = 0;
    state[this.#maps + t] = 0;
    state[this.#pins + t] = 0;
    this.#release(state);
  }

  #reclaim(state: Fields, pages: number): void {
    for (let t = 0; t < this.#scope.tasks; t++) state[this.#maps + t] &= ~pages;
    for (let slot = 0; slot < this.#slots; slot++) state[this.#owned + slot] &= ~pages;
    for (let p = 0; pages >> p !== 0; p++) if (pages & (1 << p)) this.trail.reclaimed.push(p);
  }

  #touch(t: number, page: number): void {
    const maps = this.#base[this.#maps + t];
    if (maps & page) this.#stay();
    else if (this.#mapped & page && this.#profile.nthMapping === 'free')
      this.#with(this.#maps + t, maps | page);
    else this.#charge(this.#copy(this.#base, 0), 0, t, page, 0);
  }

  /** The pages that containers of c's subtree own. */
  #pagesBelow(state: Fields, c: number): number {
    if (!this.#layout.nested) return state[this.#owned + c];
    let pages = 0;
    for (let id = 0; id < this.#scope.containers; id++)
      if (this.#forest.isBelow(c, id)) pages |= state[this.#owned + id];
    return pages;
  }

  #fits(state: Fields, c: number): boolean {
    const limit = state[this.#limit + c];
    if (limit === this.#unlimited) return true;
    if (limit === 1 && this.#profile.zeroLimit === 'unlimited') return true;
    return size(this.#pagesBelow(state, c)) + 1 <= limit - 1;
  }

  /** The first of c's path that has no room for a page more; NOBODY if all have. The root is unlimited. */
  #refuser(state: Fields, c: number): number {
    let at = c;
    while (at !== NOBODY && this.#fits(state, at)) at = this.#forest.above[at];
    return at;
  }

  /** Charges t's container until `page` can be mapped, over all choices; then maps it, and unmaps `source` (of a copy; 0: none). */
  #charge(state: Fields, depth: number, t: number, page: number, source: number): void {
    const home = state[this.#container + t] - 1;
    const c = this.#refuser(state, home);
    if (c === NOBODY) {
      this.#map(state, t, home, page, source);
      return;
    }
    const { trail } = this;
    trail.counted = true;
    trail.failcnt[c]++;
    const candidates = this.#pagesBelow(state, c) & ~this.#union(state, this.#pins);
    for (let some = -candidates & candidates; some !== 0; some = (some - candidates) & candidates) {
      // The empty set is choice 0 where a scan may give up; below.
      if (this.#mayGiveUp && some === (-candidates & candidates))
        this.#kill(state, depth, c, t, page, source);
      const next = this.#copy(state, depth + 1);
      const { length } = trail.reclaimed;
      this.#reclaim(next, some);
      trail.reclaims[c]++;
      this.#charge(next, depth + 1, t, page, source);
      trail.reclaims[c]--;
      trail.reclaimed.length = length;
    }
    if (candidates === 0) this.#kill(state, depth, c, t, page, source);
    trail.failcnt[c]--;
    trail.counted = depth > 0;
  }

  get #mayGiveUp(): boolean {
    return this.#profile.scan === '13 passes';
  }

  #map(state: Fields, t: number, c: number, page: number, source: number): void {
    if ((this.#union(state, this.#maps) & page) === 0) state[this.#owned + c] |= page;
    state[this.#maps + t] |= page;
    if (state[this.#maps + t] & source) this.#unmap(state, t, source);
    this.#found(state);
  }

  #kill(state: Fields, depth: number, c: number, t: number, page: number, source: number): void {
    const { trail } = this;
    for (let victim = 0; victim < this.#scope.tasks; victim++) {
      if (!this.#forest.livesBelow(state, victim, c)) continue;
      const next = this.#copy(state, depth + 1);
      this.#end(next, victim);
      trail.killed.push(victim);
      if (victim === t) {
        trail.outcome = 'KILLED';
        this.#found(next);
        trail.outcome = 'ok';
      } else this.#charge(next, depth + 1, t, page, source);
      trail.killed.pop();
    }
  }

  /** Writes limit n into a container that may hold more (linux): reclaims, then refuses or kills. `failed`: the last reclaim freed nothing. */
  #lower(state: Fields, depth: number, c: number, n: number): void {
    const { trail } = this;
    const pages = this.#pagesBelow(state, c);
    const over = size(pages) > n;
    const candidates = over ? pages & ~this.#union(state, this.#pins) : 0;
    for (let some = -candidates & candidates; some !== 0; some = (some - candidates) & candidates) {
      const next = this.#copy(state, depth + 1);
      const { length } = trail.reclaimed;
      this.#reclaim(next, some);
      this.#lower(next, depth + 1, c, n);
      trail.reclaimed.length = length;
    }
    if (candidates !== 0) return;
    if (over && this.#profile.lowerLimit === 'reclaim or EBUSY') {
      trail.outcome = 'EBUSY';
      this.#found(state);
      trail.outcome = 'ok';
      return;
    }
    let member = false;
    for (let victim = 0; over && victim < this.#scope.tasks; victim++) {
      if (!this.#forest.livesBelow(state, victim, c)) continue;
      member = true;
      const next = this.#copy(state, depth + 1);
      this.#end(next, victim);
      trail.killed.push(victim);
      this.#lower(next, depth + 1, c, n);
      trail.killed.pop();
    }
    if (member) return;
    state[this.#limit + c] = n + 1;
    this.#found(state);
  }
}
