// A search in a process of its own, to be killed: checker-child.mjs CHECKPOINT [WORKERS [MEMORY]].
// Resumes if the checkpoint exists; prints the counts at the end.

import { existsSync } from 'node:fs';
import { register } from 'tsx/esm/api';

register();
const { check } = await import('../checker/index.ts');
const { commit } = await import('./checker-models.ts');

const [checkpoint, workers = '1', memory] = process.argv.slice(2);
const args = { managers: 6 };
const spec = { module: new URL('./checker-models.ts', import.meta.url).href, export: 'commit', args };
const resume = existsSync(checkpoint) ? { resume: checkpoint } : {};
console.log('begins');
const report = await check(commit(args), {
  checkpoint,
  checkpointSeconds: memory === undefined ? 0 : 0.2,
  workers: Number(workers),
  spec,
  ...(memory === undefined ? {} : { memoryMiB: Number(memory) }),
  ...resume,
});
const { states, transitions, refused, depth, levels, claims, verdict } = report;
console.log(
  JSON.stringify({
    states,
    transitions,
    refused,
    depth,
    levels,
    claims,
    verdict,
    resumed: report.resumedFrom,
  }),
);
