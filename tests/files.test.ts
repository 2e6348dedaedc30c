// The control files of the specification by themselves: what is not there, each counter in its own file, and what a refusal leaves.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initial, lru, type Move, parsePid, profiles, readFile, step, writeFile } from '../model/index.ts';

/** c0 has two refused charges, one reclaim that freed something, and one page. */
const moves: Move[] = [
  ['mkdir', 0],
  ['spawn', 1, 0],
  ['touch', 1, 0],
  ['setLimit', 0, 1],
  ['touch', 1, 1],
  ['pin', 1, 1],
  ['spawn', 2, 0],
  ['touch', 2, 2],
];
const state = moves.reduce((sofar, move) => step(sofar, move, lru).state, initial(profiles.letter));

test('each file reads its own counter', () => {
  const read = (file: string) => readFile(state, 0, file);
  assert.equal(['rss_limit', 'rss_usage', 'rss_failcnt', 'rss_reclaimed', 'tasks'].map(read), [
    '1\n',
    '1\n',
    '2\n',
    '1\n',
    '2\n',
  ]);
});

test('a file or a container that is not there has no text, and cannot be written', () => {
  assert.is(readFile(state, 0, 'rss_max'), undefined);
  assert.is(readFile(state, 9, 'rss_usage'), undefined);
  for (const [c, file] of [
    [0, 'rss_max'],
    [9, 'rss_limit'],
    [9, 'tasks'],
  ] as const) {
    const { outcome, state: after } = writeFile(state, c, file, '2', 2, lru);
    assert.is(outcome, 'ENOENT');
    assert.is(after, state);
  }
});

test('what is no pid is refused before a task is looked for', () => {
  assert.is(parsePid('2\n'), 2);
  assert.is(writeFile(state, 0, 'tasks', 'x', 2, lru).outcome, 'EINVAL');
  assert.is(writeFile(state, 0, 'tasks', '7', 2, lru).outcome, 'ESRCH');
});

test.run();
