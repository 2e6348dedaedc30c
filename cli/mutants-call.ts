// What mutants does: examines each mutant, and says which were missed.

import { examineAll } from '../mutants/examine-all.ts';
import { mutantNamed, mutants } from '../mutants/index.ts';
import { HOLDS, UsageError, VIOLATED } from './command.ts';
import { didYouMean } from './flags.ts';
import type { MutantsContext } from './mutants.ts';
import { casesOf, heading, isDeadCanary, jsonOf, line, verdict } from './mutants-report.ts';
import { reported } from './reporter.ts';

export async function run(context: MutantsContext): Promise<number> {
  const { flags, out, progress, style, signal } = context;
  const ids = idsOf(context.positionals);
  const isText = flags.reporter === 'text';
  const table = isText && !flags.json && !flags.quiet;
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
  const unknown = ids.filter((id) => !rows.some((row) => row.id === id));
  const missed = rows.filter((row) => row.caught < row.seeds || isDeadCanary(row)).map(({ id }) => id);
  if (flags.json) out(`${JSON.stringify(jsonOf(rows, missed, unknown))}\n`);
  else if (flags.reporter !== 'text') out(await reported(flags.reporter, casesOf(rows, missed, unknown)));
  else out(`${verdict(rows, missed, style)}\n`);
  if (unknown.length > 0 && isText && !flags.json)
    out(`interrupted, not hunted to their end: ${unknown.join(', ')}\n`);
  return missed.length > 0 ? VIOLATED : HOLDS;
}

function idsOf(named: readonly string[]): string[] {
  if (named.length === 0) return mutants.map(({ id }) => id);
  return named.map((name) => {
    const mutant = mutantNamed(name);
    if (mutant) return mutant.id;
    throw new UsageError(
      `no mutant ${name}; ${didYouMean(
        name,
        mutants.map(({ id }) => id),
      )}`,
    );
  });
}
