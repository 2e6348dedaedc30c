// The protocol holds every claim in every scope, with exact counts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, type Report } from '../checker/index.ts';
import {
  notApplicable,
  scopeNamed,
  scopeOf,
  scopes,
  watchedModel,
} from '../properties/races/protocol/index.ts';
import { on, shell } from '../properties/races/protocol/scopes.ts';

const counts = ({ states, transitions, depth }: Report) => [states, transitions, depth];

const withVerdict = ({ claims }: Report, verdict: string) =>
  claims.filter((claim) => claim.verdict === verdict).map(({ name }) => name);

/** Without histories; looked at by two tests. */
const plainly = new Map<string, Promise<Report>>();
function reportOn(name: string): Promise<Report> {
  const begun = plainly.get(name) ?? check(watchedModel(scopeNamed(name), { history: false }));
  plainly.set(name, begun);
  return begun;
}

function holds(report: Report): void {
  assert.is(report.verdict, 'holds', JSON.stringify(report.counterexample));
  const rest = [...withVerdict(report, 'holds'), ...withVerdict(report, 'vacuous')];
  assert.is(rest.length, report.claims.length);
}

test('check --model protocol: two threads, one page, two containers, and a shell that moves, limits and removes', async () => {
  const report = await check(watchedModel(scopeOf(2, 2, 1, 1)));
  holds(report);
  const ruledOut = notApplicable(scopeOf(2, 2, 1, 1)).map(({ name }) => name);
  assert.equal(ruledOut, ['ReclaimOnlyFromCharged', 'PinnedNeverReclaimed']);
  assert.equal(withVerdict(report, 'vacuous'), ruledOut, 'all others were put to the test');
  assert.equal(counts(report), [26750, 98830, 26]);
});

/** States, transitions and depth without histories, and with them. */
const pinned: { readonly [scope: string]: readonly [readonly number[], readonly number[]] } = {
  'first touch': [
    [8664, 29136, 28],
    [26014, 84767, 28],
  ],
  reclaim: [
    [5425, 13425, 35],
    [13815, 30844, 35],
  ],
  oom: [
    [3840, 9481, 25],
    [5803, 13058, 25],
  ],
  'two charges': [
    [873, 1878, 26],
    [889, 1906, 26],
  ],
  truncate: [
    [3349, 7924, 20],
    [8645, 19715, 20],
  ],
  activation: [
    [5718, 16289, 28],
    [32159, 84456, 35],
  ],
  fork: [
    [980, 2578, 20],
    [1876, 4748, 20],
  ],
  siblings: [
    [8764, 24352, 26],
    [35763, 88503, 26],
  ],
  apart: [
    [2200, 6960, 28],
    [2200, 6960, 28],
  ],
  'three threads': [
    [9960, 30483, 23],
    [37127, 104286, 24],
  ],
};

test('every scope is pinned', () => {
  assert.equal(
    scopes.map(({ name }) => name),
    Object.keys(pinned),
  );
});

for (const scope of scopes) {
  test(`${scope.name}: all claims but C5`, async () => {
    const report = await reportOn(scope.name);
    holds(report);
    assert.equal(counts(report), pinned[scope.name][0]);
  });
}

for (const name of ['oom', 'two charges', 'apart', 'fork']) {
  test(`${name}: every history has an order of atomic actions`, async () => {
    const report = await check(watchedModel(scopeNamed(name)));
    holds(report);
    assert.equal(counts(report), pinned[name][1]);
  });
}

test('no claim is vacuous in all scopes', async () => {
  const met = new Set<string>();
  const names = new Set<string>();
  for (const name of ['first touch', 'reclaim', 'oom']) {
    const report = await reportOn(name);
    for (const claim of report.claims) {
      names.add(claim.name);
      if (claim.met > 0) met.add(claim.name);
    }
  }
  assert.equal(
    [...names].filter((name) => !met.has(name)),
    [],
  );
});

test('at the grain of whole operations a busy container has no explanation: the touch in flight holds it', async () => {
  const report = await check(watchedModel(scopeOf(2, 2, 1, 1), { history: 'atomic' }));
  assert.is(report.verdict, 'violated');
  assert.is(report.counterexample?.claim, 'Linearizable');
});

test('an operation is written as in a trace, and one that there is not is refused', () => {
  assert.equal(on(0, 'touch p1', 'unmap p0 or exit').program, [[['touch', 1]], [['unmap', 0], ['exit']]]);
  for (const text of ['touch', 'touch t0', 'touch p0 p1', 'setLimit c0', 'jump p0'])
    assert.throws(() => shell(text), `no operation of the protocol is: ${text}`);
});

test.run();
