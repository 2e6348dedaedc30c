// What a step reads and writes, and what a thread may still read and write in all the rest of its life: the ground of the reduction.
// Longer than most files: it follows the protocol step by step.

import type { Operation, PageId, Scope, State, TaskId, ThreadId } from '../../../model/protocol/index.ts';

/** Sets of objects as bits. Two additions commute with each other; neither commutes with a read or a write. */
export interface Footprint {
  reads: number;
  writes: number;
  adds: number;
}

export const conflict = (a: Footprint, b: Footprint): boolean =>
  (a.writes & (b.reads | b.writes | b.adds)) !== 0 ||
  (b.writes & (a.reads | a.writes | a.adds)) !== 0 ||
  (a.reads & b.adds) !== 0 ||
  (a.adds & b.reads) !== 0;

export const union = (into: Footprint, other: Footprint): void => {
  into.reads |= other.reads;
  into.writes |= other.writes;
  into.adds |= other.adds;
};

export interface Footprints {
  /** The steps that thread k could take next, enabled or not. */
  now(state: State, k: ThreadId): Footprint;
  /** Everything that thread k may do from here to its end, whatever the others do. */
  ever(state: State, k: ThreadId): Footprint;
}

export function footprints(scope: Scope): Footprints {
  const containers = scope.containers.length + 2;
  let bits = 0;
  const family = (size: number) => {
    const from = bits;
    bits += size;
    return { one: (i: number) => 1 << (from + i), all: (2 ** size - 1) * 2 ** from };
  };
  const table = family(scope.tasks.length);
  const home = family(scope.tasks.length);
  const killed = family(scope.tasks.length);
  const page = family(scope.pages);
  /** Lock, lists, usage, limit and membership of a container. */
  const container = family(containers);
  const refs = family(containers);
  const pool = family(scope.threads.length);
  const directory = family(1).all;
  /** A begin reads it, an end adds to it: the order of begins and ends is what real time is, and what rest is. */
  const time = family(1).all;
  if (bits > 31) throw new RangeError(`scope ${scope.name}: ${bits} objects, 31 can be told apart`);

  const none = (): Footprint => ({ reads: 0, writes: 0, adds: 0 });
  const taskOf = (k: ThreadId): TaskId | null => scope.threads[k].task;
  const recordOf = (state: State, at: number | null) => (at === null ? null : (state.records[at] ?? null));
  const of = (at: number | null | undefined) => (at == null ? container.all : container.one(at));
  const refsOf = (at: number | null | undefined) => (at == null ? refs.all : refs.one(at));
  const poolOf = (at: number | null) => (at === null ? pool.all : pool.one(at % scope.threads.length));
  const pinners = scope.tasks.reduce(
    (sum, { pins = [] }, t) => (pins.length > 0 ? sum | table.one(t) : sum),
    0,
  );

  // What may still happen, from the programs.

  function left(state: State, k: ThreadId): Operation[] {
    const { place, at } = state.threads[k];
    if (place === 'ended') return [];
    const { operation } = state.threads[k];
    const rest = scope.threads[k].program.slice(operation ? at + 1 : at).flat();
    return operation ? [operation, ...rest] : rest;
  }

  const leftOf = (state: State): { k: ThreadId; operation: Operation }[] =>
    scope.threads.flatMap((_, k) => left(state, k).map((operation) => ({ k, operation })));

  /** Some charge may be refused: then pages may be taken and tasks killed. */
  function tight(state: State): boolean {
    const all = leftOf(state);
    return state.containers.some((c, at) => {
      if (!c || c.freed) return false;
      const touches = all.filter(
        ({ k, operation }) =>
          operation[0] === 'touch' && (homesOf(state, taskOf(k) as TaskId) & container.one(at)) !== 0,
      );
      const limits = all.flatMap(({ operation }) =>
        operation[0] === 'setLimit' && operation[1] === c.name ? [operation[2]] : [],
      );
      return touches.length > 0 && Math.min(c.limit, ...limits) < c.usage + touches.length;
    });
  }

  /** The memory that name c stands for, now and later. */
  function named(state: State, c: number): number {
    const at = state.names[c];
    const stays = !leftOf(state).some(
      ({ operation }) => operation[0] === 'rmdir' || operation[0] === 'mkdir',
    );
    return at !== null && stays ? container.one(at) : container.all;
  }

  const dies = (state: State, t: TaskId): boolean =>
    state.tasks[t].killed ||
    tight(state) ||
    leftOf(state).some(({ k, operation }) => operation[0] === 'exit' && taskOf(k) === t);

  /** The containers that task t may be in from now on. */
  function homesOf(state: State, t: TaskId): number {
    const all = leftOf(state);
    if (all.some(({ operation }) => operation[0] === 'fork' && operation[1] === t)) return container.all;
    const at = state.tasks[t].container;
    return all.reduce(
      (homes, { operation }) =>
        operation[0] === 'move' && operation[1] === t ? homes | named(state, operation[2]) : homes,
      at === null ? 0 : container.one(at),
    );
  }

  /** The containers that may own page p from now on. */
  function ownersOf(state: State, p: PageId): number {
    let owners = 0;
    for (const record of state.records) if (record?.page === p) owners |= container.one(record.container);
    for (const { k, operation } of leftOf(state)) {
      if (operation[0] === 'touch' && operation[1] === p) owners |= homesOf(state, taskOf(k) as TaskId);
    }
    return owners;
  }

  function pagesOf(state: State, t: TaskId): PageId[] {
    const forked = leftOf(state).some(({ operation }) => operation[0] === 'fork' && operation[1] === t);
    const pages = new Set(forked ? state.pages.keys() : state.tasks[t].maps);
    for (const { k, operation } of leftOf(state)) {
      if (operation[0] === 'touch' && taskOf(k) === t) pages.add(operation[1]);
    }
    return [...pages];
  }

  const mappersOf = (state: State, p: PageId): number =>
    scope.tasks.reduce((sum, _, t) => (pagesOf(state, t).includes(p) ? sum | table.one(t) : sum), 0);

  function gone(state: State, p: PageId): Footprint {
    const owners = ownersOf(state, p);
    return {
      reads: 0,
      writes: page.one(p) | owners,
      adds: ((owners / container.one(0)) * refs.one(0)) | pool.all | time,
    };
  }

  function rundown(state: State, t: TaskId): Footprint {
    const it = {
      reads: 0,
      writes: home.one(t) | killed.one(t) | table.one(t) | homesOf(state, t),
      adds: time,
    };
    for (const p of pagesOf(state, t)) union(it, gone(state, p));
    return it;
  }

  /** Taking pages other than `but` of anybody in containers `from`. */
  function taking(state: State, but: PageId | null): Footprint {
    const it = none();
    it.reads |= pinners | time;
    for (const p of state.pages.keys()) {
      if (p === but) continue;
      it.writes |= mappersOf(state, p);
      union(it, gone(state, p));
    }
    return it;
  }

  function touching(state: State, k: ThreadId, p: PageId): Footprint {
    const t = taskOf(k) as TaskId;
    const homes = homesOf(state, t);
    const it: Footprint = {
      reads: home.one(t) | killed.one(t) | time,
      writes: table.one(t) | page.one(p) | homes | ownersOf(state, p) | pool.one(k),
      adds: ((homes / container.one(0)) * refs.one(0)) | time,
    };
    if (tight(state)) {
      union(it, taking(state, p));
      it.writes |= killed.all;
      it.reads |= home.all;
    }
    return it;
  }

  /** A touch that has its charge, or needs none: it links or backs out, and answers. */
  function committing(state: State, k: ThreadId): Footprint {
    const { operation, record, target } = state.threads[k];
    const t = taskOf(k) as TaskId;
    const at = recordOf(state, record)?.container ?? recordOf(state, target)?.container;
    return {
      reads: killed.one(t),
      writes: table.one(t) | page.one(operation?.[1] as number) | of(at),
      adds: refsOf(at) | pool.one(k) | time,
    };
  }

  function all(state: State, k: ThreadId, operation: Operation): Footprint {
    const t = taskOf(k);
    switch (operation[0]) {
      case 'touch':
        return touching(state, k, operation[1]);
      case 'unmap': {
        const it = gone(state, operation[1]);
        it.writes |= table.one(t as TaskId);
        it.reads |= killed.one(t as TaskId) | home.one(t as TaskId) | time;
        return it;
      }
      case 'exit': {
        const it = rundown(state, t as TaskId);
        it.reads |= time;
        return it;
      }
      case 'fork':
        return {
          reads: home.one(t as TaskId) | killed.one(t as TaskId) | directory | time,
          writes:
            home.one(operation[1]) |
            table.one(t as TaskId) |
            table.one(operation[1]) |
            page.all |
            container.all,
          adds: time,
        };
      case 'move':
        return {
          reads: directory | killed.one(operation[1]) | time,
          writes: home.one(operation[1]) | homesOf(state, operation[1]) | named(state, operation[2]),
          adds: time,
        };
      case 'setLimit':
      case 'age':
        return { reads: directory | time, writes: named(state, operation[1]), adds: time };
      case 'mkdir':
        return { reads: time, writes: directory | container.all, adds: time };
      case 'rmdir':
        return { reads: refs.all | time, writes: directory | container.all, adds: time };
      case 'scan': {
        const it = taking(state, null);
        it.reads |= directory | container.all;
        return it;
      }
      case 'truncate': {
        const it = taking(state, null);
        it.reads |= time;
        return it;
      }
    }
  }

  const past = new Set(['look', 'activate', 'lock', 'commit', 'add', 'release', 'drop']);

  function ever(state: State, k: ThreadId): Footprint {
    const { place, operation, answer } = state.threads[k];
    const it = none();
    if (place === 'ended') return it;
    const t = taskOf(k);
    const mayTruncate = () => leftOf(state).some((one) => one.operation[0] === 'truncate');
    const isPast = (): boolean => {
      if (place === 'release' || place === 'drop') return answer !== null;
      if (place === 'lock') {
        const record = recordOf(state, state.threads[k].record);
        return !mayTruncate() && record?.epoch === state.pages[record?.page ?? 0].epoch;
      }
      return past.has(place);
    };
    if (operation) {
      union(it, operation[0] === 'touch' && isPast() ? committing(state, k) : all(state, k, operation));
    }
    const later = left(state, k).slice(operation ? 1 : 0);
    for (const one of later) union(it, all(state, k, one));
    if (t !== null && dies(state, t)) union(it, rundown(state, t));
    return it;
  }

  // The next step.

  function now(state: State, k: ThreadId): Footprint {
    const { place, operation, record, target, answer, at } = state.threads[k];
    const t = taskOf(k) as TaskId;
    const own = recordOf(state, record);
    const aimed = recordOf(state, target);
    const p = operation?.[1] as number;
    const base = { reads: 0, writes: 0, adds: 0 };
    switch (place) {
      case 'ended':
        return base;
      case 'idle': {
        const it = none();
        if (taskOf(k) !== null) it.reads |= home.one(t) | killed.one(t);
        for (const one of scope.threads[k].program[at] ?? []) union(it, beginning(state, k, one));
        if (taskOf(k) !== null && state.tasks[t].killed) it.writes |= home.one(t);
        return it;
      }
      case 'look':
        return { ...base, reads: page.one(p), writes: table.one(t), adds: time };
      case 'activate':
        return { ...base, writes: of(aimed?.container) | table.one(t), adds: time };
      case 'prepare':
        return { reads: home.one(t), writes: pool.one(k), adds: refsOf(state.tasks[t].container) };
      case 'asleep':
      case 'attempt':
        return { ...base, reads: killed.one(t) | home.one(t), writes: of(own?.container) };
      case 'reclaim':
        return { ...base, reads: page.all | of(own?.container) | pinners | time };
      case 'kill':
        return {
          ...base,
          reads: page.all | home.all | pinners | time | of(own?.container),
          writes: killed.all,
        };
      case 'take':
        return {
          ...base,
          reads: table.all | page.all,
          writes: taken(state, aimed?.page ?? null),
          adds: time,
        };
      case 'del':
        return { ...base, writes: of(aimed?.container) };
      case 'put':
        return { ...base, adds: refsOf(aimed?.container) | poolOf(target) | time };
      case 'lock':
        return { ...base, reads: killed.one(t) | page.one(p), writes: table.one(t) };
      case 'commit':
        return { ...base, writes: table.one(t) | page.one(p) };
      case 'add':
        return { ...base, writes: of(own?.container) | page.one(p) | table.one(t), adds: time };
      case 'release':
        return { ...base, writes: of(own?.container) };
      case 'drop': {
        const dying = answer === 'KILLED' ? home.one(t) : 0;
        const ends = answer === null || dying ? 0 : time;
        const unlocks = state.tasks[t].lock === k ? table.one(t) : 0;
        return { reads: 0, writes: dying | unlocks, adds: refsOf(own?.container) | pool.one(k) | ends };
      }
      case 'again': {
        const it = entering(state, k, p);
        if (state.tasks[t].killed) it.writes |= home.one(t);
        return it;
      }
      case 'exit': {
        const [first] = state.tasks[t].maps;
        return { ...base, writes: table.one(t) | (first === undefined ? 0 : page.one(first)) };
      }
      case 'leave':
        return {
          ...base,
          writes: home.one(t) | killed.one(t) | of(state.tasks[t].container),
          adds: time,
        };
      case 'join':
      case 'destroy':
        return all(state, k, operation as Operation);
    }
  }

  const taken = (state: State, p: PageId | null): number =>
    p === null ? page.all | table.all : page.one(p) | (state.pages[p].mapcount > 0 ? table.all : 0);

  /** A page that nobody maps is only looked at. */
  function entering(state: State, k: ThreadId, p: PageId): Footprint {
    const t = taskOf(k) as TaskId;
    const { mapcount } = state.pages[p];
    const joins = mapcount > 0 && !state.tasks[t].maps.includes(p);
    return {
      reads: killed.one(t) | home.one(t) | page.one(p) | table.one(t),
      writes: (joins ? page.one(p) : 0) | (mapcount > 0 ? table.one(t) : 0),
      adds: 0,
    };
  }

  function beginning(state: State, k: ThreadId, operation: Operation): Footprint {
    const t = taskOf(k) as TaskId;
    if (operation[0] === 'touch') {
      const it = entering(state, k, operation[1]);
      it.reads |= time;
      return it;
    }
    if (operation[0] === 'unmap') {
      const p = operation[1];
      if (!state.tasks[t].maps.includes(p)) return { reads: table.one(t) | time, writes: 0, adds: time };
      const { mapcount } = state.pages[p];
      return { reads: time, writes: table.one(t) | page.one(p), adds: mapcount > 1 ? time : 0 };
    }
    if (operation[0] === 'exit') return { reads: time, writes: killed.one(t), adds: 0 };
    return all(state, k, operation);
  }

  return { now, ever };
}
