// firsttouch check as a process: counts, JSON by its Schema, exit statuses, graphs, checkpoints, and what it refuses.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Schema from '@effect/schema/Schema';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { searchNote } from '../cli/check-call.ts';
import { AllSchema, CheckSchema } from '../properties/scopes/result.ts';
import { inCopy } from '../properties/subjects/plant.ts';

const program = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-check-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, 'check', ...args], (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

test('states its bounds, never "correct", and exits 0', async () => {
  const { status, stdout } = await run('--scope', '1/1/1/1');
  assert.is(status, 0);
  assert.match(stdout, 'no violation: 13 states, depth 5, scope 1/1/1/1');
  assert.match(stdout, '92 transitions, 90 moves refused');
  assert.not.match(stdout, 'correct');
});

test('--json is one object of the Schema, for one profile and for all', async () => {
  const one = Schema.decodeUnknownSync(CheckSchema)(
    JSON.parse((await run('--model', 'lru', '--scope', '1/1/1/1', '--refine', '--json')).stdout),
  );
  assert.equal([one.states, one.transitions, one.refused, one.depth], [19, 146, 120, 6]);
  assert.is(one.refinement?.verdict, 'holds');
  const named = await run('--model', 'lru', '--scope', '1/1/1/1', '--refine', '--claims', 'I5', '--json');
  assert.is(JSON.parse(named.stdout).refinement?.verdict, 'holds', '--claims does not take --refine away');
  const busy = one.reached.find(({ name }) => name === 'Busy');
  assert.is(busy?.moves, 3, 'mkdir, spawn, and the rmdir that is refused');
  const all = await run('--scope', '1/1/1/1', '--profile', 'all', '--json');
  const { verdict, profiles } = Schema.decodeUnknownSync(AllSchema)(JSON.parse(all.stdout));
  assert.is(verdict, 'holds');
  assert.is(profiles.length, 4);
  const known = profiles[1].claims.find(({ name }) => name === 'WithinLimit');
  assert.is(known?.verdict, 'known violation');
  assert.is(known?.trace?.length, 4);
});

test('in the linux profiles containers are within containers, unless one asks for --flat', async () => {
  const tree = ['--model', 'lru', '--scope', '2/1/1/1', '--profile', 'linux-v2', '--claims', 'none'];
  const dot = join(folder, 'tree.dot');
  const file = join(folder, 'tree');
  const nested = await run(...tree, '--graph', dot);
  assert.match(
    nested.stdout,
    'no violation: 580 states, depth 13, scope 2/1/1/1 (containers/tasks/pages/limit), nested',
  );
  assert.match(readFileSync(dot, 'utf8'), 'c0 in c1 limit 0 [] []');
  const flat = await run(...tree, '--flat', '--json');
  const { nested: isNested, states } = Schema.decodeUnknownSync(CheckSchema)(JSON.parse(flat.stdout));
  assert.equal([isNested, states], [false, 512]);
  assert.is((await run(...tree, '--depth', '6', '--checkpoint', file)).status, 3);
  assert.match((await run(...tree, '--resume', file)).stdout, '580 states, depth 13');
  const other = await run(...tree, '--flat', '--resume', file);
  assert.is(other.status, 2, 'a nested search is not gone on with as a flat one');
});

test('a counterexample in a tree shows who is in whom', async () => {
  const tree = ['--model', 'lru', '--scope', '2/1/1/0', '--profile', 'linux-v1'];
  const { status, stdout } = await run(...tree, '--impl', 'mutant:P7');
  assert.is(status, 1, stdout);
  assert.match(
    stdout,
    /mkdir c1 c0 .* c1 in c0 unlimited/,
    'the mistake: a limit looked at only in the leaf',
  );
  assert.match(stdout, /^> +5 {2}touch t0 p0 -> KILLED/m);
});

test('cut off by depth it is unknown, exit 3', async () => {
  const { status, stdout } = await run('--scope', '1/2/2/2', '--depth', '3', '--claims', 'none');
  assert.is(status, 3);
  assert.match(stdout, 'unknown, no violation so far');
});

test('--resume takes model, scope and profile from the checkpoint; what is said against it is refused', async () => {
  const file = join(folder, 'other.cp');
  const small = ['--model', 'lru', '--scope', '1/1/2/1', '--profile', 'v3.1'];
  assert.is((await run(...small, '--depth', '3', '--checkpoint', file)).status, 3);
  const resumed = await run('--resume', file);
  assert.is(resumed.status, 0, resumed.stderr);
  assert.match(resumed.stdout, 'scope 1/1/2/1 (containers/tasks/pages/limit), model lru, profile v3.1');
  const other = await run('--resume', file, '--scope', '1/1/1/1');
  assert.is(other.status, 2);
  assert.match(other.stderr, 'is of another');
});

test('--model protocol runs the scopes of docs/protocol.md by name', async () => {
  const apart = await run('--model', 'protocol', '--scope', 'apart', '--claims', 'none');
  assert.match(apart.stdout, /^no violation: 2,200 states, depth 28, scope apart,/);
  const wrong = await run('--model', 'protocol', '--scope', 'first tuoch');
  assert.is(wrong.status, 2);
  assert.match(
    wrong.stderr,
    'no scope has this name; the nearest legal one is first touch; legal are: first touch, reclaim',
  );
  assert.match((await run('--scope', 'apart')).stderr, 'a scope of the protocol goes with --model protocol');
});

test('a checkpoint is gone on from to the same count, and a damaged one is refused', async () => {
  const file = join(folder, 'search');
  const bounded = ['--scope', '1/2/2/2', '--claims', 'none'];
  assert.is((await run(...bounded, '--depth', '4', '--checkpoint', file)).status, 3);
  const resumed = await run(...bounded, '--resume', file);
  assert.is(resumed.status, 0);
  assert.match(resumed.stdout, '401 states');
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] ^= 0xff;
  writeFileSync(file, bytes);
  assert.is((await run(...bounded, '--resume', file)).status, 2);
});

