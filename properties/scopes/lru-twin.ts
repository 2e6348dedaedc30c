// The LRU spec straight on packed words: a list is one number of four bits a page, its head lowest.
// Proved equal to the readable model on every reachable state of small scopes (tests/check-twin.test.ts). Longer than most files: one transition
// system, one place.

import type * as checker from '../../checker/model.ts';
import type { Errno, Profile, Scope } from '../../model/index.ts';
import { Forest, NOBODY } from './forest.ts';
import { Images } from './images.ts';
import { type Fields, Layout, MOST_PAGES } from './layout.ts';
import { PackedJudge } from './packed-judge.ts';
import { Trail } from './trail.ts';

type Emit = (moveIndex: number) => void;

const INACTIVE = 0;
const ACTIVE = 1;

/** What a move works on: the fields without the lists, the lists themselves, their lengths (slot * 2 + active), the referenced pages. */
interface Work {
  readonly fields: Fields;
  readonly lists: Int32Array;
  readonly lengths: Int32Array;
  referenced: number;
}

function size(mask: number): number {
  let n = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) n++;
  return n;
}

export class LruTwin implements checker.PackedTwin {
  readonly width: number;
  #images: Images | null = null;
  readonly #layout: Layout;
  readonly #profile: Profile;
  readonly #scope: Scope;
  readonly #limit: number;
  readonly #container: number;
  readonly #maps: number;
  readonly #pins: number;
  readonly #unlimited: number;
  readonly #forest: Forest;
  readonly #base: Work;
  #words: Uint32Array = new Uint32Array(0);
  #at = 0;
  readonly #work: Work;
  #refused = 0;
  #move = 0;
  #mapped = 0;
  #out: Uint32Array = new Uint32Array(0);
  #emit: Emit = () => {};
  readonly trail: Trail;

  constructor(profile: Profile, scope: Scope, nested = profile.hierarchy === 'nested') {
    if (scope.pages > MOST_PAGES) {
      throw new RangeError(`${scope.pages} pages: a packed list has room for ${MOST_PAGES}`);
    }
    const layout = new Layout(scope, { root: profile.root, nested, lists: true });
    const work = (): Work => ({
      fields: new Int32Array(layout.size),
      lists: new Int32Array(layout.slots * 2),
      lengths: new Int32Array(layout.slots * 2),
      referenced: 0,
    });
    this.#layout = layout;
    this.#profile = profile;
    this.#scope = scope;
    this.#limit = layout.at.limit;
    this.#container = layout.at.container;
    this.#maps = layout.at.maps;
    this.#pins = layout.at.pins;
    this.#unlimited = layout.unlimited;
    this.#forest = new Forest(layout, profile);
    this.#base = work();
    this.#work = work();
    this.trail = new Trail(this.#base.fields, layout.slots);
    this.width = layout.width;
  }

  initial(words: Uint32Array, at: number): number {
    for (let k = 0; k < this.width; k++) words[at + k] = 0;
    return 1;
  }

  /** Made when first asked for: there are very many in a large scope. */
  get #renamed(): Images {
    return (this.#images ??= new Images('lru', this.#layout));
  }

  get images(): number {
    return this.#renamed.count;
  }

  image(words: Uint32Array, at: number, out: Uint32Array, symmetry: number): void {
    this.#renamed.image(words, at, out, symmetry);
  }

  /** Null: some of these claims look at more than an observer can see. */
  judge(claims: readonly string[]): checker.PackedJudge | null {
    return PackedJudge.of('lru', this.#profile, this.#layout, this, claims);
  }

  successors(words: Uint32Array, at: number, out: Uint32Array, emit: Emit): number {
    this.#read(words, at);
    this.#mapped = this.#union(this.#base.fields, this.#maps);
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

  #read(words: Uint32Array, at: number): void {
    const { fields, lists, lengths } = this.#base;
    const { list, place, referenced } = this.#layout.at;
    this.#words = words;
    this.#at = at;
    this.#layout.unpack(words, at, fields);
    this.#forest.read(fields);
    lists.fill(0);
    lengths.fill(0);
    for (let p = 0; p < this.#scope.pages; p++) {
      if (fields[list + p] === 0) continue;
      lists[fields[list + p] - 1] |= p << (fields[place + p] * 4);
      lengths[fields[list + p] - 1]++;
    }
    this.#base.referenced = fields[referenced];
  }

  /** A copy of the base state, for a move to change. */
  #begin(): Work {
    this.trail.begin();
    const { fields, lists, lengths, referenced } = this.#base;
    const work = this.#work;
    for (let i = 0; i < fields.length; i++) work.fields[i] = fields[i];
    for (let i = 0; i < lists.length; i++) {
      work.lists[i] = lists[i];
      work.lengths[i] = lengths[i];
    }
    work.referenced = referenced;
    return work;
  }

  #found(work: Work): void {
    this.#list(work);
    this.#layout.pack(work.fields, this.#out, 0);
    this.trail.next = work.fields;
    this.#emit(this.#move);
  }

