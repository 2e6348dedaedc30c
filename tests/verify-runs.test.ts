// How long verify takes where nobody says: a program is given as many runs as fit.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fittingRuns } from '../cli/verify-runs.ts';
import type { DomainReport } from '../lockstep/index.ts';
import type { Rss } from '../properties/domain/index.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));

test('a program gets as many runs as fit into 40 s, and the line says how many and how long', () => {
  const first = (...rows: [runs: number, commands: number, seconds: number][]) => ({
    domains: rows.map(([runs, commands, seconds]) => ({ runs, commands, seconds }) as DomainReport<Rss>),
  });
  assert.equal(fittingRuns(first([25, 1000, 1])), {
    runs: 1000,
    text: '1,000 runs, about 40 s at 1,000 commands a second; --runs N asks for another number',
  });
  assert.equal(fittingRuns(first([25, 1200, 1], [25, 1000, 3])), {
    runs: 250,
    text: '250 runs of each of 2 profiles, about 40 s at 550 commands a second; --runs N asks for another number',
  });
  assert.match(
    fittingRuns(first([25, 1000, 0.05])).text,
    '2,000 runs, about 4 s at 20,000 commands a second',
  );
  assert.match(fittingRuns(first([2, 80, 10])).text, '50 runs, about 4 min at 8 commands a second');
});

test('before a long run of a program it is said how many runs there are and how long they take', async () => {
  if (spawnSync('python3', ['--version']).status !== 0) return console.log('SKIP python3 is not here');
  const program = fileURLToPath(new URL('../examples/external/rss.py', import.meta.url));
  const child = spawn(process.execPath, [
    bin,
    'verify',
    '--impl',
    `python3 ${program}`,
    '--profile',
    'letter',
  ]);
  child.stdout.setEncoding('utf8');
  let out = '';
  child.stdout.on('data', (text: string) => {
    out += text;
    child.kill('SIGINT');
  });
  const [status] = await once(child, 'close');
  assert.is(status, 130);
  const [line] = out.split('\n');
  assert.match(
    line,
    /^[\d,]+ runs, about \d+ (s|min) at [\d,]+ commands a second; --runs N asks for another number$/,
  );
});

test.run();
