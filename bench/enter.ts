// From Enter to the verdict: `verify` of a controller with each mistake of the catalogue, to the saved, shrunk, proven file; and a clean `verify` of
// 100,000 commands in each profile. Run: node --import tsx bench/enter.ts [SEED] [ID...]; about 4 minutes for all on a quiet machine.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { profileNames } from '../model/index.ts';
import { mutants } from '../mutants/index.ts';
import { median } from './tools.ts';

const program = fileURLToPath(new URL('../cli/firsttouch.mjs', import.meta.url));
/** A run has 130 commands or so. */
const RUNS = 800;
const seed = process.argv[2] ?? '1';
const named = process.argv.slice(3);

function verify(...args: string[]): {
  readonly seconds: number;
  readonly status: number | null;
  readonly text: string;
} {
  const save = mkdtempSync(join(tmpdir(), 'firsttouch-enter-'));
  const from = performance.now();
  const { status, stdout } = spawnSync(
    process.execPath,
    [program, 'verify', '--seed', seed, '--save', save, ...args],
    { encoding: 'utf8' },
  );
  const seconds = (performance.now() - from) / 1000;
  rmSync(save, { recursive: true });
  return { seconds, status, text: stdout };
}

const all: { readonly id: string; readonly seconds: number }[] = [];
for (const { id } of mutants.filter((mutant) => named.length === 0 || named.includes(mutant.id))) {
  const { seconds, status, text } = verify('--impl', `mutant:${id}`);
  const moves = text.match(/^[> ] +\d+ {2}\S/gm)?.length ?? 0;
  const proof =
    /; (nothing shorter|no shorter|no proof|not shrunk|leaving out|it )[^;\n]*/.exec(text)?.[0] ?? '';
  console.log(`${id.padEnd(6)} ${seconds.toFixed(2).padStart(6)} s  exit ${status}  ${moves} moves${proof}`);
  all.push({ id, seconds });
}
const middle = median(all.map(({ seconds }) => seconds));
const slow = all.filter(({ seconds }) => seconds > 4).sort((a, b) => b.seconds - a.seconds);
console.log(`median of ${all.length}: ${middle.toFixed(2)} s (target 1.5)`);
console.log(
  `over 4 s: ${slow.map(({ id, seconds }) => `${id} ${seconds.toFixed(1)}`).join(', ') || 'none'} (target: two)`,
);
if (named.length === 0)
  for (const profile of profileNames) {
    const { seconds, text } = verify('--profile', profile, '--runs', String(RUNS), '--quiet');
    console.log(`${profile.padEnd(8)} ${seconds.toFixed(2)} s (target 3): ${text.trim()}`);
  }
