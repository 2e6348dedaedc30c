// Links: every trace comes back as it went in, 100 steps fit into 400 characters, and damage is noticed and named.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openText } from '../explorer/open.ts';
import { Timeline } from '../explorer/timeline.ts';
import { type Move, type Scope, step } from '../model/index.ts';
import { Frequencies, Reader, Writer } from '../properties/trace/coder.ts';
import { filesOf } from '../properties/trace/counterexample.ts';
import { type Decision, following } from '../properties/trace/decide.ts';
import { begin, decodeLink, encodeLink, type Linked, type Turn } from '../properties/trace/link.ts';
import { dice, randomTrace, type Wanted } from './explorer-traces.ts';

const scope: Scope = { containers: 2, tasks: 3, pages: 4, limit: 3 };

test('what goes in comes out, with every decision', () => {
  for (let seed = 0; seed < 60; seed++) {
    const linked = randomTrace(seed, { scope, length: 1 + (seed % 40), byHand: true, refused: true });
    assert.equal(decodeLink(encodeLink(linked)), linked, `seed ${seed}`);
  }
});

/** Where the explorer plays freely; larger ones; 1,000 pages. A trace of 100 moves takes no more than 400 characters in any. */
const scopes: readonly Wanted[] = [
  { scope: { containers: 3, tasks: 4, pages: 8, limit: 4 }, length: 100 },
  { scope: { containers: 4, tasks: 6, pages: 12, limit: 8 }, length: 100 },
  { scope: { containers: 8, tasks: 16, pages: 1000, limit: 1000 }, length: 100 },
];
for (const wanted of scopes) {
  const { containers, tasks, pages, limit } = wanted.scope;
  test(`100 steps in ${containers}/${tasks}/${pages}/${limit} take at most 400 characters`, () => {
    for (let seed = 0; seed < 48; seed++) {
      const legal = seed % 2 === 0;
      const linked = randomTrace(seed, { ...wanted, byHand: seed % 8 < 6, refused: !legal });
      const link = encodeLink(linked);
      assert.ok(link.length <= 400, `seed ${seed}: ${link.length} characters`);
      assert.equal(decodeLink(link), linked, `seed ${seed}`);
    }
  });
}

test('100 copies among 1,000 pages, the dearest move, take at most 400 characters', () => {
  const wide: Scope = { containers: 2, tasks: 4, pages: 1000, limit: 1000 };
  for (let seed = 0; seed < 20; seed++) {
    const roll = dice(seed);
    const moves: Move[] = [['mkdir', 0], ...[0, 1, 2, 3].map((t): Move => ['spawn', t, 0])];
    // The pages that each task maps, as the trace leaves them: some moves are refused all the same, which costs more.
    const mapped: number[][] = [[], [], [], []];
    while (moves.length < 100) {
      const t = roll(4);
      const q = roll(1000);
      const move: Move =
        mapped[t].length < 8 ? ['touch', t, q] : ['copy', t, mapped[t][roll(mapped[t].length)], q];
      mapped[t] = [...mapped[t].filter((p) => move[0] === 'touch' || p !== move[2]), q];
      moves.push(move);
    }
    const turns = moves.map((move) => ({ move, decisions: [] }));
    const linked: Linked = { profile: 'letter', start: 'nothing', scope: wide, turns };
    const link = encodeLink(linked);
    assert.ok(link.length <= 400, `seed ${seed}: ${link.length} characters`);
    assert.equal(decodeLink(link), linked);
  }
});

test("every saved counterexample and the letter's scenario come back as they were", () => {
  const files = [...filesOf('counterexamples'), ...filesOf('counterexamples/recorded')];
  for (const file of files) {
    const opened = openText(readFileSync(file, 'utf8'), file);
    if (opened.kind !== 'trace') throw new Error(`${file} holds no trace`);
    assert.equal(decodeLink(encodeLink(opened.linked)), opened.linked, file);
  }
  assert.ok(files.length >= 30);
});

test('a reclaim that gives up by hand, which v3.1 allows, is another choice than none', () => {
  const turns = [
    ['mkdir', 0],
    ['spawn', 0, 0],
    ['setLimit', 0, 1],
    ['touch', 0, 0],
  ].map((move) => ({ move: move as unknown as Move, decisions: [] as Decision[] }));
  turns.push({ move: ['touch', 0, 1], decisions: [[]] });
  const linked: Linked = { profile: 'v3.1', start: 'nothing', scope, turns };
  assert.equal(decodeLink(encodeLink(linked)), linked);
  assert.is(Timeline.of(decodeLink(encodeLink(linked))).now.outcome, 'KILLED');
  const left: Linked = { ...linked, turns: [...turns.slice(0, -1), { ...turns[4], decisions: [] }] };
  assert.is(Timeline.of(decodeLink(encodeLink(left))).now.outcome, 'ok');
});

