// Random commands a second, one thread, profile letter: fast-check's commands with modelRun, and our hunt, with the same specification and the same
// comparisons after every command, no claim on either side; and our hunt as `verify` does it, with every claim. Turn about, medians, and in brackets
// the least and the most. Run: node --import tsx bench/random.ts [REPETITIONS]; about 15 s a repetition.

import fc from 'fast-check';
import { type HuntReport, hunt } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf, type Rss } from '../properties/domain/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { Specification } from '../properties/subjects/subject.ts';
import { commandsOf } from './commands.ts';
import { inTurn, many, median } from './tools.ts';

const SIZE = { containers: 3, tasks: 4, pages: 8 };
const LENGTH = 200;
const RUNS = 2_000;
const repetitions = Number(process.argv[2] ?? 5);

/** At size "max" runs are as long as ours; drawing them and running them are both counted, as with us. */
async function byLibrary(seed: number): Promise<number> {
  let commands = 0;
  const drawn = fc.commands(
    commandsOf(SIZE, () => commands++),
    { size: 'max', maxCommands: LENGTH },
  );
  const property = fc.property(drawn, (run) =>
    fc.modelRun(
      () => ({ model: new Specification(profiles.letter), real: new ControllerSubject('letter') }),
      run,
    ),
  );
  fc.assert(property, { seed, numRuns: RUNS / 4 });
  return commands;
}

/** `thorough`: held against the readable specification alone, which the library has, too. */
async function byHunt(seed: number, how: { readonly claims?: string[]; readonly thorough?: boolean }) {
  const domains = [domainOf(profiles.letter)];
  const report: HuntReport<Rss> = await hunt({
    ...{ impl: 'controller', seed, domains, runs: RUNS, workers: 0, size: SIZE, length: LENGTH },
    ...how,
  });
  if (report.found) throw new Error(`${report.found.claim}: ${report.found.witness}`);
  return report.domains[0].commands;
}

const ways: Readonly<Record<string, (seed: number) => Promise<number>>> = {
  'fc.modelRun, the readable specification': byLibrary,
  'hunt, the readable specification, no claim': (seed) => byHunt(seed, { claims: [], thorough: true }),
  'hunt, no claim': (seed) => byHunt(seed, { claims: [] }),
  'hunt, every claim': (seed) => byHunt(seed, {}),
};

/** Commands a second, a seed more each time. */
function rated(work: (seed: number) => Promise<number>): () => Promise<number> {
  let seed = 0;
  return async () => {
    const from = performance.now();
    const commands = await work(++seed);
    return (1000 * commands) / (performance.now() - from);
  };
}

const rates = await inTurn(
  Object.fromEntries(Object.entries(ways).map(([name, work]) => [name, rated(work)])),
  repetitions,
);
for (const [name, all] of Object.entries(rates))
  console.log(
    `${name.padEnd(44)} ${many(median(all)).padStart(8)} commands/s (${many(Math.min(...all))} to ${many(Math.max(...all))})`,
  );
