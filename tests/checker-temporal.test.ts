// Leads-to under weak fairness: lassos that are real runs, fair ends, and a second opinion by brute force on random graphs.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { components } from '../checker/components.ts';
import { type Counterexample, check, type Model, replay } from '../checker/index.ts';
import { lock } from '../examples/lock.ts';
import { toy, type Vector } from './checker-toys.ts';

/** The loop returns to the state where it begins, and the claim is pending all along it. */
function provesItself<State>(model: Model<State>, example: Counterexample): void {
  const claim = model.claims.find((one) => one.name === example.claim)!;
  const states = replay(model, example.initial, example.trace);
  const loop = states.slice(example.loop!);
  const words = (state: State) => {
    const packed = new Uint32Array(model.width);
    model.pack(state, packed, 0);
    return packed.join(' ');
  };
  assert.is(words(loop[0]!), words(loop.at(-1)!));
  for (const state of loop) assert.ok(claim.kind === 'temporal' && claim.pending(state));
}

test('a queue lock lets everybody in; a race starves, and the lasso shows how', async () => {
  const fair = await check(lock({ threads: 3, kind: 'queue' }));
  assert.is(fair.verdict, 'holds');
  assert.equal(
    fair.claims.map((c) => c.verdict),
    ['holds', 'holds', 'holds', 'holds', 'holds'],
  );
  const model = lock({ threads: 3, kind: 'race' });
  const race = await check(model);
  assert.is(race.verdict, 'violated');
  assert.equal(
    race.counterexamples.map((c) => c.claim),
    ['Enters0', 'Enters1', 'Enters2'],
  );
  for (const example of race.counterexamples) {
    assert.is(example.loop, 1);
    assert.is(example.trace.length, 4);
    provesItself(model, example);
  }
});

test('a state where no fair move is enabled may stay for ever', async () => {
  const stuck = toy({
    initial: [[0]],
    moves: [
      { name: 'go', args: [] },
      { name: 'idle', args: [] },
    ],
    guard: (state, { name }) => (name === 'go' && state[0] === 3 ? 'stuck' : null),
    effect: (state, { name }) => ({ state: name === 'go' ? [state[0]! + 1] : state }),
    claims: [
      {
        kind: 'temporal',
        name: 'Four',
        claim: 'ends at four',
        pending: (s) => s[0] !== 4,
        fair: () => 'all',
      },
      {
        kind: 'temporal',
        name: 'Three',
        claim: 'leaves two',
        pending: (s) => s[0] === 2,
        fair: ({ name }) => name,
      },
      { kind: 'temporal', name: 'Unfair', claim: 'leaves one', pending: (s) => s[0] === 1, fair: () => null },
      { kind: 'temporal', name: 'Never', claim: 'leaves nine', pending: (s) => s[0] === 9, fair: () => null },
    ],
  });
  const report = await check(stuck);
  assert.equal(
    report.claims.map((c) => [c.name, c.verdict, c.met]),
    [
      ['Four', 'violated', 4],
      ['Three', 'holds', 1],
      ['Unfair', 'violated', 1],
      ['Never', 'vacuous', 0],
    ],
  );
  const [unfair, four] = report.counterexamples;
  assert.equal([unfair!.claim, unfair!.trace.length, unfair!.loop], ['Unfair', 1, 1]);
  assert.equal([four!.claim, four!.trace.length, four!.loop], ['Four', 3, 3]);
});

test('one group for two moves is weaker than two groups', async () => {
  // 0 <-> 1 by `a`; from both `b` leads to the end. As one group `a` alone is fair for ever.
  const model = (together: boolean) =>
    toy({
      initial: [[0]],
      moves: [
        { name: 'a', args: [] },
        { name: 'b', args: [] },
      ],
      guard: (state) => (state[0] === 2 ? 'done' : null),
      effect: (state, { name }) => ({ state: name === 'b' ? [2] : [1 - state[0]!] }),
      claims: [
        {
          kind: 'temporal',
          name: 'Ends',
          claim: 'ends',
          pending: (s) => s[0] !== 2,
          fair: ({ name }) => (together ? 'ab' : name),
        },
      ],
    });
  assert.is((await check(model(false))).verdict, 'holds');
  const report = await check(model(true));
  assert.is(report.verdict, 'violated');
  assert.is(report.counterexample!.loop, 0);
  assert.is(report.counterexample!.trace.length, 2);
});

/** Random numbers from a seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NODES = 6;
const MOVES = 5;

interface RandomGraph {
  /** target[move][node], or -1: not enabled. */
  readonly target: readonly (readonly number[])[];
  readonly pending: readonly boolean[];
  readonly group: readonly (string | null)[];
}

