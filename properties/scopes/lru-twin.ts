// The LRU spec straight on packed words: a list is one number of four bits a page, its head lowest.
// Proved equal to the readable model on every reachable state of small scopes (tests/check-twin.test.ts).

import type { Profile, Scope } from '../../model/index.ts';
import { NOBODY } from './forest.ts';
import { type Fields, MOST_PAGES } from './layout.ts';
import { size, Twin } from './twin.ts';

const INACTIVE = 0;
const ACTIVE = 1;

export class LruTwin extends Twin {
  /** Behind the fields of a state stand its lists, and then their lengths: by slot * 2 + active. */
  readonly #lists: number;
  readonly #lengths: number;
  readonly #list: number;
  readonly #place: number;
  readonly #referenced: number;

  constructor(profile: Profile, scope: Scope, nested = profile.hierarchy === 'nested') {
    if (scope.pages > MOST_PAGES) {
      throw new RangeError(`${scope.pages} pages: a packed list has room for ${MOST_PAGES}`);
    }
    super('lru', profile, scope, nested, (scope.containers + (profile.root ? 1 : 0)) * 4);
    const { at, size: fields, slots } = this.layout;
    this.#lists = fields;
    this.#lengths = fields + slots * 2;
    this.#list = at.list;
    this.#place = at.place;
    this.#referenced = at.referenced;
  }

