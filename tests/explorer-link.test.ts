// Links: every trace comes back as it went in, 100 steps fit into 400 characters, and damage is noticed and named.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Move, movesOf, profileNames, type Scope, step } from '../model/index.ts';
import { choosing, type Decision, following } from '../properties/decide.ts';
import { begin, decodeLink, encodeLink, type Linked, type Start, type Turn } from '../properties/link.ts';

/** A small generator of its own, so that a failure can be repeated. */
function dice(seed: number): (sides: number) => number {
  let x = seed * 2654435761 + 1;
  return (sides) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return Math.floor((x / 2 ** 32) * sides);
  };
}

function randomTrace(seed: number, length: number, scope: Scope, byHand = 0.5): Linked {
  const roll = dice(seed);
  const moves = movesOf(scope);
  const profile = profileNames[seed % 4];
  const start: Start = seed % 3 === 0 ? 'root' : 'nothing';
  let state = begin({ profile, start, scope });
  const turns: Turn[] = [];
  while (turns.length < length) {
    const move = moves[roll(moves.length)];
    const decisions: Decision[] = [];
    const ask = choosing(({ kind, candidates }) => {
      const decision = roll(100) < byHand * 100 ? null : [candidates[roll(candidates.length)]];
      if (decision && kind === 'reclaim' && candidates.length > 1 && roll(2) === 0) {
        decision.push(candidates.find((p) => p !== decision[0]) as number);
      }
      decisions.push(decision);
      return decision;
    });
    const next = step(state, move, ask);
    if (next.outcome !== 'ok' && next.outcome !== 'KILLED' && roll(10) > 0) continue;
    while (decisions.length > 0 && decisions.at(-1) === null) decisions.pop();
    turns.push({ move, decisions });
    state = next.state;
  }
  return { profile, start, scope, turns };
}

const scope: Scope = { containers: 2, tasks: 3, pages: 4, limit: 3 };

test('what goes in comes out, with every decision', () => {
  for (let seed = 0; seed < 60; seed++) {
    const linked = randomTrace(seed, 1 + (seed % 40), scope);
    assert.equal(decodeLink(encodeLink(linked)), linked, `seed ${seed}`);
  }
});

test('100 steps take at most 400 characters, also with choices by hand and in a big scope', () => {
  for (let seed = 0; seed < 20; seed++) {
    const small = encodeLink(randomTrace(seed, 100, scope));
    assert.ok(small.length <= 400, `${small.length} characters`);
    const big = encodeLink(randomTrace(seed, 100, { containers: 4, tasks: 6, pages: 12, limit: 8 }));
    assert.ok(big.length <= 400, `${big.length} characters`);
  }
});

test('a run of touches is one digit each: 1,000 pages in a row stay a short link', () => {
  const turns: Turn[] = [['mkdir', 0] as Move, ['spawn', 0, 0] as Move].map((move) => ({
    move,
    decisions: [],
  }));
  for (let p = 0; p < 1000; p++) turns.push({ move: ['touch', 0, p], decisions: [] });
  const wide: Scope = { containers: 1, tasks: 1, pages: 1000, limit: 10 };
  const link = encodeLink({ profile: 'letter', start: 'nothing', scope: wide, turns });
  assert.ok(link.length < 1000, `${link.length} characters`);
  assert.equal(decodeLink(link).turns.length, 1002);
});

test('limits beyond every scope, the root and nested containers survive', () => {
  const turns: Turn[] = [
    ['mkdir', 0] as Move,
    ['mkdir', 1, 0] as Move,
    ['setLimit', 0, 2n ** 63n - 1n] as Move,
    ['move', 1, -1] as Move,
    ['spawn', 2, -1] as Move,
  ].map((move) => ({ move, decisions: [] }));
  const linked: Linked = { profile: 'v3.1', start: 'shell', scope, turns };
  assert.equal(decodeLink(encodeLink(linked)), linked);
});

test('every changed character and every cut is noticed, and the message says what to suspect', () => {
  const link = encodeLink(randomTrace(7, 30, scope));
  for (let i = 0; i < link.length; i++) {
    const other = link[i] === 'A' ? 'B' : 'A';
    assert.throws(() => decodeLink(link.slice(0, i) + other + link.slice(i + 1)), /damaged|version/);
    assert.throws(() => decodeLink(link.slice(0, i)), /damaged|short/);
  }
  assert.throws(() => decodeLink('1<b>'), /a character that no link has/);
});

test('what a link cannot hold is said when it is made', () => {
  const linked = (move: Move): Linked => ({
    profile: 'letter',
    start: 'nothing',
    scope,
    turns: [{ move, decisions: [] }],
  });
  assert.throws(() => encodeLink(linked(['touch', 9, 0])), /9 does not fit/);
  assert.throws(() => encodeLink(linked(['setLimit', 0, 2n ** 80n])), /does not fit/);
  assert.throws(() => encodeLink(linked(['fly', 0])), /no action is called fly/);
});

test('following decisions: after the last one the policy decides', () => {
  const world = { profile: 'letter', start: 'nothing', scope } as const;
  let state = begin(world);
  for (const move of [
    ['mkdir', 0],
    ['spawn', 0, 0],
    ['setLimit', 0, 2],
    ['touch', 0, 0],
    ['touch', 0, 1],
  ] as Move[]) {
    state = step(state, move, following([], 'policy')).state;
  }
  assert.equal(step(state, ['touch', 0, 2], following([], 'policy')).reclaimed, [0]);
  assert.equal(step(state, ['touch', 0, 2], following([[1]], 'policy')).reclaimed, [1]);
  assert.throws(() => step(state, ['touch', 0, 2], following([], 'ask')), /nobody has decided the reclaim/);
});

test.run();
