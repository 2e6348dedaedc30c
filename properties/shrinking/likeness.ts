// When two memories of the controller are alike: a key that leaves out what it writes before it reads it again, and what pages and containers
// are called. A mutant's own memory, which has no known meaning, is taken as it is, names and all.

import type { Controller } from '../../impl/controller/index.ts';
import { BIT, CONTAINER, LINK, PAGE, SHIFT, TASK } from '../../impl/controller/tables.ts';
import { memoryKey } from '../../lockstep/index.ts';

const NONE = -1;
const { RECORD } = SHIFT;
/** Marks where a sequence of unknown length ends. */
const END = 0xfffe;

type Machine = Controller['machine'];

const known = {
  controller: new Set(['killed', 'reclaimed', 'machine', 'private_switches']),
  machine: new Set(['words', 'doubles', 'pages', 'slots', 'tasks', 'limits', 'mappings', 'reclaimed']),
  mappings: new Set([
    ...['nodes', 'task', 'page', 'pinned', 'nextOfPage', 'prevOfPage', 'nextOfTask', 'prevOfTask'],
    ...['free', 'used'],
  ]),
};

/** What the object remembers beyond the fields that the controller that ships has. */
function beyond(object: object, fields: ReadonlySet<string>): unknown[] {
  const found: unknown[] = [];
  for (const key in object) {
    if (!fields.has(key)) found.push(key, (object as Record<string, unknown>)[key]);
  }
  return found;
}

const NOTHING = memoryKey([]);

export class Likeness {
  /** The memory of its own that a new controller has: as long as it has no other, names do not matter. */
  readonly #blank: string;
  readonly #out: number[] = [];
  /** By page: its place in the order of the lists, or END. */
  #place = new Int32Array(0);
  /** Pages in that order, and containers in theirs. */
  readonly #pages: number[] = [];
  readonly #slots: number[] = [];

  readonly #taskIds: number;

  /** `tasks`: how many the scope has. */
  constructor(fresh: Controller, tasks: number) {
    this.#blank = ownMemory(fresh);
    this.#taskIds = tasks;
  }

  key(k: Controller): string {
    const m = k.machine;
    const out = this.#out;
    out.length = 0;
    this.#order(m);
    this.#containers(m);
    this.#tasks(m);
    this.#listed(m);
    this.#unlisted(m);
    const own = ownMemory(k);
    const key = String.fromCharCode(...out);
    return own === this.#blank ? key : `${key}${own} ${this.#slots.join()} ${this.#pages.join()}`;
  }

  /** Containers by their lowest member, those without by what they hold; pages as they lie on the lists. */
  #order(m: Machine): void {
    const slots = this.#slots;
    slots.length = 0;
    for (let slot = 2; slot <= m.slots; slot++) slots.push(slot);
    if (slots.length > 1) this.#sortSlots(m);
    slots.unshift(1);
    if (this.#place.length < m.pages) this.#place = new Int32Array(m.pages);
    this.#place.fill(END);
    this.#pages.length = 0;
    for (const slot of slots) {
      this.#orderList(m, m.container(slot) | BIT.ACTIVE);
      this.#orderList(m, m.container(slot));
    }
  }

