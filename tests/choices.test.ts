// The contract leaves two choices free, which pages and which victim; the specification refuses every answer that is not among its candidates.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Chooser,
  initial,
  lru,
  type Move,
  members,
  ownerOf,
  type ProfileName,
  profiles,
  type State,
  step,
} from '../model/index.ts';

const after = (profile: ProfileName, moves: readonly Move[]): State =>
  moves.reduce((state, move) => step(state, move, lru).state, initial(profiles[profile]));

/** c0 is full with p0 and p1, of which p0 is locked; c1 has t1. */
const full: Move[] = [
  ['mkdir', 0],
  ['mkdir', 1],
  ['spawn', 0, 0],
  ['spawn', 1, 1],
  ['touch', 0, 0],
  ['touch', 0, 1],
  ['pin', 0, 0],
  ['setLimit', 0, 2],
];
const third: Move = ['touch', 0, 2];

const taking = (...pages: number[]): Chooser => ({ ...lru, reclaim: (state) => ({ pages, state }) });
const answer = (choose: Chooser, profile: ProfileName = 'letter') =>
  step(after(profile, full), third, choose);

test('reclaim may take any unpinned page of the container, and nothing else', () => {
  assert.equal(answer(taking(1)).reclaimed, [1]);
  assert.throws(() => answer(taking(0)), /page 0 is not an unpinned page of container 0, legal are: 1/);
  assert.throws(() => answer(taking(7)), /page 7 is not an unpinned page of container 0, legal are: 1/);
  assert.throws(() => answer(taking(1, 1)), /a page is reclaimed twice: 1 1/);
});

test('where nothing can be taken, that is said', () => {
  const locked = after('letter', [...full, ['pin', 0, 1]]);
  assert.throws(
    () => step(locked, third, taking(1)),
    /page 1 is not an unpinned page of container 0, legal are: none/,
  );
  assert.equal(step(locked, third, taking()).killed, [0]);
});

test('to give up while a page could go is for the bounded scan of v3.1 alone', () => {
  assert.throws(() => answer(taking()), /nothing was reclaimed, although container 0 could give up: 1/);
  const { outcome, killed } = answer(taking(), 'v3.1');
  assert.equal([outcome, killed], ['KILLED', [0]]);
});

test('the victim is a member of the container that is charged', () => {
  const killing = (victim: number): Chooser => ({ ...taking(), victim: () => victim });
  assert.throws(() => answer(killing(1), 'v3.1'), /task 1 is no member of container 0, legal are: 0/);
  assert.equal(answer(killing(0), 'v3.1').killed, [0]);
});

test('an observer asks who owns a page, and who is in a container', () => {
  const state = after('letter', [...full, ['spawn', 7, 1], ['spawn', 4, 1], ['touch', 7, 3]]);
  assert.equal(
    [0, 3, 9].map((p) => ownerOf(state, p)),
    [0, 1, null],
  );
  assert.equal(members(state, 1), [1, 4, 7]);
});

test.run();
