// What probe does: looks at everything that some part of the suite needs.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import * as Schema from '@effect/schema/Schema';
import { onPath } from '../impl/linux/index.ts';
import { hasSolver } from '../proof/solver.ts';
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
  const { out, style, progress } = context;
  const report = await probeMachine((name, done) => progress.report(done, 'parts', undefined, name));
  progress.clear();
  if (context.flags.json) out(`${JSON.stringify(report)}\n`);
  else for (const part of report.parts) if (!part.ok || !context.flags.quiet) out(textOf(part, style));
  return report.ok ? HOLDS : SKIPPED;
}

/** Looks at everything that some part of the suite needs. `begin` is told what is looked at next, and how much was. */
export async function probeMachine(
  begin: (name: string, done: number) => void = () => {},
): Promise<ProbeReport> {
  begin('linux: a dozen moves in groups of our own', 0);
  const v1 = await probeLinux();
  const v2 = v1.hierarchy === null ? await probeLinux({ cgroup: 'v2' }) : null;
  begin('worker threads and programs', 1);
  const machine = [linuxPart(v1, v2), compilerPart(v1), await threadsPart()];
  // What can be installed in a minute is told, but is no lack of the machine.
  const parts = [...machine, ...programs.map(programPart), solverPart()];
  return Schema.decodeUnknownSync(ProbeSchema)({ ok: machine.every(({ ok }) => ok), parts });
}

type Part = ProbeReport['parts'][number];

/** A kernel has its memory controller in one of the two hierarchies: the other profile cannot run here, and is no less of the machine for that. */
export function linuxPart(v1: LinuxProbe, v2: LinuxProbe | null): Part {
  const isV2 = v2?.hierarchy != null;
  const { ok, missing, facts, hierarchy } = isV2 ? v2 : v1;
  const [here, other] = isV2 ? ['v2', 'v1'] : ['v1', 'v2'];
  const where = hierarchy
    ? `memory controller at ${hierarchy}, cgroup ${here}: linux-${other} does not run on this kernel, but in a guest (--kernel)`
    : 'no memory controller, neither cgroup v1 nor v2';
  return { name: 'linux', ok, missing, found: `${factsText(facts)}, ${where}` };
}

/** Programs that a part of the suite starts: the package that has each, and what they are for. */
const programs = [
  {
    name: 'guest (User Mode Linux)',
    needs: { 'linux.uml': 'user-mode-linux', mke2fs: 'e2fsprogs' },
    use: 'verify --impl linux --kernel PATH',
  },
  {
    name: 'guest (QEMU)',
    needs: { 'qemu-system-x86_64': 'qemu-system-x86', mke2fs: 'e2fsprogs' },
    use: 'verify --impl linux --kernel IMAGE',
  },
  { name: 'python3', needs: { python3: 'python3' }, use: 'the examples in Python' },
];

function programPart({ name, needs, use }: (typeof programs)[number]): Part {
  const all = Object.entries(needs);
  const there = all.flatMap(([program]) => onPath(program) ?? []);
  const missing = all
    .filter(([program]) => onPath(program) === null)
    .map(([program, from]) => `${program} (apt-get install ${from})`);
  return { name, ok: missing.length === 0, missing, found: `${there.join(', ') || 'none'}, for ${use}` };
}

function solverPart(): Part {
  const ok = hasSolver();
  const missing = ok ? [] : ['the package z3-solver (npm install z3-solver, 35 MB)'];
  return { name: 'z3-solver', ok, missing, found: `${ok ? 'z3-solver' : 'none'}, for prove` };
}

const compilerPart = ({ compiler }: LinuxProbe): Part => ({
  name: 'compiler',
  ok: compiler !== null,
  missing: compiler ? [] : ['a C compiler (cc, gcc or clang: apt-get install gcc libc6-dev; or set CC)'],
  found: `${compiler ?? 'none'}, for the Linux adapter and guests`,
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
