// The mutants command: plants each bug of the catalogue in a copy of the controller and reports how fast the suite finds it.

import { availableParallelism } from 'node:os';
import * as Schema from '@effect/schema/Schema';
import { examineAll, type MutantRow } from '../mutants/examine-all.ts';
import { CANARY, mutantNamed, mutants } from '../mutants/index.ts';
import { caught, shrunk } from '../mutants/row.ts';
import { type Context, define, HOLDS, INTERRUPTED, UsageError, VIOLATED } from './command.ts';
import * as flag from './flags.ts';

const flags = {
  seeds: flag.whole('seeds', 'how many independent hunts of each mutant', 10),
  runs: flag.runs(300, 'runs a seed'),
  shrink: flag.whole('seeds', 'how many findings of each mutant are shrunk', 5, {
    minimum: 0,
    maximum: 1000,
  }),
  workers: flag.workers(Math.min(2, availableParallelism())),
  json: flag.json,
  quiet: flag.quiet,
};
type MutantsContext = Context<typeof flags>;

/** What `mutants --json` prints. */
export const MutantsSchema = Schema.Struct({
  mutants: Schema.Array(Schema.Struct({ ...caught, shrunk: Schema.Struct(shrunk), seconds: Schema.Number })),
  missed: Schema.Array(Schema.String),
});
export type MutantsJson = typeof MutantsSchema.Type;

export const command = define({
  name: 'mutants',
  summary: 'plants each bug of the catalogue and reports how fast the suite finds it',
  positional: { name: 'ID', help: 'mutants by id or name; all, if none is named', min: 0, max: Infinity },
  flags,
  details: `A mutant is an exact edit of the controller's source, loaded from a copy. It counts as caught if every seed finds it.
Exit status 1: a mutant was missed by some seed. The canary charges nothing and must fail in the first run.
  npx firsttouch mutants --seeds 50      the table of docs/mutants.md
  npx firsttouch mutants A7 B2 --json`,
  run,
});

async function run(context: MutantsContext): Promise<number> {
  const { flags, out, progress, style, signal } = context;
  const ids = idsOf(context.positionals);
  const table = !flags.json && !flags.quiet;
  if (table) out(`${style('bold', heading)}\n`);
  const rows = await examineAll(ids, {
    ...flags,
    signal,
    done: (row, count) => {
      progress.report(count, 'mutants', ids.length);
      if (table) out(`${line(row)}\n`);
    },
  });
  progress.clear();
  if (signal.aborted) return INTERRUPTED;
  const missed = rows.filter((row) => row.caught < row.seeds || isDeadCanary(row)).map(({ id }) => id);
  if (flags.json) out(`${JSON.stringify(jsonOf(rows, missed))}\n`);
  else out(`${verdict(rows, missed, style)}\n`);
  return missed.length > 0 ? VIOLATED : HOLDS;
}

function idsOf(named: readonly string[]): string[] {
  if (named.length === 0) return mutants.map(({ id }) => id);
  return named.map((name) => {
    const mutant = mutantNamed(name);
    if (mutant) return mutant.id;
    throw new UsageError(
      `no mutant ${name}; ${flag.didYouMean(
        name,
        mutants.map(({ id }) => id),
      )}`,
    );
  });
}

const isDeadCanary = ({ id, runs }: MutantRow): boolean => id === CANARY && runs.max > 1;

const heading = 'id      caught  runs: median  max   shrunk to  texts  proven  executions  seconds  claim';

function line({ id, seeds, caught, runs, shrunk, claims, seconds }: MutantRow): string {
  return [
    id.padEnd(7),
    `${caught}/${seeds}`.padStart(6),
    String(runs.median).padStart(13),
    String(runs.max).padStart(4),
    (shrunk.lengths.join(', ') || '-').padStart(11),
    String(shrunk.texts.length).padStart(6),
    `${shrunk.optimal}/${shrunk.count}`.padStart(7),
    String(shrunk.executions).padStart(11),
    seconds.toFixed(1).padStart(8),
    ` ${claims[0] ?? 'MISSED'}`,
  ].join(' ');
}

function verdict(
  rows: readonly MutantRow[],
  missed: readonly string[],
  style: MutantsContext['style'],
): string {
  const seeds = rows[0]?.seeds ?? 0;
  const dead = rows.find(isDeadCanary);
  if (dead)
    return style('red', 'the canary, which charges nothing, lived through a run: the harness is broken');
  const all = `${rows.length} mutants, ${seeds} seeds each`;
  if (missed.length === 0) return style('green', `none missed: ${all}`);
  return style('red', `missed by some seed: ${missed.join(', ')}; of ${all}`);
}

export function jsonOf(rows: readonly MutantRow[], missed: readonly string[]): MutantsJson {
  return {
    mutants: rows.map(({ id, seeds, caught, runs, claims, shrunk, seconds }) => ({
      id,
      seeds,
      caught,
      runs,
      claims,
      shrunk: { lengths: shrunk.lengths, texts: shrunk.texts, optimal: shrunk.optimal },
      seconds: Number(seconds.toFixed(2)),
    })),
    missed,
  };
}
