// The LRU spec once more, for speed: its state is the view itself, changed in place. A hunt holds subjects against it; the readable specification stays
// the judge of last resort: it plays one run of a hundred whole, and every finding again (properties/domain). Longer than most files: one transition
// system, one place.

import type { Specification } from '../../lockstep/index.ts';
import { type Move, noCaseFor, type Outcome, type Profile, ROOT, UNLIMITED } from '../../model/index.ts';
import { CHARGES, COUNTERS, EXISTS, LIMITS, MAPS, PINS, REFERENCED, TASKS } from '../claims/asked.ts';
import type { Rss } from '../domain/kinds.ts';
import type { Answer } from '../view/answer.ts';
import { HUGE, MAPPED, NONE, PINNED, type Size, View } from '../view/view.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Who maps and who has locked a page stand in one table. */
const MAPPINGS = MAPS | PINS;

export class FastSpecification implements Specification<Rss> {
  readonly #profile: Profile;
  readonly #nested: boolean;
  #view: View = new View({ containers: 0, tasks: 0, pages: 0 });
  #pages = 0;
  #tasks = 0;
  /** The slot of the root. */
  #root = 0;
  #killed: number[] = [];
  #reclaimed: number[] = [];
  /** What the last move may have changed in the view: bits of asked.ts. */
  changed = 0;
  readonly #answer: Mutable<Answer> = { outcome: 'ok', killed: [], reclaimed: [] };

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#nested = profile.hierarchy === 'nested';
  }

  reset(size: Size = this.#view.size): void {
    const { containers, tasks, pages } = this.#view.size;
    const fits = containers === size.containers && tasks === size.tasks && pages === size.pages;
    if (fits) this.#view.clear();
    else this.#view = new View(size);
    this.#pages = size.pages;
    this.#tasks = size.tasks;
    this.#root = size.containers;
    if (this.#profile.root) this.#create(this.#root, NONE);
  }

  /** Its own state, which the next move changes. */
  look(): View {
    return this.#view;
  }

  apply(move: Move): Answer {
    if (this.#killed.length > 0) this.#killed = [];
    if (this.#reclaimed.length > 0) this.#reclaimed = [];
    this.changed = 0;
    this.#answer.outcome = this.#take(move);
    this.#answer.killed = this.#killed;
    this.#answer.reclaimed = this.#reclaimed;
    return this.#answer;
  }

  #take(move: Move): Outcome {
    const a = move[1] as number;
    const b = move[2] as number;
    switch (move[0]) {
      case 'touch':
        return this.#isLive(a) ? this.#touch(a, b) : 'ESRCH';
      case 'setLimit':
        return this.#setLimit(a, move[2]);
      case 'unmap':
        if (!this.#isLive(a)) return 'ESRCH';
        this.#unmap(a, b);
        return 'ok';
      case 'copy':
        return this.#copy(a, b, move[3] as number);
      case 'pin':
      case 'unpin':
        return this.#pin(a, b, move[0] === 'pin');
      case 'evict':
        return this.#evict(a);
      case 'mkdir':
        return this.#mkdir(a, move[2] === undefined ? ROOT : b);
      case 'rmdir':
        return this.#rmdir(a);
      case 'spawn':
        return this.#isLive(a) ? 'EEXIST' : this.#join(a, b);
      case 'move':
        return this.#isLive(a) ? this.#join(a, b) : 'ESRCH';
      case 'fork':
        return this.#fork(a, b);
      case 'exit':
        if (!this.#isLive(a)) return 'ESRCH';
        this.#end(a);
        return 'ok';
      default:
        return noCaseFor(move[0]);
    }
  }

  // Containers.

  #create(slot: number, parent: number): void {
    const v = this.#view;
    this.changed |= EXISTS | LIMITS;
    v.exists[slot] = 1;
    v.parent[slot] = parent;
    v.setLimit(slot, UNLIMITED);
  }

  #mkdir(c: number, parent: number): Outcome {
    const v = this.#view;
    if (v.exists[c]) return 'EEXIST';
    if (parent === ROOT) {
      this.#create(c, v.exists[this.#root] ? this.#root : NONE);
      return 'ok';
    }
    if (!v.exists[parent]) return 'ENOENT';
    if (this.#profile.innerTasks === 'EBUSY' && v.container.includes(parent)) return 'EBUSY';
    this.#create(c, parent);
    return 'ok';
  }

  #rmdir(c: number): Outcome {
    const v = this.#view;
    const slot = v.slotOf(c);
    if (!v.exists[slot]) return 'ENOENT';
    if (c === ROOT || v.container.includes(slot) || v.parent.includes(slot)) return 'EBUSY';
    if (v.activeLength[slot] + v.inactiveLength[slot] > 0) {
      if (this.#profile.rmdirCharged === 'EBUSY') return 'EBUSY';
      this.#pass(v.active, v.activeLength, slot, v.parent[slot]);
      this.#pass(v.inactive, v.inactiveLength, slot, v.parent[slot]);
    }
    this.changed |= EXISTS | LIMITS | COUNTERS | CHARGES;
    v.exists[slot] = 0;
    v.parent[slot] = NONE;
    v.usage[slot] = v.limit[slot] = v.limitLow[slot] = v.limitHigh[slot] = 0;
    v.failcnt[slot] = v.reclaims[slot] = 0;
    return 'ok';
  }

  /** A list goes to the head of the parent's; the usages above counted its pages before. */
  #pass(list: Int32Array, lengths: Int32Array, from: number, to: number): void {
    const n = lengths[from];
    const source = from * this.#pages;
    const target = to * this.#pages;
    for (let i = lengths[to] - 1; i >= 0; i--) list[target + n + i] = list[target + i];
    for (let i = 0; i < n; i++) {
      const p = list[source + i];
      list[target + i] = p;
      list[source + i] = NONE;
      this.#view.owner[p] = to;
    }
    lengths[to] += n;
    lengths[from] = 0;
  }

  #setLimit(c: number, n: number | bigint): Outcome {
    const v = this.#view;
    const slot = v.slotOf(c);
    if (!v.exists[slot]) return 'ENOENT';
    const isSmall = typeof n === 'number' && n >= 0 && n < HUGE && Number.isInteger(n);
    if (c === ROOT || (!isSmall && this.#isInvalid(n))) return 'EINVAL';
    const limit = isSmall ? n : Math.min(Number(BigInt.asUintN(64, BigInt(n))), HUGE);
    const { lowerLimit } = this.#profile;
    if (lowerLimit !== 'lazy') {
      this.#reclaimDownTo(slot, limit);
      if (v.usage[slot] > limit && lowerLimit === 'reclaim or EBUSY') return 'EBUSY';
      while (v.usage[slot] > limit && this.#kill(slot)) this.#reclaimDownTo(slot, limit);
    }
    this.changed |= LIMITS;
    if (!isSmall) v.setLimit(slot, BigInt.asUintN(64, BigInt(n)));
    else {
      v.limit[slot] = v.limitLow[slot] = limit;
      v.limitHigh[slot] = 0;
    }
    return 'ok';
  }

  #isInvalid(n: number | bigint): boolean {
    if (n < 0 || (typeof n === 'number' && !Number.isInteger(n))) return true;
    return n > UNLIMITED && this.#profile.hugeLimit === 'EINVAL';
  }

  #reclaimDownTo(slot: number, limit: number): void {
    while (this.#view.usage[slot] > limit && this.#reclaim(slot));
  }

  // Tasks.

  #isLive(t: number): boolean {
    return this.#view.container[t] !== NONE;
  }

  #join(t: number, c: number): Outcome {
    const v = this.#view;
    const slot = v.slotOf(c);
    if (!v.exists[slot]) return 'ENOENT';
    if (this.#profile.innerTasks === 'EBUSY' && c !== ROOT && v.parent.includes(slot)) return 'EBUSY';
    this.changed |= TASKS;
    v.container[t] = slot;
    return 'ok';
  }

  #fork(t: number, u: number): Outcome {
    const v = this.#view;
    if (!this.#isLive(t)) return 'ESRCH';
    if (this.#isLive(u)) return 'EEXIST';
    this.changed |= TASKS | MAPPINGS;
    v.container[u] = v.container[t];
    for (let p = 0; p < this.#pages; p++) if (v.mapsPage(t, p)) v.map(u, p, MAPPED);
    return 'ok';
  }

  #end(t: number): void {
    for (let p = 0; p < this.#pages; p++) this.#unmap(t, p);
    this.changed |= TASKS;
    this.#view.container[t] = NONE;
  }

  /** Kills the one with the most mapped pages in the subtree, among equals the lowest. False: there is none. */
  #kill(slot: number): boolean {
    const v = this.#view;
    let victim = NONE;
    let most = -1;
    for (let t = 0; t < this.#tasks; t++) {
      if (v.container[t] === NONE || !this.#isBelow(slot, v.container[t])) continue;
      let mapped = 0;
      for (let p = 0; p < this.#pages; p++) if (v.mapsPage(t, p)) mapped++;
      if (mapped <= most) continue;
      most = mapped;
      victim = t;
    }
    if (victim === NONE) return false;
    this.#end(victim);
    this.#killed.push(victim);
    return true;
  }

  // Pages.

  #touch(t: number, p: number): Outcome {
    const v = this.#view;
    if (v.mapcount[p] === 0) return this.#fault(t, p);
    if (v.mapsPage(t, p)) this.#reference(p);
    else if (this.#profile.nthMapping === 'free') {
      this.changed |= MAPPINGS;
      v.map(t, p, MAPPED);
      this.#reference(p);
    } else return this.#fault(t, p);
    return 'ok';
  }

  #copy(t: number, p: number, q: number): Outcome {
    const v = this.#view;
    if (!this.#isLive(t)) return 'ESRCH';
    if (!v.mapsPage(t, p) || v.mapcount[q] > 0) return 'EINVAL';
    const outcome = this.#fault(t, q);
    if (outcome === 'ok') this.#unmap(t, p);
    return outcome;
  }

  #pin(t: number, p: number, pinned: boolean): Outcome {
    const v = this.#view;
    if (!this.#isLive(t)) return 'ESRCH';
    const at = t * this.#pages + p;
    const bits = v.maps[at];
    if (bits === 0) return 'ENOMEM';
    this.changed |= MAPPINGS;
    v.maps[at] = pinned ? MAPPED | PINNED : MAPPED;
    v.pins[p] += (pinned ? 1 : 0) - (bits & PINNED ? 1 : 0);
    return 'ok';
  }

  #evict(p: number): Outcome {
    const v = this.#view;
    if (v.mapcount[p] > 0 && v.pins[p] === 0) this.#free(p);
    return 'ok';
  }

  /** The charge, then the mapping. */
  #fault(t: number, p: number): Outcome {
    const v = this.#view;
    const home = v.container[t];
    for (let full = this.#refuser(home); full !== NONE; full = this.#refuser(home)) {
      this.changed |= COUNTERS;
      v.failcnt[full]++;
      if (this.#reclaim(full)) {
        v.reclaims[full]++;
        continue;
      }
      this.#kill(full);
      if (!this.#isLive(t)) return 'KILLED';
    }
    const shared = v.mapcount[p] > 0;
    this.changed |= MAPPINGS | CHARGES;
    v.map(t, p, MAPPED);
    if (shared) this.#reference(p);
    else {
      v.owner[p] = home;
      this.#push(v.active, v.activeLength, home, p);
      this.#count(home, 1);
    }
    return 'ok';
  }

  /** The first of the path that has no room for a page more, or NONE. */
  #refuser(slot: number): number {
    const v = this.#view;
    for (let at = slot; at !== NONE; at = this.#nested ? v.parent[at] : NONE) {
      const limit = v.limit[at];
      if (limit === HUGE || v.usage[at] < limit) continue;
      if (limit !== 0 || this.#profile.zeroLimit !== 'unlimited') return at;
    }
    return NONE;
  }

  /** The usages of the path. */
  #count(slot: number, pages: number): void {
    const v = this.#view;
    for (let at = slot; at !== NONE; at = this.#nested ? v.parent[at] : NONE) v.usage[at] += pages;
  }

  #isBelow(top: number, slot: number): boolean {
    let at = slot;
    while (this.#nested && at !== top && at !== NONE) at = this.#view.parent[at];
    return at === top;
  }

  #unmap(t: number, p: number): void {
    const v = this.#view;
    const at = t * this.#pages + p;
    if (v.maps[at] === 0) return;
    this.changed |= MAPPINGS;
    if (v.maps[at] & PINNED) v.pins[p]--;
    v.maps[at] = 0;
    if (--v.mapcount[p] === 0) this.#unlink(p);
  }

  #free(p: number): void {
    for (let t = 0; t < this.#tasks; t++) this.#unmap(t, p);
    this.#reclaimed.push(p);
  }

  #unlink(p: number): void {
    const v = this.#view;
    const slot = v.owner[p];
    this.changed |= CHARGES | REFERENCED;
    v.referenced[p] = 0;
    v.owner[p] = NONE;
    if (!this.#drop(v.active, v.activeLength, slot, p)) this.#drop(v.inactive, v.inactiveLength, slot, p);
    this.#count(slot, -1);
  }

  #reference(p: number): void {
    const v = this.#view;
    this.changed |= REFERENCED;
    if (!v.referenced[p]) {
      v.referenced[p] = 1;
      return;
    }
    const slot = v.owner[p];
    if (!this.#drop(v.inactive, v.inactiveLength, slot, p)) return;
    this.changed |= CHARGES;
    this.#push(v.active, v.activeLength, slot, p);
    v.referenced[p] = 0;
  }

  // Lists.

  #push(list: Int32Array, lengths: Int32Array, slot: number, p: number): void {
    const head = slot * this.#pages;
    for (let i = head + lengths[slot]++; i > head; i--) list[i] = list[i - 1];
    list[head] = p;
  }

  #pop(list: Int32Array, lengths: Int32Array, slot: number): number {
    const tail = slot * this.#pages + --lengths[slot];
    const p = list[tail];
    list[tail] = NONE;
    return p;
  }

  #drop(list: Int32Array, lengths: Int32Array, slot: number, p: number): boolean {
    const head = slot * this.#pages;
    const end = head + lengths[slot];
    for (let i = head; i < end; i++) {
      if (list[i] !== p) continue;
      for (let k = i; k < end - 1; k++) list[k] = list[k + 1];
      list[end - 1] = NONE;
      lengths[slot]--;
      return true;
    }
    return false;
  }

  // The two-list policy.

  /** Pages that a scan has taken and not yet freed: they stand at the tail of their inactive list again, where `#free` finds them. */
  readonly #taken: number[] = [];
  #changed = false;

  /** From the subtree of a slot. False: nothing was taken. */
  #reclaim(slot: number): boolean {
    const v = this.#view;
    const taken = this.#taken;
    taken.length = 0;
    this.changed |= CHARGES | REFERENCED;
    if (this.#profile.scan === '13 passes') {
      for (let priority = 12; priority >= 0 && taken.length === 0; priority--) {
        this.#shrinkActive(slot, (v.activeLength[slot] >> priority) + 1);
        this.#shrinkInactive(slot, (v.inactiveLength[slot] >> priority) + 1);
      }
    } else {
      do {
        this.#changed = false;
        this.#round(slot);
      } while (taken.length === 0 && this.#changed);
    }
    for (let i = 0; i < taken.length; i++) {
      const { owner, inactive, inactiveLength } = v;
      inactive[owner[taken[i]] * this.#pages + inactiveLength[owner[taken[i]]]++] = taken[i];
    }
    for (let i = 0; i < taken.length; i++) this.#free(taken[i]);
    return taken.length > 0;
  }

  /** A pass over the lists of each container of the subtree, in ascending order of ids. */
  #round(top: number): void {
    if (!this.#nested) {
      this.#pass1(top);
      return;
    }
    if (top === this.#root) this.#pass1(top);
    for (let slot = 0; slot < this.#root; slot++)
      if (this.#view.exists[slot] && this.#isBelow(top, slot)) this.#pass1(slot);
  }

  #pass1(slot: number): void {
    if (this.#taken.length >= this.#profile.reclaimBatch) return;
    const { activeLength, inactiveLength } = this.#view;
    this.#shrinkActive(slot, Math.max(activeLength[slot] - inactiveLength[slot], 1));
    this.#shrinkInactive(slot, inactiveLength[slot]);
  }

  #shrinkActive(slot: number, count: number): void {
    const v = this.#view;
    for (let left = Math.min(count, v.activeLength[slot]); left > 0; left--) {
      const p = this.#pop(v.active, v.activeLength, slot);
      if (v.referenced[p]) this.#push(v.active, v.activeLength, slot, p);
      else this.#push(v.inactive, v.inactiveLength, slot, p);
      v.referenced[p] = 0;
      this.#changed = true;
    }
  }

  #shrinkInactive(slot: number, count: number): void {
    const v = this.#view;
    for (let left = Math.min(count, v.inactiveLength[slot]); left > 0; left--) {
      if (this.#taken.length === this.#profile.reclaimBatch) return;
      const p = this.#pop(v.inactive, v.inactiveLength, slot);
      if (v.pins[p] > 0) this.#push(v.inactive, v.inactiveLength, slot, p);
      else if (v.referenced[p]) {
        v.referenced[p] = 0;
        this.#push(v.active, v.activeLength, slot, p);
        this.#changed = true;
      } else this.#taken.push(p);
    }
  }
}
