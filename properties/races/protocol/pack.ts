// State identity of the protocol: every field but failcnt and reclaimed, bit by bit, in a width that the scope fixes.

import {
  type Address,
  type Container,
  type Operation,
  type Outcome,
  type PageRecord,
  type Place,
  type Scope,
  type State,
  type Thread,
  UNLIMITED,
} from '../../../model/protocol/index.ts';

const places: readonly Place[] = [
  'idle',
  'look',
  'activate',
  'prepare',
  'attempt',
  'reclaim',
  'take',
  'kill',
  'asleep',
  'lock',
  'commit',
  'add',
  'release',
  'drop',
  'again',
  'del',
  'put',
  'exit',
  'leave',
  'join',
  'destroy',
  'ended',
];
const placeNumber = new Map(places.map((place, i) => [place, i]));
const outcomes: readonly (Outcome | null)[] = [null, 'ok', 'KILLED', 'EEXIST', 'ENOENT', 'EBUSY', 'ESRCH'];

/** All ones: "none" for an address, a thread or an operation, "unlimited" for a limit. */
const NONE = 15;
const NIBBLE = 4;

export class TooLargeToPack extends Error {
  override name = 'TooLargeToPack';
}

class Bits {
  readonly words: Uint32Array;
  readonly base: number;
  #at = 0;

  constructor(words: Uint32Array, base: number) {
    this.words = words;
    this.base = base;
  }

