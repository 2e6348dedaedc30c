// The formulas of the lists against the model: of all contents that the lists of a few pages can have, each scan, reference, first mapping, last
// unmap and removal of a container ends in the same lists, bits and pages taken.

import * as model from '../model/index.ts';
import { counted } from '../proof/evaluate.ts';
import { runner, type System, type Values, zero } from '../proof/index.ts';

/** Containers by id with the lists they have: index 0 is the head. */
type Contents = ReadonlyMap<
  number,
  { readonly active: readonly number[]; readonly inactive: readonly number[] }
>;

/** Every way to put some of the pages on the lists of these containers. */
function everyContents(containers: readonly number[], pages: number): Contents[] {
  const none: Contents = new Map(containers.map((c) => [c, { active: [], inactive: [] }]));
  let all = [none];
  for (let p = 0; p < pages; p++) {
    all = all.flatMap((one) => [
      one,
      ...[...one].flatMap(([c, two]) =>
        (['active', 'inactive'] as const).flatMap((list) =>
          Array.from(
            { length: two[list].length + 1 },
            (_, at) => new Map([...one, [c, { ...two, [list]: two[list].toSpliced(at, 0, p) }]]),
          ),
        ),
      ),
    ]);
  }
  return all;
}

const parents: Readonly<Record<number, number | null>> = { [model.ROOT]: null, 0: model.ROOT, 1: 0 };

/** A task that maps all that is listed, and has some of it locked; in the root where there is one. */
function stateOf(profile: model.Profile, contents: Contents, bits: number, pins: number): model.State {
  const listed = [...contents.values()].flatMap(({ active, inactive }) => [...active, ...inactive]);
  const some = (mask: number) => listed.filter((p) => mask & (1 << p)).sort();
  const container = profile.root ? model.ROOT : 0;
  const containers = [...contents].map(([c, two]) => {
    const parent = profile.root ? parents[c] : null;
    return [c, { parent, limit: model.UNLIMITED, failcnt: 0, reclaimed: 0, ...two }] as const;
  });
  return {
    profile,
    containers: new Map(containers),
    tasks: new Map([[0, { container, maps: listed, pins: some(pins) }]]),
    referenced: some(bits),
  };
}

