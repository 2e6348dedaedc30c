// The space of small races: what is in it, a slice of it by seed, and a mistake that no race of the list shows.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initial, lru, type Move, step } from '../model/index.ts';
import { explore } from '../properties/races/schedule/explore.ts';
import { levels } from '../properties/races/schedule/levels.ts';
import { loadProgram } from '../properties/races/schedule/program.ts';
import { races } from '../properties/races/schedule/scenarios.ts';
import { exploreSlice } from '../properties/races/schedule/slice.ts';
import { Space } from '../properties/races/schedule/space.ts';

const program = await loadProgram();
const small = new Space({ threads: [1, 1], depth: 3 });

test('a number stands for a program or for none, and no two for one program', () => {
  let found = 0;
  for (let number = 0; number < small.numbers; number++) {
    const race = small.at(number);
    if (race === null) continue;
    found++;
    const state = race.setup.reduce((sofar, move) => step(sofar, move, lru).state, initial());
    assert.is(small.numberOf(state, race.threads), number);
    const [a, b] = race.threads;
    const turned = small.at(small.numberOf(state, [b, a]));
    assert.ok(turned === null || String(a) === String(b), 'an exchange of the threads is no other program');
  }
  // Of 13,456 programs up to names, those in which each operation does something.
  assert.equal([small.numbers, small.programs, found], [41_472, 13_456, 1166]);
});

test('levels: 18 situations up to names after three moves, 48 after four, 127 after five', () => {
  const starts = [3, 4, 5].map((depth) => new Space({ threads: [1, 1], depth }).starts.length);
  assert.equal(starts, [18, 48, 127]);
});

test('a slice by seed of each level holds; a seed repeats it', async () => {
  for (const [level, programs] of [
    ['1+1', 60],
    ['2+1', 12],
    ['2+2', 3],
  ] as const) {
    const space = new Space(levels[level]);
    const slice = await exploreSlice(program, space, { preemptions: 2, seed: 1, programs });
    assert.is(slice.finding, null, `${level}: ${slice.finding?.result.finding?.witness}`);
    assert.equal([slice.verdict, slice.programs, slice.next], ['holds', programs, null]);
  }
});

test('a slice in order ends with the number to go on from, and says unknown where it looked at nothing', async () => {
  const first = await exploreSlice(program, small, { preemptions: 0, programs: 5 });
  const next = first.next ?? 0;
  const second = await exploreSlice(program, small, { preemptions: 0, programs: 5, from: next });
  const whole = await exploreSlice(program, small, { preemptions: 0, programs: 10 });
  assert.is(first.executions + second.executions, whole.executions);
  assert.is(second.next, whole.next);
  const nothing = await exploreSlice(program, small, { preemptions: 0, from: small.numbers });
  assert.is(nothing.verdict, 'unknown');
});

/** The owner of a page is read before its lock: the page may have another one by the time it is evicted. */
const edit = {
  file: 'impl/concurrent/page.ts',
  from: '  lock(h, page + LOCK);\n  if (peek(h.m, page + MAPCOUNT) > 0 && peek(h.m, page + PINS) === 0) {\n    const owner = peek(h.m, page + OWNER);',
  to: '  const owner = load(h.m, page + OWNER);\n  lock(h, page + LOCK);\n  if (peek(h.m, page + MAPCOUNT) > 0 && peek(h.m, page + PINS) === 0) {',
};
const ownerBeforeTheLock = { id: 'owner-before-the-lock', edits: [edit] };

test('a field that is read before its lock: no race of the list shows it, a program of the space does', async () => {
  const planted = await loadProgram(ownerBeforeTheLock);
  for (const race of Object.values(races).filter(({ threads }) => threads.length === 2))
    assert.is(explore(planted, race, { dataRaces: false }).finding, null, race.name);
  const space = new Space(levels['2+1']);
  const setup: Move[] = [
    ['mkdir', 0],
    ['mkdir', 1],
    ['spawn', 0, 0],
    ['spawn', 1, 1],
    ['touch', 0, 0],
  ];
  const state = setup.reduce((sofar, move) => step(sofar, move, lru).state, initial());
  const threads: Move[][] = [
    [
      ['unmap', 0, 0],
      ['touch', 1, 0],
    ],
    [['evict', 0]],
  ];
  const race = space.at(space.numberOf(state, threads));
  assert.ok(race, 'it is in the space');
  const { finding, preemptions } = explore(planted, race, { dataRaces: false });
  assert.is(finding?.claim, 'StructureIsSound');
  assert.is(preemptions, 1);
  assert.is(explore(program, race).verdict, 'holds', 'the shipped controller is right there');
});

test.run();