  protected override read(words: Uint32Array, at: number): void {
    super.read(words, at);
    const { base } = this;
    base.fill(0, this.#lists);
    for (let p = 0; p < this.scope.pages; p++) {
      const list = base[this.#list + p] - 1;
      if (list < 0) continue;
      base[this.#lists + list] |= p << (base[this.#place + p] * 4);
      base[this.#lengths + list]++;
    }
  }

  protected override found(state: Fields): void {
    this.#write(state);
    super.found(state);
  }

  override unwound(words: Uint32Array, at: number): Fields {
    const state = super.unwound(words, at);
    this.#write(state);
    return state;
  }

  /** Writes the lists into the fields. In the base state they always stand there. */
  #write(state: Fields): void {
    for (let p = 0; p < this.scope.pages; p++) {
      state[this.#list + p] = 0;
      state[this.#place + p] = 0;
    }
    for (let list = 0; this.#lists + list < this.#lengths; list++) {
      let rest = state[this.#lists + list];
      for (let i = 0; i < state[this.#lengths + list]; i++, rest >>>= 4) {
        state[this.#list + (rest & 15)] = list + 1;
        state[this.#place + (rest & 15)] = i;
      }
    }
  }

  protected override owns(state: Fields, c: number): boolean {
    return this.#own(state, c) > 0;
  }

  #own(state: Fields, c: number): number {
    return state[this.#lengths + c * 2] + state[this.#lengths + c * 2 + 1];
  }

  /** The pages on the lists of c's subtree. */
  protected override usage(state: Fields, c: number): number {
    if (!this.layout.nested) return this.#own(state, c);
    let sum = 0;
    for (let id = 0; id < this.scope.containers; id++)
      if (this.forest.isBelow(c, id)) sum += this.#own(state, id);
    return sum;
  }

  protected override passOn(state: Fields, c: number, heir: number): void {
    for (const kind of [INACTIVE, ACTIVE]) {
      const from = c * 2 + kind;
      const to = heir * 2 + kind;
      const length = state[this.#lengths + from];
      if (length === 0) continue;
      state[this.#lists + to] = (state[this.#lists + to] << (4 * length)) | state[this.#lists + from];
      state[this.#lengths + to] += length;
      state[this.#lists + from] = 0;
      state[this.#lengths + from] = 0;
    }
  }

  protected override copyPage(t: number, p: number, q: number): void {
    const state = this.begin();
    if (this.#fault(state, t, q)) this.unmap(state, t, p);
    this.found(state);
  }

  protected override evict(state: Fields, p: number): void {
    this.#free(state, p);
    this.trail.reclaimed.push(p);
  }

  // Lists.

  #push(state: Fields, list: number, p: number): void {
    state[this.#lists + list] = (state[this.#lists + list] << 4) | p;
    state[this.#lengths + list]++;
  }

  #popTail(state: Fields, list: number): number {
    const shift = --state[this.#lengths + list] * 4;
    const p = (state[this.#lists + list] >>> shift) & 15;
    state[this.#lists + list] &= ~(15 << shift);
    return p;
  }

  /** Takes p off the list it is on, if it is on this one. */
  #drop(state: Fields, list: number, p: number): boolean {
    const pages = state[this.#lists + list];
    for (let i = 0; i < state[this.#lengths + list]; i++) {
      if (((pages >>> (i * 4)) & 15) !== p) continue;
      const newer = pages & ((1 << (i * 4)) - 1);
      state[this.#lists + list] = (((pages >>> (i * 4)) >>> 4) << (i * 4)) | newer;
      state[this.#lengths + list]--;
      return true;
    }
    return false;
  }

  // What the moves share.

  /** Off its owner's list; the next life of the page starts unreferenced. */
  #unlink(state: Fields, p: number): void {
    for (let list = 0; this.#lists + list < this.#lengths; list++) if (this.#drop(state, list, p)) break;
    state[this.#referenced] &= ~(1 << p);
  }

  protected override unmap(state: Fields, t: number, p: number): void {
    if ((state[this.maps + t] & (1 << p)) === 0) return;
    state[this.maps + t] &= ~(1 << p);
    state[this.pins + t] &= ~(1 << p);
    if ((this.union(state, this.maps) & (1 << p)) === 0) this.#unlink(state, p);
  }

  protected override end(state: Fields, t: number): void {
    for (let p = 0; p < this.scope.pages; p++) this.unmap(state, t, p);
    state[this.container + t] = 0;
  }

  /** Takes p from everybody. */
  #free(state: Fields, p: number): void {
    for (let t = 0; t < this.scope.tasks; t++) {
      state[this.maps + t] &= ~(1 << p);
      state[this.pins + t] &= ~(1 << p);
    }
    this.#unlink(state, p);
  }

  protected override touch(t: number, p: number): void {
    const state = this.begin();
    const isMapped = (this.mapped & (1 << p)) !== 0;
    if (state[this.maps + t] & (1 << p)) this.#reference(state, p);
    else if (isMapped && this.profile.nthMapping === 'free') this.#join(state, t, p);
    else this.#fault(state, t, p);
    this.found(state);
  }

  #join(state: Fields, t: number, p: number): void {
    state[this.maps + t] |= 1 << p;
    this.#reference(state, p);
  }

  #reference(state: Fields, p: number): void {
    if ((state[this.#referenced] & (1 << p)) === 0) {
      state[this.#referenced] |= 1 << p;
      return;
    }
    for (let list = INACTIVE; this.#lists + list < this.#lengths; list += 2) {
      if (!this.#drop(state, list, p)) continue;
      this.#push(state, list + ACTIVE, p);
      state[this.#referenced] &= ~(1 << p);
      return;
    }
  }

  /** Charge, then map. False: t was killed. */
  #fault(state: Fields, t: number, p: number): boolean {
    const c = state[this.container + t] - 1;
    for (let full = this.refuser(state, c); full !== NOBODY; full = this.refuser(state, c)) {
      this.trail.count(full);
      if (this.#reclaim(state, full)) {
        this.trail.reclaims[full]++;
        continue;
      }
      this.#kill(state, full);
      if (state[this.container + t] !== 0) continue;
      this.trail.outcome = 'KILLED';
      return false;
    }
    if (this.union(state, this.maps) & (1 << p)) {
      this.#join(state, t, p);
    } else {
      this.#push(state, c * 2 + ACTIVE, p);
      state[this.maps + t] |= 1 << p;
    }
    return true;
  }

  /** Of the tasks in c's subtree the one with the most mapped pages; among equals the lowest. */
  #kill(state: Fields, c: number): void {
    let victim = -1;
    let most = -1;
    for (let t = 0; t < this.scope.tasks; t++) {
      const maps = size(state[this.maps + t]);
      if (!this.forest.livesBelow(state, t, c) || maps <= most) continue;
      most = maps;
      victim = t;
    }
    this.end(state, victim);
    this.trail.killed.push(victim);
  }

  protected override lower(state: Fields, c: number, n: number): void {
    for (;;) {
      while (this.usage(state, c) > n && this.#reclaim(state, c));
      if (this.usage(state, c) <= n) break;
      if (this.profile.lowerLimit === 'reclaim or EBUSY') {
        this.trail.outcome = 'EBUSY';
        this.found(state);
        return;
      }
      let member = false;
      for (let t = 0; t < this.scope.tasks; t++) member ||= this.forest.livesBelow(state, t, c);
      if (!member) break;
      this.#kill(state, c);
    }
    state[this.limit + c] = n + 1;
    this.found(state);
  }

  // The two-list policy.

  /** The most passes that a reclaim has needed so far. */
  passes = 0;
  #taken = 0;
  #changed = false;

  /** Rounds over the containers of c's subtree; what they took is freed at the end. False: nothing was taken. */
  #reclaim(state: Fields, c: number): boolean {
    const { reclaimed } = this.trail;
    this.#taken = 0;
    const before = reclaimed.length;
    if (this.profile.scan === '13 passes') {
      for (let priority = 12; priority >= 0 && this.#taken === 0; priority--) {
        this.#shrinkActive(state, c, (state[this.#lengths + c * 2 + ACTIVE] >> priority) + 1);
        this.#shrinkInactive(state, c, (state[this.#lengths + c * 2] >> priority) + 1);
      }
    } else {
      let round = 0;
      do {
        this.passes = Math.max(this.passes, ++round);
        this.#changed = false;
        this.#round(state, c);
      } while (this.#taken === 0 && this.#changed);
    }
    for (let i = before; i < reclaimed.length; i++) this.#free(state, reclaimed[i]);
    return this.#taken !== 0;
  }

  /** A pass over the lists of each container of c's subtree, in ascending order. */
  #round(state: Fields, c: number): void {
    const lengths = this.#lengths;
    for (let id = 0; id < this.scope.containers; id++) {
      if (!this.forest.isBelow(c, id)) continue;
      if (size(this.#taken) >= this.profile.reclaimBatch) return;
      this.#shrinkActive(state, id, Math.max(state[lengths + id * 2 + ACTIVE] - state[lengths + id * 2], 1));
      this.#shrinkInactive(state, id, state[lengths + id * 2]);
    }
  }

  #shrinkActive(state: Fields, c: number, count: number): void {
    for (let left = Math.min(count, state[this.#lengths + c * 2 + ACTIVE]); left > 0; left--) {
      const p = this.#popTail(state, c * 2 + ACTIVE);
      const again = state[this.#referenced] & (1 << p);
      state[this.#referenced] &= ~(1 << p);
      this.#push(state, c * 2 + (again ? ACTIVE : INACTIVE), p);
      this.#changed = true;
    }
  }

  #shrinkInactive(state: Fields, c: number, count: number): void {
    const pinned = this.union(state, this.pins);
    for (let left = Math.min(count, state[this.#lengths + c * 2]); left > 0; left--) {
      if (size(this.#taken) === this.profile.reclaimBatch) return;
      const p = this.#popTail(state, c * 2);
      if (pinned & (1 << p)) {
        this.#push(state, c * 2, p);
      } else if (state[this.#referenced] & (1 << p)) {
        state[this.#referenced] &= ~(1 << p);
        this.#push(state, c * 2 + ACTIVE, p);
        this.#changed = true;
      } else {
        this.#taken |= 1 << p;
        this.trail.reclaimed.push(p);
      }
    }
  }
}
