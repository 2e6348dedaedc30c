// Links: every trace comes back as it went in, 100 steps of the explorer's own scope fit into 400 characters, what does not fit is said, damage is noticed and named.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openText } from '../explorer/open.ts';
import { Timeline } from '../explorer/timeline.ts';
import { type Move, moveOf, type Scope, step } from '../model/index.ts';
import { BitReader, BitWriter } from '../properties/trace/bits.ts';
import { filesOf } from '../properties/trace/counterexample.ts';
import { type Decision, following } from '../properties/trace/decide.ts';
import {
  begin,
  decodeLink,
  encodeLink,
  type Linked,
  LONGEST,
  sealed,
  type Turn,
} from '../properties/trace/link.ts';
import { dice, randomTrace, type Wanted } from './explorer-traces.ts';

const scope: Scope = { containers: 2, tasks: 3, pages: 4, limit: 3 };

test('what goes in comes out, with every decision', () => {
  for (let seed = 0; seed < 60; seed++) {
    const linked = randomTrace(seed, { scope, length: 1 + (seed % 40), byHand: true, refused: true });
    assert.equal(decodeLink(encodeLink(linked)), linked, `seed ${seed}`);
  }
});

/** Where the explorer plays freely, and larger ones; how long the longest of 48 links is. */
const longest = ({ scope, length }: Wanted): number => {
  const links = Array.from({ length: 48 }, (_, seed) => {
    const wanted = { scope, length, byHand: seed % 8 < 6, refused: seed % 2 === 1 };
    const linked = randomTrace(seed, wanted);
    const link = encodeLink(linked);
    assert.equal(decodeLink(link), linked, `seed ${seed}`);
    return link.length;
  });
  return Math.max(...links);
};

test("100 steps in the explorer's own scope take at most 400 characters, by hand and refused ones too", () => {
  const own = longest({ scope: { containers: 3, tasks: 4, pages: 8, limit: 4 }, length: 100 });
  assert.ok(own <= 400, `${own}`);
});

test('100 steps among 1,000 pages fit into a link, too', () => {
  const wide = longest({ scope: { containers: 8, tasks: 16, pages: 1000, limit: 1000 }, length: 100 });
  assert.ok(wide <= LONGEST, `${wide}`);
});

test('a trace that is too long for a link says so, and that a file holds it', () => {
  const turns: Turn[] = Array.from({ length: 1000 }, (_, p) => ({ move: ['touch', 0, p], decisions: [] }));
  const wide: Scope = { containers: 1, tasks: 1, pages: 1000, limit: 10 };
  const linked: Linked = { profile: 'letter', start: 'nothing', scope: wide, turns };
  assert.throws(
    () => encodeLink(linked),
    /^this trace does not fit into a link: it takes more than 2000 characters, export it as a file$/,
  );
  const half: Linked = { ...linked, turns: turns.slice(0, 600) };
  assert.equal(decodeLink(encodeLink(half)), half);
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
  const again = (name: string) => encodeLink(named(['toucher', name])).length;
  assert.ok(again('toucher') + 8 <= again('readers'), `${again('toucher')}, ${again('readers')}`);
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

test('a link of an older version is named as such, with what to do', () => {
  assert.throws(
    () => decodeLink('1F6AAAwAMADAAwAM.boxjsY'),
    /version 1, this page reads version 3: make it again where it was made, or export the trace there as a file/,
  );
  assert.throws(() => decodeLink('2zzzzzzzzzzzzzzzzzzz-bk'), /version 2, this page reads version 3/);
});

test('a link that only its checksum holds together is refused', () => {
  const forged = (body: string) => decodeLink(sealed(body));
  assert.throws(() => forged('3AA'), /holds no trace: it ends/);
  assert.throws(() => forged('3zzzzzzzzzzzzzzzzzzzz'), /holds no trace/);
  assert.throws(() => forged('3AAAAAAAAAAAAAAA'), /holds no trace: it does not end where its trace ends/);
  assert.throws(() => forged('3A.A'), /holds no trace: it ends, or has a letter/);
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
  assert.throws(
    () => encodeLink(linked('setLimit', 0, 1.5)),
    /does not fit into a link: 1.5 is no whole number/,
  );
  assert.throws(() => encodeLink(linked(...moveOf('fly', [0]))), /no action is called fly/);
});

test('bits: what is written is read, in as many bits as each number needs', () => {
  const roll = dice(3);
  const writer = new BitWriter(1_000_000);
  const written: (number | bigint)[] = [];
  for (let i = 0; i < 1000; i++) {
    const count = 1 + roll(70);
    written.push(count, writer.below(count, roll(count)), writer.large(2n ** BigInt(roll(255)) - 1n));
  }
  const reader = new BitReader(writer.text());
  for (let i = 0; i < written.length; i += 3) {
    assert.is(reader.below(Number(written[i])), written[i + 1]);
    assert.is(reader.large(), written[i + 2]);
  }
  reader.end();
  assert.throws(() => reader.below(2) + reader.below(128), /it ends/);
  assert.throws(() => new BitWriter(9).below(3, 3), /3 is not among 0 to 2/);
  assert.throws(() => new BitWriter(900).large(2n ** 255n), /more than 255 bits/);
  const one = new BitWriter(6);
  one.below(64, 63);
  assert.is(one.text(), '_');
  assert.throws(() => one.below(2, 0), /more than 1 characters/);
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
