// The contract straight on packed words: sets of pages as bit masks, every choice enumerated in the order of the readable model.
// Proved equal to it on every reachable state of small scopes (tests/check-twin.test.ts).

import type { Profile, Scope } from '../../model/index.ts';
import { NOBODY } from './forest.ts';
import type { Fields } from './layout.ts';
import { size, Twin } from './twin.ts';

export class ContractTwin extends Twin {
  readonly #owned: number;
  readonly #slots: number;

  constructor(profile: Profile, scope: Scope, nested = profile.hierarchy === 'nested') {
    super('contract', profile, scope, nested);
    this.#owned = this.layout.at.owned;
    this.#slots = this.layout.slots;
  }

  protected override usage(state: Fields, c: number): number {
    return size(this.#pagesBelow(state, c));
  }

  protected override owns(state: Fields, c: number): boolean {
    return state[this.#owned + c] !== 0;
  }

  protected override passOn(state: Fields, c: number, heir: number): void {
    state[this.#owned + heir] |= state[this.#owned + c];
    state[this.#owned + c] = 0;
  }

  protected override touch(t: number, p: number): void {
    const maps = this.base[this.maps + t];
    const page = 1 << p;
    if (maps & page) this.stay();
    else if (this.mapped & page && this.profile.nthMapping === 'free') this.with(this.maps + t, maps | page);
    else this.#charge(this.begin(), 0, t, page, 0);
  }

  protected override copyPage(t: number, p: number, q: number): void {
    this.#charge(this.begin(), 0, t, 1 << q, 1 << p);
  }

  protected override unmap(state: Fields, t: number, p: number): void {
    state[this.maps + t] &= ~(1 << p);
    state[this.pins + t] &= ~(1 << p);
    this.#release(state);
  }

  protected override end(state: Fields, t: number): void {
    state[this.container + t] = 0;
    state[this.maps + t] = 0;
    state[this.pins + t] = 0;
    this.#release(state);
  }

  protected override evict(state: Fields, p: number): void {
    this.#reclaim(state, 1 << p);
  }

  protected override lower(state: Fields, c: number, n: number): void {
    this.#lower(state, 0, c, n);
  }

  // What the moves share.

  /** Pages that nobody maps any more leave their owners. */
  #release(state: Fields): void {
    const mapped = this.union(state, this.maps);
    for (let slot = 0; slot < this.#slots; slot++) state[this.#owned + slot] &= mapped;
  }

  #reclaim(state: Fields, pages: number): void {
    for (let t = 0; t < this.scope.tasks; t++) state[this.maps + t] &= ~pages;
    for (let slot = 0; slot < this.#slots; slot++) state[this.#owned + slot] &= ~pages;
    for (let p = 0; pages >> p !== 0; p++) if (pages & (1 << p)) this.trail.reclaimed.push(p);
  }

  /** The pages that containers of c's subtree own. */
  #pagesBelow(state: Fields, c: number): number {
    if (!this.layout.nested) return state[this.#owned + c];
    let pages = 0;
    for (let id = 0; id < this.scope.containers; id++)
      if (this.forest.isBelow(c, id)) pages |= state[this.#owned + id];
    return pages;
  }

  /** Charges t's container until `page` can be mapped, over all choices; then maps it, and unmaps `source` (of a copy; 0: none). */
  #charge(state: Fields, depth: number, t: number, page: number, source: number): void {
    const home = state[this.container + t] - 1;
    const c = this.refuser(state, home);
    if (c === NOBODY) {
      this.#map(state, t, home, page, source);
      return;
    }
    const { trail } = this;
    trail.counted = true;
    trail.failcnt[c]++;
    const candidates = this.#pagesBelow(state, c) & ~this.union(state, this.pins);
    for (let some = -candidates & candidates; some !== 0; some = (some - candidates) & candidates) {
      // The empty set is choice 0 where a scan may give up; below.
      if (this.#mayGiveUp && some === (-candidates & candidates))
        this.#kill(state, depth, c, t, page, source);
      const next = this.copy(state, depth + 1);
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
    return this.profile.scan === '13 passes';
  }

  #map(state: Fields, t: number, c: number, page: number, source: number): void {
    if ((this.union(state, this.maps) & page) === 0) state[this.#owned + c] |= page;
    state[this.maps + t] |= page;
    if (state[this.maps + t] & source) {
      state[this.maps + t] &= ~source;
      state[this.pins + t] &= ~source;
      this.#release(state);
    }
    this.found(state);
  }

  #kill(state: Fields, depth: number, c: number, t: number, page: number, source: number): void {
    const { trail } = this;
    for (let victim = 0; victim < this.scope.tasks; victim++) {
      if (!this.forest.livesBelow(state, victim, c)) continue;
      const next = this.copy(state, depth + 1);
      this.end(next, victim);
      trail.killed.push(victim);
      if (victim === t) {
        trail.outcome = 'KILLED';
        this.found(next);
        trail.outcome = 'ok';
      } else this.#charge(next, depth + 1, t, page, source);
      trail.killed.pop();
    }
  }

  /** Writes limit n into a container that may hold more (linux): reclaims, then refuses or kills. */
  #lower(state: Fields, depth: number, c: number, n: number): void {
    const { trail } = this;
    const pages = this.#pagesBelow(state, c);
    const over = size(pages) > n;
    const candidates = over ? pages & ~this.union(state, this.pins) : 0;
    for (let some = -candidates & candidates; some !== 0; some = (some - candidates) & candidates) {
      const next = this.copy(state, depth + 1);
      const { length } = trail.reclaimed;
      this.#reclaim(next, some);
      this.#lower(next, depth + 1, c, n);
      trail.reclaimed.length = length;
    }
    if (candidates !== 0) return;
    if (over && this.profile.lowerLimit === 'reclaim or EBUSY') {
      trail.outcome = 'EBUSY';
      this.found(state);
      trail.outcome = 'ok';
      return;
    }
    let member = false;
    for (let victim = 0; over && victim < this.scope.tasks; victim++) {
      if (!this.forest.livesBelow(state, victim, c)) continue;
      member = true;
      const next = this.copy(state, depth + 1);
      this.end(next, victim);
      trail.killed.push(victim);
      this.#lower(next, depth + 1, c, n);
      trail.killed.pop();
    }
    if (member) return;
    state[this.limit + c] = n + 1;
    this.found(state);
  }
}