/** The first difference between the model and the formulas, and how many ends were compared. */
export function compareLists(
  system: System,
  profile: model.Profile,
  size: { containers: readonly number[]; pages: number },
) {
  const { containers, pages: P } = size;
  const C = containers.length;
  const world = { Task: 1, Page: P, Container: C, Int: profile.reclaimBatch + 1, Bool: 2 };
  const none = zero(system, world);
  const count = counted(system, world);
  const begins = new Map<string, ReturnType<typeof runner>[]>();
  const inside: ReturnType<typeof runner>[] = [];
  for (const step of system.steps) {
    const one = runner(step, world);
    if (step.action === null) inside.push(one);
    else begins.set(step.action, [...(begins.get(step.action) ?? []), one]);
  }
  const slot = (c: number) => containers.indexOf(c);

  function valuesOf(state: model.State): Values {
    const all: Record<string, number[]> = Object.fromEntries(
      Object.entries(none).map(([name, row]) => [name, [...row]]),
    );
    all.batch[0] = all.room[0] = profile.reclaimBatch;
    for (const [c, { active, inactive }] of state.containers) {
      all.exists[slot(c)] = 1;
      for (const a of containers) {
        all.lower[slot(c) * C + slot(a)] = c < a ? 1 : 0;
        if (all.below) all.below[slot(c) * C + slot(a)] = model.path(state, c).includes(a) ? 1 : 0;
      }
      for (const [list, name] of [
        [active, 'active'],
        [inactive, 'inactive'],
      ] as const) {
        for (const [at, p] of list.entries()) {
          all[name][p] = 1;
          all.holder[p] = slot(c);
          for (const q of list.slice(0, at)) all.older[p * P + q] = 1;
        }
      }
    }
    for (const p of state.referenced) all.bit[p] = 1;
    for (const p of model.pinnedPages(state)) all.pinned[p] = 1;
    return { ...all, ...count(all) };
  }

  const keyOf = (state: model.State, taken: readonly number[]) => {
    const left = (list: readonly number[]) => list.filter((p) => !taken.includes(p)).join(' ');
    const drawn = [...state.containers].map(
      ([c, { active, inactive }]) => `c${c}: ${left(active)} / ${left(inactive)}`,
    );
    return `${drawn.join(', ')}; bits ${[...state.referenced].sort().join(' ')}; taken ${[...taken].sort().join(' ')}`;
  };

  const pages = Array.from({ length: P }, (_, p) => p);
  const keyIn = (s: Values, there: readonly number[]) => {
    const age = (p: number) => pages.filter((q) => s.older[p * P + q]).length;
    const list = (name: string, c: number) =>
      pages
        .filter((p) => s[name][p] && s.holder[p] === slot(c))
        .sort((p, q) => age(p) - age(q))
        .join(' ');
    const drawn = there.map((c) => `c${c}: ${list('active', c)} / ${list('inactive', c)}`);
    const those = (name: string) => pages.filter((p) => s[name][p]).join(' ');
    return `${drawn.join(', ')}; bits ${those('bit')}; taken ${those('taken')}`;
  };

  /** Where a run of micro-steps comes to rest. */
  function ends(from: Values, action: string, args: readonly number[]): Values[] {
    const open = (begins.get(action) ?? []).flatMap((one) =>
      one.enabled(from, args).map((chosen) => one.apply(from, chosen)),
    );
    const seen = new Set<string>();
    const rest: Values[] = [];
    for (let state = open.pop(); state; state = open.pop()) {
      const key = JSON.stringify(state);
      if (seen.has(key)) continue;
      seen.add(key);
      if (state.phase[0] === 0) rest.push(state);
      else
        for (const one of inside)
          for (const chosen of one.enabled(state)) open.push(one.apply(state, chosen));
    }
    return rest;
  }

  let compared = 0;
  for (const contents of everyContents(containers, P)) {
    const listed = [...contents.values()].flatMap(({ active, inactive }) => [...active, ...inactive]);
    const masks = (2 ** P) ** 2;
    for (let mask = 0; mask < masks; mask++) {
      const state = stateOf(profile, contents, mask % 2 ** P, mask >> P);
      const [bits, pins] = [state.referenced.length, model.pinnedPages(state).size];
      if (bits + pins < bitCount(mask)) continue; // a mark of a page that is on no list
      const values = valuesOf(state);
      const moves: [action: string, args: number[], state: model.State, taken: readonly number[]][] = [];
      for (const c of containers) {
        const pinned = model.pinnedPages(state);
        const below = model.subtree(state, c);
        const candidates = listed.filter(
          (p) => !pinned.has(p) && below.includes(model.ownerOf(state, p) as number),
        );
        const scan = model.lru.reclaim(state, c, candidates);
        moves.push(['scan', [slot(c)], scan.state, scan.pages]);
      }
      for (const p of pages) {
        const touched = model.step(state, ['touch', 0, p], model.lru).state;
        if (listed.includes(p)) {
          moves.push(['reference', [p], touched, []]);
          moves.push(['unlink', [p], model.step(state, ['unmap', 0, p], model.lru).state, []]);
        } else moves.push(['link', [p, slot(profile.root ? model.ROOT : 0)], touched, []]);
      }
      const last = containers.at(-1) as number;
      const parent = parents[last];
      if (profile.root && parent !== null)
        moves.push([
          'pass',
          [slot(last), slot(parent)],
          model.step(state, ['rmdir', last], model.lru).state,
          [],
        ]);
      for (const [action, args, then, taken] of moves) {
        const found = ends(values, action, args).map((end) => keyIn(end, [...then.containers.keys()]));
        const expected = keyOf(then, taken);
        compared++;
        if (found.length > 0 && found.every((one) => one === expected)) continue;
        const why = `${action}(${args}) of ${keyOf(state, [])}, pinned ${[...model.pinnedPages(state)]}`;
        return {
          compared,
          difference: `${why}\nthe model: ${expected}\nthe formulas: ${found.join(' | ') || 'nothing'}`,
        };
      }
    }
  }
  return { compared, difference: null };
}

const bitCount = (n: number): number => (n === 0 ? 0 : (n & 1) + bitCount(n >> 1));