  #sortSlots(m: Machine): void {
    const slots = this.#slots;
    const rank = slots.map((slot) => rankOf(m, slot));
    const order = slots.map((_, i) => i).sort((i, j) => rank[i] - rank[j] || i - j);
    const sorted = order.map((i) => slots[i]);
    for (let i = 0; i < sorted.length; i++) slots[i] = sorted[i];
  }

  #orderList(m: Machine, list: number): void {
    for (let p = m.words[list | LINK.OLDER], left = m.pages; p !== list && left-- > 0; ) {
      if (p < 0 || p >> RECORD >= m.pages || this.#place[p >> RECORD] !== END) return;
      this.#place[p >> RECORD] = this.#pages.length;
      this.#pages.push(p >> RECORD);
      p = m.words[p | LINK.OLDER];
    }
  }

  #containers(m: Machine): void {
    const out = this.#out;
    const w = m.words;
    for (const slot of this.#slots) {
      const c = m.container(slot);
      const { FAILCNT, RECLAIMS, FIRST_MEMBER, LENGTH } = CONTAINER;
      const flags =
        w[c | CONTAINER.EXISTS] |
        (m.doubles[(c | FAILCNT) >> 1] !== 0 ? 4 : 0) |
        (m.doubles[(c | RECLAIMS) >> 1] !== 0 ? 8 : 0);
      const isBlank = flags === 0 && w[c | FIRST_MEMBER] === NONE && w[c | CONTAINER.CHILDREN] === 0;
      if (isBlank && w[c | CONTAINER.USAGE] === 0) continue;
      out.push(flags, w[c | LENGTH], w[c | BIT.ACTIVE | LENGTH]);
      for (let t = w[c | FIRST_MEMBER], left = 64; t !== NONE && left-- > 0; ) {
        out.push(t);
        t = m.tasks[(t << RECORD) | TASK.NEXT_MEMBER];
      }
      out.push(END, w[c | CONTAINER.USAGE] & 0xffff, w[c | CONTAINER.CHILDREN] & 0xffff);
      if (!w[c | CONTAINER.EXISTS]) continue;
      out.push(this.#slots.indexOf(w[c | CONTAINER.PARENT]) & 0xffff);
      const ceiling = w[c | CONTAINER.CEILING];
      const limit = Number(m.limits[slot]);
      out.push(ceiling & 0xffff, ceiling >>> 16);
      if (limit !== ceiling) out.push(limit & 0xffff, (limit / 65536) & 0xffff, (limit / 2 ** 48) & 0xffff);
    }
  }

  #tasks(m: Machine): void {
    const out = this.#out;
    const room = m.tasks.length >> RECORD;
    for (let t = 0; t < this.#taskIds; t++) {
      const at = t << RECORD;
      const slot = t < room ? m.tasks[at | TASK.CONTAINER] : 0;
      if (slot === 0) {
        out.push(END);
        continue;
      }
      out.push(this.#slots.indexOf(slot) & 0xffff, m.tasks[at | TASK.MAPPED] & 0xffff);
      for (let p = m.tasks[at | TASK.FIRST_PAGE], left = m.pages; p !== NONE && left-- > 0; ) {
        out.push(this.#place[p >> RECORD]);
        p = m.words[p | PAGE.NEXT_OF_TASK];
      }
      out.push(END);
      for (let n = m.tasks[at | TASK.FIRST_NODE], left = m.pages; n !== NONE && left-- > 0; ) {
        out.push(this.#place[m.mappings.page[n] >> RECORD]);
        n = m.mappings.nextOfTask[n];
      }
      out.push(END);
    }
  }

  #listed(m: Machine): void {
    for (const id of this.#pages) this.#page(m, id << RECORD);
    this.#out.push(END);
  }

  #page(m: Machine, p: number): void {
    const out = this.#out;
    const w = m.words;
    const owner = this.#slots.indexOf(m.slotOf(m.owner(p)));
    out.push(w[p | PAGE.STATE] & 15, owner & 0xffff, w[p | PAGE.MAPPER] & 0xffff, w[p | PAGE.PINS] & 0xffff);
    for (let n = w[p | PAGE.OTHERS], left = 64; n !== NONE && left-- > 0; n = m.mappings.nextOfPage[n])
      out.push(m.mappings.task[n], m.mappings.pinned[n]);
    out.push(END);
  }

  /** Pages on no list: how many of each kind, whatever they are called. */
  #unlisted(m: Machine): void {
    const out = this.#out;
    const w = m.words;
    const blocks: string[] = [];
    for (let id = 0; id < m.pages; id++) {
      if (this.#place[id] !== END) continue;
      const p = id << RECORD;
      if (w[p | PAGE.STATE] === 0 && w[p | PAGE.MAPPER] === NONE && w[p | PAGE.PINS] === 0) continue;
      const from = out.length;
      this.#page(m, p);
      blocks.push(String.fromCharCode(...out.splice(from)));
    }
    for (const block of blocks.sort()) for (let i = 0; i < block.length; i++) out.push(block.charCodeAt(i));
  }
}

function rankOf(m: Machine, slot: number): number {
  const c = m.container(slot);
  const w = m.words;
  let lowest = 999;
  for (let t = w[c | CONTAINER.FIRST_MEMBER], left = 64; t !== NONE && left-- > 0; ) {
    lowest = Math.min(lowest, t);
    t = m.tasks[(t << RECORD) | TASK.NEXT_MEMBER];
  }
  const holds = (w[c | CONTAINER.USAGE] & 127) * 512 + (w[c | CONTAINER.CEILING] & 511);
  return (lowest * 2 + (w[c | CONTAINER.EXISTS] ? 0 : 1)) * 65536 + (65535 - holds);
}

function ownMemory(k: Controller): string {
  const own = [
    ...beyond(k, known.controller),
    ...beyond(k.machine, known.machine),
    ...beyond(k.machine.mappings, known.mappings),
  ];
  return own.length === 0 ? NOTHING : memoryKey(own);
}
