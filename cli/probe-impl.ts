// What probe does with a program: a dry run of the line protocol, told field by field.

import * as Schema from '@effect/schema/Schema';
import { profiles } from '../model/index.ts';
import { Skipped } from '../properties/subjects/program.ts';
import { type Rehearsal, rehearse } from '../properties/subjects/rehearsal.ts';
import type { Observable } from '../properties/view/view.ts';
import { type Context, HOLDS, SKIPPED, VIOLATED } from './command.ts';
import { beginLog, outsideOptions } from './flags.ts';
import type { ProbeContext } from './probe.ts';
import { wrapped } from './wrap.ts';

/** What `probe --impl --json` prints. */
export const ProbeImplSchema = Schema.Struct({
  ok: Schema.Boolean,
  impl: Schema.String,
  profile: Schema.String,
  greeting: Schema.NullOr(Schema.String),
  moves: Schema.Array(Schema.Struct({ move: Schema.String, outcome: Schema.NullOr(Schema.String) })),
  notBuilt: Schema.Array(Schema.String),
  observed: Schema.Array(Schema.String),
  missing: Schema.Array(Schema.Struct({ observable: Schema.String, claims: Schema.Array(Schema.String) })),
  movesPerSecond: Schema.NullOr(Schema.Number),
  differs: Schema.NullOr(Schema.String),
  complaints: Schema.Array(Schema.String),
});
export type ProbeImplJson = typeof ProbeImplSchema.Type;

/** Columns: of the table, and of the names before its texts. */
const [WIDTH, NAMES] = [80, 12];

/** Where in an answer each thing is shown. */
const FIELDS: Readonly<Record<Observable, string>> = {
  usage: '"usage" of a container',
  limit: '"limit" of a container',
  failcnt: '"failcnt" of a container',
  reclaims: '"reclaimed" of a container',
  lists: '"active" and "inactive" of a container',
  order: 'the order of the lists',
  referenced: '"referenced" of a page',
  owner: '"owner" of a page',
  mappers: '"mappers" of a page',
  pins: '"pins" of a page',
  tasks: '"tasks" of a container',
  parent: '"parent" of a container',
  victims: '"killed" of an answer',
  reclaimed: '"reclaimed" of an answer',
};

export async function run(context: ProbeContext, impl: string): Promise<number> {
  const { flags, out, style } = context;
  const { profile } = flags;
  await beginLog(flags.log);
  try {
    const told = await rehearse(impl, profiles[profile], outsideOptions(context, { ...flags, impl }));
    const ok = told.complaints.length === 0;
    if (flags.json) out(`${JSON.stringify({ ok, impl, profile, ...told })}\n`);
    else out(textOf(told, profile, flags.quiet, style));
    return ok ? HOLDS : VIOLATED;
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    out(
      flags.json
        ? `${JSON.stringify({ ok: false, impl, profile, skipped: error.message })}\n`
        : `skipped: ${error.message}\n`,
    );
    return SKIPPED;
  }
}

function textOf(told: Rehearsal, profile: string, quiet: boolean, style: Context['style']): string {
  const { complaints } = told;
  const lines = quiet ? [] : rowsOf(told).flatMap(([name, text]) => row(name, text));
  for (const complaint of complaints)
    lines.push(style('red', 'complaint'), ...wrapped(complaint, WIDTH - 2).map((line) => `  ${line}`));
  if (complaints.length === 0)
    lines.push(
      `${style('green', 'no complaint')}: it speaks the protocol in profile ${profile}; run verify --impl to check that it is right`,
    );
  return `${lines.join('\n')}\n`;
}

function rowsOf({
  greeting,
  moves,
  notBuilt,
  observed,
  missing,
  differs,
  movesPerSecond,
}: Rehearsal): [string, string][] {
  if (greeting === null) return [];
  const answered = moves.filter(({ outcome }) => outcome !== null);
  const kinds = [...new Set(answered.map(({ move }) => move.split(' ')[0]))];
  const rows: [string, string][] = [
    ['greeting', greeting],
    ['moves', `${answered.length} of ${moves.length} answered: ${kinds.join(', ')}`],
  ];
  if (notBuilt.length > 0) rows.push(['not built', notBuilt.join(', ')]);
  if (differs !== null) rows.push(['differs', differs]);
  rows.push(['observed', observed.join(', ')]);
  for (const { observable, claims } of missing) {
    const cost = claims.length === 0 ? 'it is not compared' : `not observed then: ${claims.join(', ')}`;
    rows.push(['not shown', `${FIELDS[observable]}: ${cost}`]);
  }
  if (movesPerSecond !== null) rows.push(['speed', `${movesPerSecond.toLocaleString('en')} moves a second`]);
  return rows;
}

const row = (name: string, text: string): string[] =>
  wrapped(text, WIDTH - NAMES).map((line, i) => `${(i === 0 ? name : '').padEnd(NAMES - 1)} ${line}`);