test('--graph draws every state', async () => {
  const dot = join(folder, 'graph.dot');
  assert.is((await run('--scope', '1/1/1/1', '--claims', 'none', '--graph', dot)).status, 0);
  assert.is(readFileSync(dot, 'utf8').match(/^ {2}s\d+ \[label/gm)?.length, 13);
  const itf = join(folder, 'graph.itf.json');
  assert.is((await run('--scope', '1/1/1/1', '--claims', 'none', '--graph', itf)).status, 0);
  assert.is(JSON.parse(readFileSync(itf, 'utf8')).states.length, 13);
});

test('a graph that cannot be written leaves the old file, and the verdict is told', async () => {
  // The file itself can be opened, but a file beside it has too long a name.
  const file = join(folder, `${'g'.repeat(250)}.dot`);
  writeFileSync(file, 'as it was');
  const { status, stdout, stderr } = await run('--scope', '1/1/1/1', '--claims', 'none', '--graph', file);
  assert.is(status, 2);
  assert.match(stdout, '13 states');
  assert.match(stderr, 'could not be written: ENAMETOOLONG');
  assert.is(readFileSync(file, 'utf8'), 'as it was');
});

test('at depth 0 nothing was tried, and a search cut off says where it looked', async () => {
  const nothing = await run('--scope', '1/1/1/1', '--depth', '0');
  assert.not.match(nothing.stdout, 'never taken');
  const shallow = await run('--scope', '1/1/1/1', '--depth', '1');
  assert.match(shallow.stdout, 'never taken: rmdir (refused in the 1 states expanded)');
});

test('the progress line calls a guess a guess', () => {
  assert.is(searchNote(9, 1234, 328721), 'depth 9, 1,234 to expand, perhaps 330,000 in all');
  assert.is(searchNote(2, 5, null), 'depth 2, 5 to expand');
});

test('what cannot be meant is refused with what is legal, exit 2', async () => {
  const wrong = [
    [['--impl', 'controller'], '--model lru'],
    [
      ['--model', 'lru', '--impl', 'mutant:B99'],
      'there is no such mutant; legal are mutant:ID, ID one of A1',
    ],
    [['--refine'], '--model lru'],
    [['--claims', 'UsageIsLruSiz'], 'UsageIsLruSize'],
    [['--graph', 'x.png'], '.dot'],
    [['--model', 'lru', '--profile', 'all', '--resume', 'x'], 'one profile'],
    [['--model', 'protocol', '--profile', 'v3.1'], 'letter'],
    [['--scope', '2/2/40/2'], '--scope 2/2/40/2: a search has room for 64 containers, 64 tasks and 16 pages'],
    [['--scope', '64/2/2/65535'], '4,194,'],
    [['--scope', '64/64/16/65535'], '4,227,072 different moves'],
    [['--graph', join(folder, 'no', 'g.dot')], 'cannot be written: ENOENT'],
    [['--save', join(program, 'found')], 'ENOTDIR'],
  ] as const;
  const answers = await Promise.all(wrong.map(([args]) => run(...args)));
  wrong.forEach(([args, legal], i) => {
    assert.is(answers[i].status, 2, args.join(' '));
    assert.match(answers[i].stderr, legal);
  });
});

test('the controller is judged on every move of every state', async () => {
  const { status, stdout } = await run('--model', 'lru', '--scope', '1/1/2/1', '--impl', 'controller');
  assert.is(status, 0);
  assert.match(stdout, 'implementation controller on every move of each');
});

test('any implementation is walked to every state; a program that ends early is a violation', async () => {
  const lru = await run('--model', 'lru', '--scope', '1/1/1/1', '--impl', 'lru');
  assert.is(lru.status, 0, lru.stderr);
  assert.match(lru.stdout, 'implementation lru on every move of each');
  const dead = await run('--model', 'lru', '--scope', '1/1/1/1', '--impl', 'node -e 0');
  assert.is(dead.status, 1, dead.stderr);
  assert.match(dead.stdout, 'ImplementationAlive');
  const mutant = await run('--model', 'lru', '--scope', '1/2/1/1', '--impl', 'mutant:B13');
  assert.is(mutant.status, 0, 'one page is too small a world for this mistake');
  const larger = await run('--model', 'lru', '--scope', '1/2/2/2', '--impl', 'mutant:B13');
  assert.is(larger.status, 1, larger.stderr);
  assert.match(larger.stdout, /^> +\d+ {2}(touch|copy) t/m);
});

test('what a walk has found is told with the counts of the walk, not of the whole graph beside them', async () => {
  const walked = async (impl: string) => {
    const { stdout } = await run('--model', 'lru', '--scope', '1/2/2/2', '--impl', impl, '--json');
    return JSON.parse(stdout) as typeof CheckSchema.Type;
  };
  const { verdict, states, levels, depth, transitions, refused, claims } = await walked('mutant:B13');
  assert.is(verdict, 'violated');
  assert.is(
    levels.reduce((sum, n) => sum + n, 0),
    states,
  );
  assert.is(levels.length, depth + 1);
  assert.is(transitions + refused, claims[0].checked);
  const dead = await walked('node -e 0');
  assert.equal([dead.states, dead.levels, dead.depth, dead.transitions, dead.refused], [1, [1], 0, 0, 0]);
});

test('a fast text of the model that differs from it is left, and that is told', async () => {
  const rooms = [
    'model',
    'checker',
    'lockstep',
    'impl',
    'properties',
    'cli',
    'shell',
    'package.json',
    'tsconfig.json',
  ];
  const edit = {
    file: 'properties/scopes/lru-twin.ts',
    from: 'this.trail.killed.push(victim);',
    to: '',
  };
  await inCopy(rooms, { id: 'kills-nobody-knows-of', edits: [edit] }, async (copy) => {
    const args = ['check', '--model', 'lru', '--scope', '1/1/1/1'];
    const told = (...more: string[]) =>
      spawnSync(process.execPath, [join(copy, 'cli/firsttouch.mjs'), ...args, ...more], { encoding: 'utf8' });
    const { status, stdout } = told('--quiet');
    assert.is(status, 0, 'the readable model is what is asked about');
    assert.match(stdout, /^no violation: 19 states/);
    assert.match(stdout, /^a defect in firsttouch: .*the readable one was searched: the twin differs: /m);
    const json = Schema.decodeUnknownSync(CheckSchema)(JSON.parse(told('--json').stdout));
    assert.match(json.twinDiffers ?? '', /^the twin differs: /);
  });
});

test.run();
