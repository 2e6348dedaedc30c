// How the table of mutants is told, in words and as JSON.

import * as Schema from '@effect/schema/Schema';
import { CANARY } from '../mutants/index.ts';
import { caught, type MutantRow, shrunk } from '../mutants/row.ts';
import type { Style } from './command.ts';
import type { Case } from './reporter.ts';

/** What `mutants --json` prints. */
export const MutantsSchema = Schema.Struct({
  mutants: Schema.Array(Schema.Struct({ ...caught, shrunk: Schema.Struct(shrunk), seconds: Schema.Number })),
  missed: Schema.Array(Schema.String),
  /** Of an interrupted run: those that were not hunted to their end. */
  unknown: Schema.optionalKey(Schema.Array(Schema.String)),
});
export type MutantsJson = typeof MutantsSchema.Type;

export const isDeadCanary = ({ id, runs }: MutantRow): boolean => id === CANARY && runs.max > 1;

export const heading =
  'id      caught  runs: median  max   shrunk to  texts  proven  executions  seconds  claim';

export function line({ id, seeds, caught, runs, shrunk, claims, seconds }: MutantRow): string {
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

export function verdict(rows: readonly MutantRow[], missed: readonly string[], style: Style): string {
  const seeds = rows[0]?.seeds ?? 0;
  const dead = rows.find(isDeadCanary);
  if (dead)
    return style(
      'red',
      'the canary mutant, which charges nothing, was not detected: the test harness is broken',
    );
  const all = `${rows.length} mutants, ${seeds} seeds each`;
  if (rows.length === 0) return style('yellow', 'unknown: no mutant was hunted to its end');
  if (missed.length === 0) return style('green', `none missed: ${all}`);
  return style('red', `missed by some seed: ${missed.join(', ')}; of ${all}`);
}

export function jsonOf(
  rows: readonly MutantRow[],
  missed: readonly string[],
  unknown: readonly string[] = [],
): MutantsJson {
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
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** A case a mutant: it passes if every seed finds it. */
export const casesOf = (
  rows: readonly MutantRow[],
  missed: readonly string[],
  unknown: readonly string[],
): Case[] => [
  ...rows.map((row) => {
    const failure = { message: `${row.caught} of ${row.seeds} seeds found it`, text: line(row) };
    return missed.includes(row.id) ? { name: row.id, failure } : { name: row.id };
  }),
  ...unknown.map((name) => ({ name, skip: 'not hunted to its end' })),
];
