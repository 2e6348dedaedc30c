// The weighted policy beside the uniform one at the same budget: view states, paths and branches of the specification, and commands until mutants are caught.

import { instrumentedModel } from '../campaign/branches.ts';
import { type Coverage, mergeCoverage, Watch } from '../campaign/coverage.ts';
import { armsOf, runsByWeight, usualWeighing, type WeighOptions, weigh } from '../campaign/weights.ts';
import { batchSeed, RUNS_A_BATCH, runBatch } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { mutants } from '../mutants/index.ts';
import { domainOf, LARGEST } from '../properties/domain/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { openSubject } from '../properties/subjects/implementation.ts';

const PROFILE = 'letter';
const BUDGET = Number(process.env.COMMANDS ?? 400_000);
const GENERATIONS = 8;
const SEEDS = Number(process.env.SEEDS ?? 3);
const HUNTS = Number(process.env.HUNTS ?? 5);
const MOST = 60_000;

const instrumented = await instrumentedModel();

interface Outcome {
  readonly seen: Coverage;
  readonly weights: readonly number[];
  readonly cpuSeconds: number;
}

/** A campaign of one profile within the budget of commands; null is the uniform policy: the portfolio as it is. */
function campaign(seed: number, options: WeighOptions | null): Outcome {
  const start = process.cpuUsage();
  const arms = armsOf(seed);
  const subject = new ControllerSubject(PROFILE);
  const parts: Coverage[] = [];
  const portfolio = arms.map((_, i) => (i === 0 ? 1 : 0));
  let weights = options ? arms.map(({ prior }) => prior) : portfolio;
  let commands = 0;
  let batch = 0;
  for (let generation = 0; generation < GENERATIONS; generation++) {
    if (options && generation > 0) weights = weigh(arms, mergeCoverage(parts), options);
    const watch = new Watch(PROFILE, instrumented, { states: 0, paths: 0 });
    while (commands < (BUDGET * (generation + 1)) / GENERATIONS) {
      const drawn = runsByWeight(arms, { seed: batchSeed(seed, PROFILE, batch), weights }, RUNS_A_BATCH);
      commands += runWatched(batch++, drawn, subject, watch);
    }
    parts.push(watch.coverage());
  }
  const { user, system } = process.cpuUsage(start);
  return { seen: mergeCoverage(parts), weights, cpuSeconds: (user + system) / 1e6 };
}

function runWatched(
  batch: number,
  drawn: ReturnType<typeof runsByWeight>,
  subject: ControllerSubject,
  watch: Watch,
): number {
  let at = -1;
  const runs = drawn.map(({ run }) => run);
  const result = runBatch(
    domainOf(profiles[PROFILE]),
    { impl: 'controller', seed: 0 },
    batch,
    runs,
    subject,
    {
      spec: watch.spec,
      watch: (step, run) => {
        if (run !== at) watch.nextRun(drawn[(at = run)].arm);
        watch.step(step);
      },
    },
  );
  if (result.found) throw new Error(`${result.found.claim}: ${result.found.witness}`);
  return result.tally.commands;
}

/** Commands until a mutant is caught, at most MOST. */
async function commandsUntilCaught(id: string, seed: number, weights: readonly number[]): Promise<number> {
  const profile = mutants.find((one) => one.id === id)?.profile ?? PROFILE;
  const subject = await openSubject(`mutant:${id}`, profile, LARGEST);
  const arms = armsOf(1);
  let commands = 0;
  for (let batch = 0; commands < MOST; batch++) {
    const drawn = runsByWeight(arms, { seed: batchSeed(seed, profile, batch), weights }, RUNS_A_BATCH);
    const runs = drawn.map(({ run }) => run);
    // A batch is in order of arms: shuffled, or the first arms would always be first.
    const order = runs.map((run, i) => ({
      run,
      key: Math.imul(batchSeed(seed, profile, batch) ^ i, 0x9e3779b1) >>> 0,
    }));
    order.sort((x, y) => x.key - y.key);
    const result = runBatch(
      domainOf(profiles[profile]),
      { impl: 'mutant', seed: 0 },
      batch,
      order.map(({ run }) => run),
      subject,
    );
    commands += result.tally.commands;
    if (result.found) return Math.min(commands, MOST);
  }
  return MOST;
}

const geometric = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

const policies: [name: string, options: WeighOptions | null][] = [
  ['uniform', null],
  ['priors', { paths: 0, floor: 1 }],
  ['states', { ...usualWeighing, paths: 0 }],
  ['paths', { ...usualWeighing, paths: 1 }],
  ['both', usualWeighing],
];

console.log(
  `${profiles[PROFILE].name}, ${BUDGET} commands, ${GENERATIONS} generations, ${SEEDS} seeds; mutants: ${HUNTS} hunts each`,
);
const learned = new Map<string, readonly number[]>();
const base: Record<string, number> = {};
for (const [name, options] of policies) {
  const outcomes = Array.from({ length: SEEDS }, (_, k) => campaign(k + 1, options));
  learned.set(name, outcomes[0].weights);
  const figures: Record<string, number> = {
    'CPU s': geometric(outcomes.map(({ cpuSeconds }) => cpuSeconds)),
    views: geometric(outcomes.map(({ seen }) => seen.views.entries.length * 2 ** seen.views.level)),
    states: geometric(outcomes.map(({ seen }) => seen.states.entries.length * 2 ** seen.states.level)),
    paths: geometric(outcomes.map(({ seen }) => seen.paths.entries.length)),
    branches: geometric(outcomes.map(({ seen }) => seen.branches.filter((count) => count > 0).length)),
  };
  const words = Object.entries(figures).map(([what, value]) => {
    base[what] ??= value;
    return `${what} ${value < 100 ? value.toFixed(1) : Math.round(value)} (x${(value / base[what]).toFixed(2)})`;
  });
  console.log(`${name.padEnd(8)} ${words.join(', ')}`);
  const arms = armsOf(1);
  const top = outcomes[0].weights
    .map((w, i) => ({ w, name: arms[i].name }))
    .sort((x, y) => y.w - x.w)
    .slice(0, 6);
  console.log(`         ${top.map((one) => `${one.name} ${one.w.toFixed(2)}`).join('; ')}`);
}

if (HUNTS > 0) {
  const costs = new Map<string, number[]>();
  for (const { id } of mutants) {
    for (const [name, weights] of learned) {
      const hunts: number[] = [];
      for (let seed = 1; seed <= HUNTS; seed++)
        hunts.push(await commandsUntilCaught(id, seed * 7919, weights));
      costs.set(name, [...(costs.get(name) ?? []), geometric(hunts)]);
    }
  }
  const uniform = costs.get('uniform') as number[];
  for (const [name, each] of costs) {
    const ratio = geometric(each.map((cost, i) => cost / uniform[i]));
    const hard = each.map((cost, i) => [cost, uniform[i]]).filter(([, u]) => u > 2000);
    console.log(
      `${name.padEnd(8)} commands to a mutant: geometric mean ${Math.round(geometric(each))}, x${ratio.toFixed(2)} of uniform; of the ${hard.length} hard ones x${geometric(hard.map(([c, u]) => c / u)).toFixed(2)}`,
    );
  }
}
