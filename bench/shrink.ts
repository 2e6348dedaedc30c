// Detection and shrinking beside the usual way, in one run: this portfolio, and fast-check's commands with modelRun at its defaults (100 runs) and at size "max", up to 120 commands.
// node --import tsx bench/shrink.ts [SEEDS] [IDS...]; each mutant in a process of its own.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { guarded } from '../checker/guard.ts';
import { Shrinker } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { loadController, mutantNamed, mutants } from '../mutants/index.ts';
import { trial } from '../mutants/trial.ts';
import { domainOf } from '../properties/domain/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { Specification } from '../properties/subjects/subject.ts';
import { commandsOf } from './commands.ts';
import { median } from './tools.ts';

const SIZE = { containers: 2, tasks: 3, pages: 4 };
const RUNS = 300;
/** What one search of a proof may meet, as in the table of mutants. */
const SITUATIONS = 60_000;
/** The library may take so long with one seed; then it has found nothing. */
const LIBRARY_MS = 10_000;

interface Way {
  readonly name: string;
  found: number;
  readonly texts: string[];
  readonly lengths: number[];
  readonly executions: number[];
  /** Of ours: how long each took, its proof included. What one proof has seen, the next one of this mutant need not look at. */
  readonly seconds: number[];
  /** Of ours: the proofs that came to no end. */
  unproven: number;
}
const way = (name: string): Way => ({
  name,
  found: 0,
  texts: [],
  lengths: [],
  executions: [],
  seconds: [],
  unproven: 0,
});

type CommandsOptions = Parameters<typeof fc.commands>[1];

/** Without a bound of its own, size "max" draws sequences until the memory is full. As long as our longest. */
const WAYS: readonly [name: string, options: CommandsOptions][] = [
  ['commands', {}],
  ['commands, size max', { size: 'max', maxCommands: 120 }],
];

function byLibrary(into: Way, make: () => ControllerSubject, seed: number, options: CommandsOptions): void {
  let executions = 0;
  const property = fc.property(fc.commands(commandsOf(SIZE), options), (moves) => {
    executions++;
    fc.modelRun(() => ({ model: new Specification(profiles.letter), real: make() }), moves);
  });
  const details = fc.check(property, { seed, interruptAfterTimeLimit: LIBRARY_MS / 2 });
  if (!details.failed || !details.counterexample) return;
  // Where to go on is part of the library's text, and not of the sequence.
  const text = String(details.counterexample[0]).replace(/ ?\/\*replayPath.*/, '');
  note(into, text, text.split(',').length, executions - details.numRuns);
}

function note(into: Way, text: string, length: number, executions: number): void {
  into.found++;
  into.texts.push(text);
  into.lengths.push(length);
  into.executions.push(executions);
}

async function compare(id: string, seeds: number): Promise<Way[]> {
  const mutant = mutantNamed(id);
  if (!mutant) throw new RangeError(`no mutant ${id}`);
  const Class = await loadController(mutant);
  const make = () => new ControllerSubject('letter', undefined, Class);
  const shrinker = new Shrinker(domainOf(profiles.letter), make, { situations: SITUATIONS });
  const ours = way('firsttouch');
  const theirs = WAYS.map(([name]) => way(name));
  for (let seed = 0; seed < seeds; seed++) {
    const { found } = trial(make, { profile: 'letter', seed, runs: RUNS });
    if (found) {
      const from = performance.now();
      const { text, executions, violation, proof } = shrinker.shrink(found);
      const seconds = (performance.now() - from) / 1000;
      ours.seconds.push(seconds);
      if (!proof.complete) ours.unproven++;
      note(ours, text, violation.moves.length, executions);
    }
    for (const [k, [, options]] of WAYS.entries()) {
      guarded(
        LIBRARY_MS,
        () => byLibrary(theirs[k], make, seed, options),
        () => {},
      );
    }
  }
  return [ours, ...theirs];
}

const [first, ...named] = process.argv.slice(2);
const seeds = Number(first ?? 10);
if (process.env.FIRSTTOUCH_BENCH_ONE) {
  const ways = await compare(process.env.FIRSTTOUCH_BENCH_ONE, seeds);
  console.log(JSON.stringify(ways));
} else {
  const ids = named.length > 0 ? named : mutants.map(({ id }) => id).filter((id) => /^[AB]/.test(id));
  const sum = new Map<string, { found: number; texts: number; shortest: number; executions: number[] }>();
  /** Of each mutant: its shortest length, and the longest that a shrinking of ours took. */
  const proofs: { readonly id: string; readonly length: number; readonly seconds: number }[] = [];
  let unproven = 0;
  for (const id of ids) {
    const child = spawnSync(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(import.meta.url), String(seeds)],
      { encoding: 'utf8', env: { ...process.env, FIRSTTOUCH_BENCH_ONE: id } },
    );
    if (child.status !== 0) throw new Error(`${id}: ${child.stderr}`);
    const ways = JSON.parse(child.stdout) as Way[];
    const best = Math.min(...ways.flatMap(({ lengths }) => lengths));
    proofs.push({ id, length: best, seconds: Math.max(0, ...ways[0].seconds) });
    unproven += ways[0].unproven;
    for (const { name, found, texts, lengths, executions } of ways) {
      const row = sum.get(name) ?? { found: 0, texts: 0, shortest: 0, executions: [] };
      sum.set(name, row);
      row.found += found;
      row.texts += new Set(texts).size;
      row.shortest += lengths.filter((length) => length === best).length;
      row.executions.push(...executions);
      const line = [id.padEnd(4), name.padEnd(20), `found ${found}/${seeds}`, `texts ${new Set(texts).size}`];
      console.log([...line, `lengths ${[...new Set(lengths)].sort((a, b) => a - b).join(' ')}`].join('  '));
    }
  }
  const all = ids.length * seeds;
  console.log('\nall                       found      texts  shortest  executions (median)');
  for (const [name, { found, texts, shortest, executions }] of sum) {
    console.log(
      `${name.padEnd(22)} ${`${found}/${all}`.padStart(10)} ${String(texts).padStart(6)} ${String(shortest).padStart(9)} ${String(found > 0 ? median(executions) : 0).padStart(8)}`,
    );
  }
  for (const [what, some] of [
    ['up to 8 moves (target 2 s)', proofs.filter(({ length }) => length <= 8)],
    ['longer', proofs.filter(({ length }) => length > 8)],
  ] as const) {
    const longest = some.reduce((a, b) => (b.seconds > a.seconds ? b : a), {
      id: 'none',
      length: 0,
      seconds: 0,
    });
    console.log(
      `proofs of ${some.length} mutants, ${what}: longest ${longest.seconds.toFixed(1)} s (${longest.id}), median ${some.length > 0 ? median(some.map(({ seconds }) => seconds)).toFixed(2) : 0} s`,
    );
  }
  console.log(`proofs that came to no end: ${unproven}`);
}
