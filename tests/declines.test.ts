// A subject outside this process that does not start again: what was found before stands, and what was not looked at is told.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { longer } from '../cli/verify-runs.ts';
import { type Domain, type HuntReport, hunt, NotAlive, type Plain, Unavailable } from '../lockstep/index.ts';
import type { Rss } from '../properties/domain/index.ts';

const bin = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));

type Counter = Plain<'add', 'ok', number>;

/** A counter outside; each start has its own life: moves until it dies, or the reason why it declines. */
function counter(name: string, lives: (number | string)[]): Domain<Counter> {
  const openOutside = async () => {
    const life = lives.shift() ?? 'there is no more';
    if (typeof life === 'string') throw new Unavailable(life);
    let [n, left] = [0, life];
    return {
      reset: async () => void (n = 0),
      apply: async () => {
        if (left-- === 0) throw new NotAlive('it died');
        n++;
        return 'ok' as const;
      },
      look: () => n,
      close: async () => {},
    };
  };
  return {
    name,
    subjects: { open: () => Promise.reject(new Error('none here')), openOutside, isOutside: () => true },
    specification: () => {
      let n = 0;
      return {
        reset: () => void (n = 0),
        apply: () => {
          n++;
          return 'ok';
        },
        look: () => n,
      };
    },
    move: () => 'add',
    text: String,
  };
}

const plan = { impl: 'a program', seed: 1, runs: 100 };

test('what was found stands when the subject declines to start again', async () => {
  const domains = [counter('first', [70, 'the port is in use'])];
  const { verdict, found, founds, skipped } = await hunt({ ...plan, domains, keepGoing: true });
  assert.equal([verdict, found?.claim, founds.length], ['violated', 'ImplementationAlive', 1]);
  assert.match(skipped[0].reason, /^after \d+ runs: the port is in use$/);
});

test('a trace that was found is not forgotten for a start that fails', async () => {
  const openings = counter('first', [70]);
  const open = openings.subjects!.openOutside!;
  let started = 0;
  const subjects = {
    ...openings.subjects!,
    openOutside: async (...args: Parameters<typeof open>) => {
      if (started++ > 0) throw new NotAlive('it does not start');
      return open(...args);
    },
  };
  const { found } = await hunt({ ...plan, domains: [{ ...openings, subjects }], keepGoing: true });
  assert.is(found?.witness, 'it died');
  assert.ok(found!.moves.length > 0);
});

test('a domain that is declined after its first turn was not looked at to the end: unknown', async () => {
  const domains = [counter('first', [Infinity, 'busy']), counter('second', [Infinity, Infinity])];
  const { verdict, cutOff, skipped, domains: reports } = await hunt({ ...plan, domains });
  assert.equal([verdict, cutOff], ['unknown', true]);
  assert.equal(skipped, [{ domain: 'first', reason: 'after 50 runs: busy' }]);
  assert.equal(
    reports.map(({ runs }) => runs),
    [50, 100],
  );
  const declines = [counter('first', ['busy']), counter('second', [Infinity, Infinity])];
  assert.is(
    (await hunt({ ...plan, domains: declines })).verdict,
    'holds',
    'one that never began is left out',
  );
});

test('the measuring hunt stands when the program does not start for the longer one', async () => {
  const first = { verdict: 'holds', found: null, domains: [{ domain: 'letter', runs: 25 }] };
  const report = first as unknown as HuntReport<Rss>;
  const { verdict, skipped } = await longer(report, Promise.reject(new Unavailable('busy')));
  assert.equal([verdict, skipped], ['unknown', [{ domain: 'letter', reason: 'after 25 runs: busy' }]]);
  const violated = { ...report, verdict: 'violated', found: {} } as HuntReport<Rss>;
  assert.is((await longer(violated, Promise.resolve(report))).verdict, 'violated');
});

test('verify: a program that dies and then declines is violated, and is told as it was found', () => {
  if (spawnSync('python3', ['--version']).status !== 0) return console.log('SKIP python3 is not here');
  const folder = mkdtempSync(join(tmpdir(), 'declines-'));
  const source = readFileSync(new URL('../examples/external/rss.py', import.meta.url), 'utf8');
  const verified = (moves: number, ...more: string[]) => {
    rmSync(join(folder, 'started'), { force: true });
    const file = join(folder, 'dies.py');
    writeFileSync(
      file,
      source
        .replace(
          'def main():',
          `import os\nAGAIN = os.path.exists("started")\nopen("started", "w")\n\ndef main():`,
        )
        .replace('if message["profile"] in PROFILES', 'if not AGAIN')
        .replace(/f"profile .*"}$/m, '"the port is in use"}')
        .replace(
          'elif "move" in message:',
          `$&\n            Controller.left -= 1\n            if Controller.left < 0: sys.exit(9)`,
        )
        .replace('class Controller:', `$&\n    left = ${moves}`),
    );
    const args = ['verify', '--impl', `python3 ${file}`, '--profile', 'letter', '--runs', '50'];
    const { status, stdout } = spawnSync(process.execPath, [bin, ...args, '--seed', '1', ...more], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.is(status, 1, stdout);
    assert.match(stdout, 'violated: ImplementationAlive');
    return stdout;
  };
  assert.match(verified(60), 'not shrunk: it does not start again: the port is in use');
  assert.match(verified(60, '--keep-going'), /letter +skipped: after \d+ runs: the port is in use/);
  assert.match(verified(3), /after mkdir .*exit status 9.*; started again it declines: the port is in use/);
  rmSync(folder, { recursive: true });
});

test.run();