  put(value: number, bits: number): void {
    if (value < 0 || value >= 2 ** bits) throw new TooLargeToPack(`${value} does not fit into ${bits} bits`);
    const word = this.base + (this.#at >>> 5);
    const shift = this.#at & 31;
    this.words[word] |= value << shift;
    if (shift + bits > 32) this.words[word + 1] |= value >>> (32 - shift);
    this.#at += bits;
  }

  get(bits: number): number {
    const word = this.base + (this.#at >>> 5);
    const shift = this.#at & 31;
    let value = this.words[word] >>> shift;
    if (shift + bits > 32) value |= this.words[word + 1] << (32 - shift);
    this.#at += bits;
    return value & (2 ** bits - 1);
  }

  nibble(value: number | null): void {
    this.put(value ?? NONE, NIBBLE);
  }

  maybe(): number | null {
    const value = this.get(NIBBLE);
    return value === NONE ? null : value;
  }
}

export interface Packing {
  readonly width: number;
  pack(state: State, words: Uint32Array, at: number): void;
  unpack(words: Uint32Array, at: number): State;
}

/** Room for every container and record that the scope's threads can have in memory at once; more is refused by name, never cut off. */
export function packing(scope: Scope): Packing {
  const menus = scope.threads.map(({ program }): Operation[] => program.flat());
  const numbers = menus.map((menu) => new Map(menu.map((operation, i) => [operation.join(), i])));
  const containers = scope.containers.length + 2;
  const records = scope.threads.length * (scope.pages + 1) + scope.pages;
  const bits =
    NIBBLE * (scope.containers.length + 1) +
    containers * (1 + NIBBLE * 5 + 2 * NIBBLE + 1) +
    records * (1 + NIBBLE * 2 + 2 + 2 + NIBBLE) +
    scope.pages * (2 * NIBBLE + 2) +
    scope.tasks.length * (2 * NIBBLE + 2 * scope.pages + 1) +
    scope.threads.length * (4 + 5 + 5 + 3 * NIBBLE + 3);
  const width = Math.ceil(bits / 32);

  function pack(state: State, words: Uint32Array, at: number): void {
    words.fill(0, at, at + width);
    const out = new Bits(words, at);
    if (state.containers.length > containers || state.records.length > records) {
      throw new TooLargeToPack(`${state.containers.length} containers and ${state.records.length} records`);
    }
    for (const name of state.names) out.nibble(name);
    out.nibble(state.directoryLock);
    for (let i = 0; i < records; i++) packRecord(out, state.records[i] ?? null);
    for (let i = 0; i < containers; i++) packContainer(out, state.containers[i] ?? null);
    for (const { mapcount, record, epoch } of state.pages) {
      out.nibble(mapcount);
      out.nibble(record);
      out.put(epoch, 2);
    }
    for (const { container, maps, lock, pins, killed } of state.tasks) {
      out.nibble(container);
      out.nibble(lock);
      out.put(killed ? 1 : 0, 1);
      for (let p = 0; p < scope.pages; p++)
        out.put((maps.includes(p) ? 1 : 0) + (pins.includes(p) ? 2 : 0), 2);
    }
    state.threads.forEach((thread, k) => {
      packThread(out, thread, numbers[k].get(thread.operation?.join() ?? '') ?? 31);
    });
  }

  function unpack(words: Uint32Array, at: number): State {
    const from = new Bits(words, at);
    const names = scope.containers.map(() => from.maybe());
    const directoryLock = from.maybe();
    const recordsRead = trimmed(Array.from({ length: records }, () => unpackRecord(from)));
    const containersRead = trimmed(Array.from({ length: containers }, () => unpackContainer(from)));
    const pages = Array.from({ length: scope.pages }, () => ({
      mapcount: from.get(NIBBLE),
      record: from.maybe(),
      epoch: from.get(2),
    }));
    const tasks = scope.tasks.map(() => {
      const container = from.maybe();
      const lock = from.maybe();
      const killed = from.get(1) === 1;
      const marks = Array.from({ length: scope.pages }, () => from.get(2));
      const having = (bit: number) => marks.flatMap((mark, p) => (mark & bit ? [p] : []));
      return { container, lock, killed, maps: having(1), pins: having(2) };
    });
    const threads = scope.threads.map((_, k) => unpackThread(from, menus[k]));
    return {
      scope,
      names,
      directoryLock,
      records: recordsRead,
      containers: containersRead,
      pages,
      tasks,
      threads,
    };
  }

  return { width, pack, unpack };
}

function packRecord(out: Bits, record: PageRecord | null): void {
  out.put(record ? 1 : 0, 1);
  if (!record) return;
  out.nibble(record.page);
  out.nibble(record.container);
  out.put(record.epoch, 2);
  out.put((record.charged ? 1 : 0) + (record.freed ? 2 : 0), 2);
}

function unpackRecord(from: Bits): PageRecord | null {
  if (from.get(1) === 0) return null;
  const [page, container, epoch, marks] = [from.get(NIBBLE), from.get(NIBBLE), from.get(2), from.get(2)];
  return { page, container, epoch, charged: (marks & 1) > 0, freed: (marks & 2) > 0 };
}

/** Counters are kept one higher, so that a counter that fell below 0 can still be shown. */
function packContainer(out: Bits, c: Container | null): void {
  out.put(c ? 1 : 0, 1);
  if (!c) return;
  out.nibble(c.name);
  out.nibble(c.limit === UNLIMITED ? null : c.limit);
  out.nibble(c.usage + 1);
  out.nibble(c.refs + 1);
  out.nibble(c.lock);
  out.put(c.freed ? 1 : 0, 1);
  for (const list of [c.active, c.inactive]) {
    out.nibble(list.length);
    for (const at of list) out.nibble(at);
  }
}

function unpackContainer(from: Bits): Container | null {
  if (from.get(1) === 0) return null;
  const name = from.get(NIBBLE);
  const limit = from.maybe() ?? UNLIMITED;
  const usage = from.get(NIBBLE) - 1;
  const refs = from.get(NIBBLE) - 1;
  const lock = from.maybe();
  const freed = from.get(1) === 1;
  const list = (): Address[] => Array.from({ length: from.get(NIBBLE) }, () => from.get(NIBBLE));
  return {
    name,
    limit,
    usage,
    refs,
    failcnt: 0,
    reclaimed: 0,
    lock,
    freed,
    active: list(),
    inactive: list(),
  };
}

function packThread(out: Bits, thread: Thread, operation: number): void {
  out.put(thread.at, 4);
  out.put(operation, 5);
  out.put(placeNumber.get(thread.place) as number, 5);
  out.nibble(thread.record);
  out.nibble(thread.target);
  out.nibble(thread.container);
  out.put(outcomes.indexOf(thread.answer), 3);
}

function unpackThread(from: Bits, menu: readonly Operation[]): Thread {
  return {
    at: from.get(4),
    operation: menu[from.get(5)] ?? null,
    place: places[from.get(5)],
    record: from.maybe(),
    target: from.maybe(),
    container: from.maybe(),
    answer: outcomes[from.get(3)],
  };
}

function trimmed<T>(items: (T | null)[]): (T | null)[] {
  while (items.length > 0 && items.at(-1) === null) items.pop();
  return items;
}
