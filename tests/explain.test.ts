// The story of a trace, word for word; the commands shrink and explain, their JSON and their refusals.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initial, lru, type Move, profiles, step } from '../model/index.ts';
import { readCounterexample } from '../properties/trace/counterexample.ts';
import { storyOf, storyText } from '../properties/trace/explain.ts';
import { pictureOf } from '../properties/view/picture.ts';
import { View, viewOfState } from '../properties/view/view.ts';

const path = (name: string) => fileURLToPath(new URL(`../counterexamples/${name}.json`, import.meta.url));

test('in a tree each box says what it lies in, and what an inner one has of its own', () => {
  const moves: readonly Move[] = [
    ['mkdir', 0],
    ['spawn', 0, 0],
    ['touch', 0, 0],
    ['mkdir', 1, 0],
    ['spawn', 1, 1],
    ['touch', 1, 1],
  ];
  const state = moves.reduce((at, move) => step(at, move, lru).state, initial(profiles['linux-v1']));
  const lines = pictureOf(viewOfState(state, new View({ containers: 2, tasks: 2, pages: 2 })));
  assert.equal(
    lines.filter((line) => line.includes('usage')),
    [
      '+- c0: usage 2 (own 1), limit none, failcnt 0, reclaimed 0',
      '+- c1 in c0: usage 1, limit none, failcnt 0, reclaimed 0',
      '+- root: usage 2, limit none, failcnt 0, reclaimed 0',
    ],
  );
});

test('a false claim as a story', async () => {
  const example = readCounterexample(path('usage-above-a-lowered-limit'));
  assert.is(
    storyText(example, await storyOf(example)),
    `usage-above-a-lowered-limit: controller, profile letter, scope 1/1/1/0

  1. mkdir c0: ok
     +- c0: usage 0, limit none, failcnt 0, reclaimed 0
     |  active   head [] tail
     |  inactive head [] tail
     +- tasks: none

  2. spawn t0 c0: ok
     +- c0: usage 0, limit none, failcnt 0, reclaimed 0
     |  active   head [] tail
     |  inactive head [] tail
     +- tasks: t0 maps []

  3. touch t0 p0: ok
     +- c0: usage 1, limit none, failcnt 0, reclaimed 0
     |  active   head [p0] tail
     |  inactive head [] tail
     +- tasks: t0 maps [p0]

> 4. setLimit c0 0: ok
     +- c0: usage 1, limit 0, failcnt 0, reclaimed 0
     |  active   head [p0] tail
     |  inactive head [] tail
     +- tasks: t0 maps [p0]

Does not hold: F1 UsageNeverExceedsTheLimit: The usage of a container is never above its limit.
  L10 A usage that would pass the limit makes the owning container give up pages of its own.
Witness: c0 has usage 1, its limit is 0
Why: lowering a limit takes nothing: the next charge pays
Missed before: nobody had asked: it reads like the letter and is not what the letter says
Found: by hand, from the letter
`,
  );
});

test('a mutant as a story: both sides where they part, the rule and the letter', async () => {
  const example = readCounterexample(path('loser-uncharges-winner'));
  const text = storyText(example, await storyOf(example));
  assert.match(text, /^> \d+\. touch t1 p0: ok\n {5}mutant:B3:\n/m);
  assert.match(text, /the specification: ok\n/);
  assert.match(text, /\^ here they part for the first time/);
  assert.match(
    text,
    /Broken: I4 UsageIsLruSize: .*\n {2}docs\/contract\.md, The moves, touch: Nobody maps the page: /,
  );
  assert.match(text, /\n {2}docs\/contract\.md, Words: Who owns .*\n {2}L1 .*\n {2}L6 .*\n {2}L9 /);
});

const run = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url)), ...args], {
    encoding: 'utf8',
  });

test('shrink --json and explain --json: file, verdict, moves, claim, witness, proof', () => {
  const file = path('killed-task-leaks-ref');
  for (const command of ['shrink', 'explain']) {
    const { stdout, status } = run(command, file, '--json');
    const json = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(Object.keys(json), ['file', 'verdict', 'moves', 'claim', 'witness', 'proof']);
    assert.is(json.verdict, 'violated');
    assert.is((json.moves as string[]).at(-1), 'rmdir c0');
    assert.is(status, 1);
    if (command === 'shrink') assert.match(String(json.proof), /^nothing shorter fails: \d+ situations/);
  }
});

test('--color always: the failing move and the rule that is broken are red, and without it nothing is', () => {
  const file = path('killed-task-leaks-ref');
  const { stdout } = run('explain', file, '--color', 'always');
  const red = stdout.split('\n').filter((line) => line.startsWith('\x1b[31m'));
  assert.is(red.length, 2);
  assert.match(red[0], /> \d+\. /);
  assert.match(red[1], /(Broken|Does not hold): /);
  assert.not.match(run('explain', file).stdout, '\x1b');
});

test('a ready test is printed; a file that is not there is one clear line and exit 2', () => {
  assert.match(
    run('explain', path('copy-loses-its-source'), '--test').stdout,
    /\['copy', 0, 0, 1\],[\s\S]*test\.run\(\);\n$/,
  );
  const { status, stderr } = run('shrink', 'no-such.json');
  assert.is(status, 2);
  assert.match(stderr, /^firsttouch: no-such\.json: .*\n$/);
});

test.run();