  /** Writes the lists into the fields. */
  #list({ fields, lists, lengths, referenced }: Work): void {
    const { at } = this.#layout;
    for (let p = 0; p < this.#scope.pages; p++) {
      fields[at.list + p] = 0;
      fields[at.place + p] = 0;
    }
    for (let l = 0; l < lists.length; l++) {
      let rest = lists[l];
      for (let i = 0; i < lengths[l]; i++, rest >>>= 4) {
        fields[at.list + (rest & 15)] = l + 1;
        fields[at.place + (rest & 15)] = i;
      }
    }
    fields[at.referenced] = referenced;
  }

  /** The base state with one field changed; its lists still stand in its fields. */
  #with(field: number, value: number): void {
    const { fields } = this.#base;
    const was = fields[field];
    fields[field] = value;
    this.#layout.put(this.#words, this.#at, this.#out, field, value);
    this.trail.begin();
    this.trail.next = fields;
    this.#emit(this.#move);
    fields[field] = was;
  }

  /** The base state. */
  #stay(): void {
    this.#with(0, this.#base.fields[0]);
  }

  #containers(): void {
    const { containers } = this.#scope;
    const { fields } = this.#base;
    for (let c = 0; c < containers; c++) {
      if (fields[this.#limit + c]) this.#refuse('EEXIST');
      else this.#with(this.#limit + c, this.#unlimited);
      this.#move++;
      if (this.#layout.nested) this.#mkdirsWithin(c);
    }
    for (let c = 0; c < containers; c++, this.#move++) {
      if (fields[this.#limit + c] === 0) {
        this.#refuse('ENOENT');
        continue;
      }
      const work = this.#begin();
      if (this.#remove(work, c)) this.#found(work);
      else this.#refuse('EBUSY');
    }
  }

  /** Makes container c within each other one. */
  #mkdirsWithin(c: number): void {
    const { fields } = this.#base;
    for (let q = 0; q < this.#scope.containers; q++) {
      if (q === c) continue;
      const errno = fields[this.#limit + c] ? 'EEXIST' : this.#forest.refusesChildren(fields, q);
      if (errno) {
        this.#refuse(errno);
      } else {
        const work = this.#begin();
        work.fields[this.#limit + c] = this.#unlimited;
        work.fields[this.#layout.at.parent + c] = q + 1;
        this.#found(work);
      }
      this.#move++;
    }
  }

  /** False, and nothing is done, if the container is busy. */
  #remove({ fields, lists, lengths }: Work, c: number): boolean {
    const owns = lengths[c * 2] + lengths[c * 2 + 1] > 0;
    if (owns && this.#profile.rmdirCharged === 'EBUSY') return false;
    if (this.#forest.isBusy(fields, c)) return false;
    const heir = this.#forest.heir(fields, c);
    fields[this.#limit + c] = 0;
    if (this.#layout.nested) fields[this.#layout.at.parent + c] = 0;
    for (const kind of [INACTIVE, ACTIVE]) {
      const from = c * 2 + kind;
      const to = heir * 2 + kind;
      if (lengths[from] === 0) continue;
      lists[to] = (lists[to] << (4 * lengths[from])) | lists[from];
      lengths[to] += lengths[from];
      lists[from] = 0;
      lengths[from] = 0;
    }
    return true;
  }

  /** The state moved by every task's exit, then every container's removal, those within others first. */
  unwound(words: Uint32Array, at: number): Fields {
    const { containers, tasks } = this.#scope;
    this.#read(words, at);
    const work = this.#begin();
    for (let t = 0; t < tasks; t++) if (work.fields[this.#container + t]) this.#end(work, t);
    for (let depth = this.#layout.nested ? containers : 1; depth > 0; depth--)
      for (let c = 0; c < containers; c++) if (work.fields[this.#limit + c]) this.#remove(work, c);
    this.#list(work);
    return work.fields;
  }

  #tasks(): void {
    const { containers, tasks } = this.#scope;
    const { fields } = this.#base;
    for (let t = 0; t < tasks; t++) {
      for (let c = 0; c < containers; c++, this.#move++) {
        if (fields[this.#container + t]) this.#refuse('EEXIST');
        else if (!this.#forest.takesTasks(fields, c))
          this.#refuse(fields[this.#limit + c] ? 'EBUSY' : 'ENOENT');
        else this.#with(this.#container + t, c + 1);
      }
    }
    for (let t = 0; t < tasks; t++) {
      for (let u = 0; u < tasks; u++, this.#move++) {
        if (!fields[this.#container + t] || fields[this.#container + u]) {
          this.#refuse(fields[this.#container + t] ? 'EEXIST' : 'ESRCH');
          continue;
        }
        const work = this.#begin();
        work.fields[this.#container + u] = fields[this.#container + t];
        work.fields[this.#maps + u] = fields[this.#maps + t];
        this.#found(work);
      }
    }
    for (let t = 0; t < tasks; t++, this.#move++) {
      if (!fields[this.#container + t]) {
        this.#refuse('ESRCH');
        continue;
      }
      const work = this.#begin();
      this.#end(work, t);
      this.#found(work);
    }
    for (let t = 0; t < tasks; t++) {
      for (let c = 0; c < containers; c++, this.#move++) {
        if (!fields[this.#container + t]) this.#refuse('ESRCH');
        else if (!this.#forest.takesTasks(fields, c))
          this.#refuse(fields[this.#limit + c] ? 'EBUSY' : 'ENOENT');
        else this.#with(this.#container + t, c + 1);
      }
    }
  }

  #pages(): void {
    const { tasks, pages } = this.#scope;
    const { fields } = this.#base;
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++, this.#move++) {
        if (fields[this.#container + t]) this.#touch(t, p);
        else this.#refuse('ESRCH');
      }
    }
    for (let t = 0; t < tasks; t++) {
      for (let p = 0; p < pages; p++, this.#move++) {
        if (!fields[this.#container + t]) {
          this.#refuse('ESRCH');
          continue;
        }
        if ((fields[this.#maps + t] & (1 << p)) === 0) {
          this.#stay();
          continue;
        }
        const work = this.#begin();
        this.#unmap(work, t, p);
        this.#found(work);
      }
    }
    for (let t = 0; t < tasks; t++) {
      const maps = fields[this.#maps + t];
      for (let p = 0; p < pages; p++) {
        for (let q = 0; q < pages; q++, this.#move++) {
          if ((maps & (1 << p)) === 0 || this.#mapped & (1 << q)) {
            this.#refuse(fields[this.#container + t] ? 'EINVAL' : 'ESRCH');
            continue;
          }
          const work = this.#begin();
          if (this.#fault(work, t, q)) this.#unmap(work, t, p);
          this.#found(work);
        }
      }
    }
    for (const pinned of [true, false]) {
      for (let t = 0; t < tasks; t++) {
        const pins = fields[this.#pins + t];
        for (let p = 0; p < pages; p++, this.#move++) {
          if ((fields[this.#maps + t] & (1 << p)) === 0)
            this.#refuse(fields[this.#container + t] ? 'ENOMEM' : 'ESRCH');
          else this.#with(this.#pins + t, pinned ? pins | (1 << p) : pins & ~(1 << p));
        }
      }
    }
  }

  #limits(): void {
    const { containers, limit } = this.#scope;
    for (let c = 0; c < containers; c++) {
      for (let n = 0; n <= limit; n++, this.#move++) {
        if (!this.#base.fields[this.#limit + c]) this.#refuse('ENOENT');
        else if (this.#profile.lowerLimit === 'lazy') this.#with(this.#limit + c, n + 1);
        else this.#lower(this.#begin(), c, n);
      }
    }
  }

  #evictions(): void {
    const free = this.#mapped & ~this.#union(this.#base.fields, this.#pins);
    for (let p = 0; p < this.#scope.pages; p++, this.#move++) {
      if ((free & (1 << p)) === 0) {
        this.#stay();
        continue;
      }
      const work = this.#begin();
      this.#free(work, p);
      this.trail.reclaimed.push(p);
      this.#found(work);
    }
  }

  // Lists.

  #push({ lists, lengths }: Work, list: number, p: number): void {
    lists[list] = (lists[list] << 4) | p;
    lengths[list]++;
  }

  #popTail({ lists, lengths }: Work, list: number): number {
    const shift = --lengths[list] * 4;
    const p = (lists[list] >>> shift) & 15;
    lists[list] &= ~(15 << shift);
    return p;
  }

  /** Takes p off the list it is on, if it is on this one. */
  #drop({ lists, lengths }: Work, list: number, p: number): boolean {
    for (let i = 0; i < lengths[list]; i++) {
      if (((lists[list] >>> (i * 4)) & 15) !== p) continue;
      const newer = lists[list] & ((1 << (i * 4)) - 1);
      lists[list] = (((lists[list] >>> (i * 4)) >>> 4) << (i * 4)) | newer;
      lengths[list]--;
      return true;
    }
    return false;
  }

  // What the moves share.

  #refuse(errno: Errno): void {
    this.#refused++;
    if (this.trail.keepsRefusals) this.trail.refuse(this.#move, errno);
  }

  #union(fields: Fields, from: number): number {
    let mask = 0;
    for (let t = 0; t < this.#scope.tasks; t++) mask |= fields[from + t];
    return mask;
  }

  /** Off its owner's list; the next life of the page starts unreferenced. */
  #unlink(work: Work, p: number): void {
    for (let list = 0; list < work.lists.length; list++) if (this.#drop(work, list, p)) break;
    work.referenced &= ~(1 << p);
  }

  #unmap(work: Work, t: number, p: number): void {
    const { fields } = work;
    if ((fields[this.#maps + t] & (1 << p)) === 0) return;
    fields[this.#maps + t] &= ~(1 << p);
    fields[this.#pins + t] &= ~(1 << p);
    if ((this.#union(fields, this.#maps) & (1 << p)) === 0) this.#unlink(work, p);
  }

  #end(work: Work, t: number): void {
    for (let p = 0; p < this.#scope.pages; p++) this.#unmap(work, t, p);
    work.fields[this.#container + t] = 0;
  }

  /** Takes p from everybody. */
  #free(work: Work, p: number): void {
    for (let t = 0; t < this.#scope.tasks; t++) {
      work.fields[this.#maps + t] &= ~(1 << p);
      work.fields[this.#pins + t] &= ~(1 << p);
    }
    this.#unlink(work, p);
  }

  #touch(t: number, p: number): void {
    const work = this.#begin();
    const { fields } = work;
    const mapped = this.#mapped & (1 << p);
    if (fields[this.#maps + t] & (1 << p)) this.#reference(work, p);
    else if (mapped && this.#profile.nthMapping === 'free') this.#join(work, t, p);
    else this.#fault(work, t, p);
    this.#found(work);
  }

  #join(work: Work, t: number, p: number): void {
    work.fields[this.#maps + t] |= 1 << p;
    this.#reference(work, p);
  }

  #reference(work: Work, p: number): void {
    if ((work.referenced & (1 << p)) === 0) {
      work.referenced |= 1 << p;
      return;
    }
    for (let list = INACTIVE; list < work.lists.length; list += 2) {
      if (!this.#drop(work, list, p)) continue;
      this.#push(work, list + ACTIVE, p);
      work.referenced &= ~(1 << p);
      return;
    }
  }

  /** The pages on the lists of c's subtree. */
  #usage({ lengths }: Work, c: number): number {
    if (!this.#layout.nested) return lengths[c * 2] + lengths[c * 2 + 1];
    let sum = 0;
    for (let id = 0; id < this.#scope.containers; id++)
      if (this.#forest.isBelow(c, id)) sum += lengths[id * 2] + lengths[id * 2 + 1];
    return sum;
  }

  #fits(work: Work, c: number): boolean {
    const limit = work.fields[this.#limit + c];
    if (limit === this.#unlimited) return true;
    if (limit === 1 && this.#profile.zeroLimit === 'unlimited') return true;
    return this.#usage(work, c) + 1 <= limit - 1;
  }

  /** The first of c's path that has no room for a page more; NOBODY if all have. The root is unlimited. */
  #refuser(work: Work, c: number): number {
    let at = c;
    while (at !== NOBODY && this.#fits(work, at)) at = this.#forest.above[at];
    return at;
  }

  /** Charge, then map. False: t was killed. */
  #fault(work: Work, t: number, p: number): boolean {
    const { fields } = work;
    const c = fields[this.#container + t] - 1;
    for (let full = this.#refuser(work, c); full !== NOBODY; full = this.#refuser(work, c)) {
      this.trail.count(full);
      if (this.#reclaim(work, full)) {
        this.trail.reclaims[full]++;
        continue;
      }
      this.#kill(work, full);
      if (fields[this.#container + t] !== 0) continue;
      this.trail.outcome = 'KILLED';
      return false;
    }
    if (this.#union(fields, this.#maps) & (1 << p)) {
      this.#join(work, t, p);
    } else {
      this.#push(work, c * 2 + ACTIVE, p);
      fields[this.#maps + t] |= 1 << p;
    }
    return true;
  }

  /** Of the tasks in c's subtree the one with the most mapped pages; among equals the lowest. */
  #kill(work: Work, c: number): void {
    let victim = -1;
    let most = -1;
    for (let t = 0; t < this.#scope.tasks; t++) {
      const maps = size(work.fields[this.#maps + t]);
      if (!this.#forest.livesBelow(work.fields, t, c) || maps <= most) continue;
      most = maps;
      victim = t;
    }
    this.#end(work, victim);
    this.trail.killed.push(victim);
  }

  #lower(work: Work, c: number, n: number): void {
    const { fields } = work;
    for (;;) {
      while (this.#usage(work, c) > n && this.#reclaim(work, c));
      if (this.#usage(work, c) <= n) break;
      if (this.#profile.lowerLimit === 'reclaim or EBUSY') {
        this.trail.outcome = 'EBUSY';
        this.#found(work);
        return;
      }
      let member = false;
      for (let t = 0; t < this.#scope.tasks; t++) member ||= this.#forest.livesBelow(fields, t, c);
      if (!member) break;
      this.#kill(work, c);
    }
    fields[this.#limit + c] = n + 1;
    this.#found(work);
  }

  // The two-list policy.

  /** The most passes that a reclaim has needed so far. */
  passes = 0;
  #taken = 0;
  #changed = false;

  /** Rounds over the containers of c's subtree; what they took is freed at the end. False: nothing was taken. */
  #reclaim(work: Work, c: number): boolean {
    const { lengths } = work;
    this.#taken = 0;
    const before = this.trail.reclaimed.length;
    if (this.#profile.scan === '13 passes') {
      for (let priority = 12; priority >= 0 && this.#taken === 0; priority--) {
        this.#shrinkActive(work, c, (lengths[c * 2 + ACTIVE] >> priority) + 1);
        this.#shrinkInactive(work, c, (lengths[c * 2] >> priority) + 1);
      }
    } else {
      let round = 0;
      do {
        this.passes = Math.max(this.passes, ++round);
        this.#changed = false;
        this.#round(work, c);
      } while (this.#taken === 0 && this.#changed);
    }
    const { reclaimed } = this.trail;
    for (let i = before; i < reclaimed.length; i++) this.#free(work, reclaimed[i]);
    return this.#taken !== 0;
  }

  /** A pass over the lists of each container of c's subtree, in ascending order. */
  #round(work: Work, c: number): void {
    const { lengths } = work;
    for (let id = 0; id < this.#scope.containers; id++) {
      if (!this.#forest.isBelow(c, id)) continue;
      if (size(this.#taken) >= this.#profile.reclaimBatch) return;
      this.#shrinkActive(work, id, Math.max(lengths[id * 2 + ACTIVE] - lengths[id * 2], 1));
      this.#shrinkInactive(work, id, lengths[id * 2]);
    }
  }

  #shrinkActive(work: Work, c: number, count: number): void {
    for (let left = Math.min(count, work.lengths[c * 2 + ACTIVE]); left > 0; left--) {
      const p = this.#popTail(work, c * 2 + ACTIVE);
      const again = work.referenced & (1 << p);
      work.referenced &= ~(1 << p);
      this.#push(work, c * 2 + (again ? ACTIVE : INACTIVE), p);
      this.#changed = true;
    }
  }

  #shrinkInactive(work: Work, c: number, count: number): void {
    const pinned = this.#union(work.fields, this.#pins);
    for (let left = Math.min(count, work.lengths[c * 2]); left > 0; left--) {
      if (size(this.#taken) === this.#profile.reclaimBatch) return;
      const p = this.#popTail(work, c * 2);
      if (pinned & (1 << p)) {
        this.#push(work, c * 2, p);
      } else if (work.referenced & (1 << p)) {
        work.referenced &= ~(1 << p);
        this.#push(work, c * 2 + ACTIVE, p);
        this.#changed = true;
      } else {
        this.#taken |= 1 << p;
        this.trail.reclaimed.push(p);
      }
    }
  }
}