test('a run of touches costs next to nothing: 1,000 pages in a row are a short link', () => {
  const turns: Turn[] = [['mkdir', 0] as Move, ['spawn', 0, 0] as Move].map((move) => ({
    move,
    decisions: [],
  }));
  for (let p = 0; p < 1000; p++) turns.push({ move: ['touch', 0, p], decisions: [] });
  const wide: Scope = { containers: 1, tasks: 1, pages: 1000, limit: 10 };
  const link = encodeLink({ profile: 'letter', start: 'nothing', scope: wide, turns });
  assert.ok(link.length < 100, `${link.length} characters`);
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

test('names come back, whatever their letters, and one that came before is short', () => {
  const named = (names: readonly string[]): Linked => ({
    profile: 'letter',
    start: 'shell',
    scope,
    turns: names.map((name, i) => ({ move: ['fork', 1, i + 2], decisions: [], name })),
  });
  const linked = named(['a', 'größe', '', 'a', '🐧', 'box.1/2']);
  assert.equal(decodeLink(encodeLink(linked)), linked);
  const again = named(Array.from({ length: 98 }, (_, i) => ['toucher', 'reader', 'writer'][i % 3]));
  assert.ok(encodeLink(again).length <= 100, `${encodeLink(again).length} characters`);
});

test('every changed character and every cut is noticed, and the message says what to suspect', () => {
  const link = encodeLink(randomTrace(7, { scope, length: 30 }));
  for (let i = 0; i < link.length; i++) {
    const other = link[i] === 'A' ? 'B' : 'A';
    assert.throws(() => decodeLink(link.slice(0, i) + other + link.slice(i + 1)), /damaged|version/);
    assert.throws(() => decodeLink(link.slice(0, i)), /damaged|short/);
  }
  assert.throws(() => decodeLink('1<b>'), /a character that no link has/);
});

test('a link of the version before is named as such', () => {
  assert.throws(() => decodeLink('1F6AAAwAMADAAwAM.boxjsY'), /version 1, this page reads version 2/);
});

test('a link that only its checksum holds together is refused', () => {
  assert.throws(
    () => decodeLink('2zzzzzzzzzzzzzzzzzzz-bk'),
    /holds no trace: the number has a choice that nobody/,
  );
  assert.throws(() => decodeLink('2bAa0AwMDAwMNa-'), /holds no trace: the number does not end/);
  assert.throws(() => decodeLink('2A.BzPz'), /holds no trace/);
});

test('what a link cannot hold is said when it is made; ids beyond the scope and refused limits it holds', () => {
  const linked = (...move: Move): Linked => ({
    profile: 'letter',
    start: 'nothing',
    scope,
    turns: [{ move, decisions: [] }],
  });
  for (const whole of [linked('touch', 9, 12345678), linked('setLimit', 0, -3), linked('rmdir', -1)]) {
    assert.equal(decodeLink(encodeLink(whole)), whole);
  }
  assert.throws(() => encodeLink(linked('setLimit', 0, 2n ** 300n)), /does not fit into a link/);
  assert.throws(() => encodeLink(linked('setLimit', 0, 1.5)), /does not fit into a link: 1.5/);
  assert.throws(() => encodeLink(linked('fly', 0)), /no action is called fly/);
});

test('the coder: what is written is read, at close to the fewest bits that its frequencies allow', () => {
  const roll = dice(3);
  const writer = new Writer();
  const rare = new Frequencies(4);
  const written: (number | bigint)[] = [];
  for (let i = 0; i < 1000; i++) {
    written.push(writer.symbol(rare, roll(20) === 0 ? 1 + roll(3) : 0));
    if (i % 50 === 0) written.push(writer.digit(7, roll(7)), writer.whole(BigInt(roll(1000))));
  }
  const number = writer.number();
  // 1,000 symbols of 0.37 bits, 20 digits of 2.8 bits, 20 whole numbers of 8 bits and their length in 8 more.
  assert.ok(number.toString(2).length < 850, `${number.toString(2).length} bits`);

  const reader = new Reader(number);
  const frequencies = new Frequencies(4);
  const read: (number | bigint)[] = [];
  for (let i = 0; i < 1000; i++) {
    read.push(reader.symbol(frequencies));
    if (i % 50 === 0) read.push(reader.digit(7), reader.whole());
  }
  assert.equal(read, written);
  reader.end();
  assert.throws(() => reader.digit(2) + reader.digit(2), /a choice that nobody had/);
  assert.throws(() => new Reader(5n).end(), /does not end/);
  assert.throws(() => new Writer().digit(3, 3), /3 is not among 0 to 2/);
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
