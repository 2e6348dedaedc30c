// A general mutation run over the controller: score, and what lives. node --import tsx bench/general.ts

import { availableParallelism } from 'node:os';
import { examineAll } from '../properties/mutants/examine-all.ts';
import { generalMutants } from '../properties/mutants/index.ts';

const mutants = generalMutants();
const started = performance.now();
const rows = await examineAll(
  mutants.map(({ id }) => id),
  { seeds: 1, runs: 300, shrink: 0, workers: Math.min(2, availableParallelism()) },
);
const living = new Set(rows.filter(({ caught }) => caught === 0).map(({ id }) => id));
for (const { id, name, why } of mutants) if (living.has(id)) console.log(`${id}  ${name}  ${why}`);
const killed = rows.length - living.size;
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(
  `${killed} of ${rows.length} killed (${((100 * killed) / rows.length).toFixed(1)} %), ${minutes} minutes`,
);