function randomGraph(seed: number): RandomGraph {
  const draw = random(seed);
  const target = Array.from({ length: MOVES }, () =>
    Array.from({ length: NODES }, () => (draw(5) < 2 ? -1 : draw(NODES))),
  );
  return {
    target,
    pending: Array.from({ length: NODES }, () => draw(4) > 0),
    group: Array.from({ length: MOVES }, () => [null, 'g', 'h', 'i'][draw(4)]!),
  };
}

const asModel = ({ target, pending, group }: RandomGraph): Model<Vector> =>
  toy({
    initial: [[0]],
    moves: Array.from({ length: MOVES }, (_, m) => ({ name: 'm', args: [m] })),
    guard: (state, { args }) => (target[Number(args[0])]![state[0]!]! < 0 ? 'no' : null),
    effect: (state, { args }) => ({ state: [target[Number(args[0])]![state[0]!]!] }),
    claims: [
      {
        kind: 'temporal',
        name: 'Leads',
        claim: 'leads',
        pending: (s) => pending[s[0]!]!,
        fair: ({ args }) => group[Number(args[0])]!,
      },
    ],
  });

/** Tries every set of reachable pending states: can a run stay within it, visit all of it for ever, and be fair? */
function bruteForce({ target, pending, group }: RandomGraph): boolean {
  const moves = Array.from({ length: MOVES }, (_, m) => m);
  const reach = (from: number, inside: (node: number) => boolean) => {
    const seen = new Set([from]);
    for (const node of seen)
      for (const m of moves)
        if (target[m]![node]! >= 0 && inside(target[m]![node]!)) seen.add(target[m]![node]!);
    return seen;
  };
  const reachable = reach(0, () => true);
  for (let set = 1; set < 1 << NODES; set++) {
    const has = (node: number) => (set & (1 << node)) !== 0;
    const nodes = Array.from({ length: NODES }, (_, k) => k).filter(has);
    if (!nodes.every((node) => pending[node] && reachable.has(node))) continue;
    if (!nodes.every((node) => nodes.every((other) => reach(node, has).has(other)))) continue;
    const groups = new Set(group.filter((g) => g !== null));
    const fair = [...groups].every((g) => {
      const own = moves.filter((m) => group[m] === g);
      const off = nodes.some((node) => own.every((m) => target[m]![node]! < 0 || target[m]![node] === node));
      return (
        off || nodes.some((node) => own.some((m) => target[m]![node] !== node && has(target[m]![node]!)))
      );
    });
    if (fair) return true;
  }
  return false;
}

test('on 400 random graphs the verdict is that of a search over all sets of states', async () => {
  const seen = { holds: 0, violated: 0 };
  for (let seed = 1; seed <= 400; seed++) {
    const graph = randomGraph(seed);
    const model = asModel(graph);
    const report = await check(model);
    const violated = bruteForce(graph);
    // Nothing is pending anywhere: the claim was not put to the test.
    const verdict = violated ? 'violated' : report.claims[0]!.met > 0 ? 'holds' : 'unknown';
    assert.is(report.verdict, verdict, `seed ${seed}`);
    seen[violated ? 'violated' : 'holds']++;
    if (violated) provesItself(model, report.counterexample!);
  }
  assert.ok(seen.holds > 50 && seen.violated > 50, JSON.stringify(seen));
});

test('components: nodes share one if and only if each reaches the other', () => {
  const draw = random(7);
  for (let round = 0; round < 50; round++) {
    const count = 1 + draw(12);
    const edges = Array.from({ length: count }, () => Array.from({ length: draw(3) }, () => draw(count)));
    const rows = new Uint32Array(count + 1);
    edges.forEach((list, k) => {
      rows[k + 1] = rows[k]! + list.length;
    });
    const part = components(rows, Uint32Array.from(edges.flat()));
    const reaches = edges.map((_, from) => {
      const seen = new Set([from]);
      for (const node of seen) for (const next of edges[node]!) seen.add(next);
      return seen;
    });
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        assert.is(part[a] === part[b], reaches[a]!.has(b) && reaches[b]!.has(a));
      }
    }
  }
});

test('a search cut off by depth finds lassos in what it has covered, and says unknown where it finds none', async () => {
  const race = await check(lock({ threads: 3, kind: 'race' }), { depth: 4 });
  assert.is(race.verdict, 'violated');
  const queue = await check(lock({ threads: 3, kind: 'queue' }), { depth: 4 });
  assert.is(queue.verdict, 'unknown');
  assert.is(queue.claims[1]!.verdict, 'unknown');
});

test.run();
