// What probe does: looks at everything that some part of the suite needs.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import * as Schema from '@effect/schema/Schema';
import { factsText, type LinuxProbe, probeLinux } from '../properties/subjects/linux/index.ts';
import { type Context, HOLDS, SKIPPED } from './command.ts';
import type { ProbeContext } from './probe.ts';

const Part = Schema.Struct({
  name: Schema.String,
  ok: Schema.Boolean,
  /** By name; empty if it is ok. */
  missing: Schema.Array(Schema.String),
  /** What is there. */
  found: Schema.String,
});

export const ProbeSchema = Schema.Struct({ ok: Schema.Boolean, parts: Schema.Array(Part) });
export type ProbeReport = typeof ProbeSchema.Type;

export async function run(context: ProbeContext): Promise<number> {
  const { out, style } = context;
  const report = await probeMachine();
  if (context.flags.json) out(`${JSON.stringify(report)}\n`);
  else for (const part of report.parts) if (!part.ok || !context.flags.quiet) out(textOf(part, style));
  return report.ok ? HOLDS : SKIPPED;
}

/** Looks at everything that some part of the suite needs. */
export async function probeMachine(): Promise<ProbeReport> {
  const linux = await probeLinux();
  const parts = [linuxPart(linux), compilerPart(linux), await threadsPart()];
  return Schema.decodeUnknownSync(ProbeSchema)({ ok: parts.every(({ ok }) => ok), parts });
}

type Part = ProbeReport['parts'][number];

const linuxPart = ({ ok, missing, facts, hierarchy }: LinuxProbe): Part => ({
  name: 'linux',
  ok,
  missing,
  found: `${factsText(facts)}, ${hierarchy ? `memory controller at ${hierarchy}` : 'no v1 memory controller'}`,
});

const compilerPart = ({ compiler }: LinuxProbe): Part => ({
  name: 'compiler',
  ok: compiler !== null,
  missing: compiler ? [] : ['a C compiler (cc, gcc or clang; or set CC)'],
  found: compiler ?? 'none',
});

/** A worker thread that shares memory with this one and answers. */
async function threadsPart(): Promise<Part> {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const found = `${availableParallelism()} processors`;
  const missing: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const source = 'Atomics.store(require("node:worker_threads").workerData, 0, 1)';
      const worker = new Worker(source, { eval: true, workerData: shared });
      worker.once('exit', () => resolve());
      worker.once('error', reject);
    });
    if (Atomics.load(shared, 0) !== 1) missing.push('memory shared between worker threads');
  } catch (error) {
    missing.push(`worker threads (${error instanceof Error ? error.message : error})`);
  }
  return { name: 'worker threads', ok: missing.length === 0, missing, found };
}

function textOf({ name, ok, missing, found }: Part, style: Context['style']): string {
  const verdict = ok ? style('green', 'ok') : style('yellow', 'missing');
  const lines = [
    `${verdict.padEnd(ok ? 2 : 7)} ${name}: ${found}`,
    ...missing.map((what) => `        needs ${what}`),
  ];
  return `${lines.join('\n')}\n`;
}
