// What replay does: plays each file's moves again, and says whether they do what the file expects.

import * as Schema from '@effect/schema/Schema';
import { Unavailable } from '../lockstep/index.ts';
import type { Counterexample } from '../properties/trace/counterexample.ts';
import { moveText } from '../properties/trace/move.ts';
import { replay } from '../properties/trace/replay.ts';
import { HOLDS, SKIPPED, UNKNOWN, VIOLATED } from './command.ts';
import { opened, readAll } from './examples.ts';
import { beginLog, inCgroup, patienceOf, withKernel } from './flags.ts';
import type { ReplayContext } from './replay.ts';
import { type Case, reported } from './reporter.ts';

/** What `replay --json` prints of a file; several files as `{verdict, files: [...]}`. */
export const ReplaySchema = Schema.Struct({
  file: Schema.String,
  verdict: Schema.Literals(['holds', 'violated', 'unknown', 'skipped']),
  expected: Schema.Boolean,
  moves: Schema.Array(Schema.String),
  claim: Schema.Union([Schema.String, Schema.Null]),
  witness: Schema.Union([Schema.String, Schema.Null]),
  /** In words what is not as the file expects. */
  surprise: Schema.Union([Schema.String, Schema.Null]),
  proof: Schema.Null,
});
type Row = typeof ReplaySchema.Type;

export async function run(context: ReplayContext): Promise<number> {
  const { flags, out, style } = context;
  await beginLog(flags.log);
  const examples = (await Promise.all(context.positionals.map(readAll))).flat();
  const impl = withKernel(flags.impl, flags);
  const rows: Row[] = [];
  for (const { file, example } of examples) {
    if (context.signal.aborted) break;
    const row = await replayOne(file, inCgroup(example, flags), impl, context);
    rows.push(row);
    if (flags.json || flags.reporter !== 'text' || (flags.quiet && row.expected)) continue;
    const mark =
      row.verdict === 'skipped' || row.verdict === 'unknown'
        ? style('yellow', row.verdict === 'skipped' ? 'skip' : '?   ')
        : row.expected
          ? style('green', 'ok  ')
          : style('red', 'FAIL');
    const isOwn = impl === undefined || impl === example.subject;
    out(`${mark} ${file}: ${toldOf(row, isOwn)}\n`);
  }
  const unexpected = rows.filter(({ expected }) => !expected).length;
  if (flags.json) out(`${JSON.stringify(jsonOf(rows, unexpected))}\n`);
  else if (flags.reporter !== 'text') out(await reported(flags.reporter, rows.map(caseOf)));
  else out(`${countText(rows, unexpected)}\n`);
  return EXITS[verdictOf(rows, unexpected)];
}

const EXITS = { violated: VIOLATED, holds: HOLDS, unknown: UNKNOWN, skipped: SKIPPED } as const;

/** Of all files together; where none was played to an answer, nothing holds. */
function verdictOf(rows: readonly Row[], unexpected: number): Row['verdict'] {
  if (unexpected > 0) return 'violated';
  const answered = rows.some(({ verdict }) => verdict === 'violated' || verdict === 'holds');
  if (answered) return 'holds';
  return rows.length > 0 && rows.every(({ verdict }) => verdict === 'skipped') ? 'skipped' : 'unknown';
}

const NOT_OBSERVED = 'not observed: the program does not show what this file is about';

/** What happened, whether that is what the file expects, and what was seen. `isOwn`: by the implementation that failed once. */
function toldOf({ verdict, expected, claim, witness, surprise, moves }: Row, isOwn: boolean): string {
  if (verdict === 'skipped' || verdict === 'unknown') return witness ?? '';
  const happened =
    verdict === 'violated' ? (isOwn ? 'still fails' : 'fails') : isOwn ? 'no longer fails' : 'holds';
  if (!expected) return `${happened}: ${surprise}`;
  const seen = verdict === 'violated' ? `${claim} is violated: ${witness}` : `${moves.length} moves agree`;
  return `${happened}, as the file expects: ${seen}`;
}

function countText(rows: readonly Row[], unexpected: number): string {
  const count = (of: Row['verdict']) => rows.filter(({ verdict }) => verdict === of).length;
  const [skipped, unseen] = [count('skipped'), count('unknown')];
  return [
    `${rows.length - skipped} replayed, ${unexpected} not as expected`,
    ...(unseen > 0 ? [`${unseen} not observed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
}

function caseOf({ file, expected, verdict, witness, surprise, moves }: Row): Case {
  if (verdict === 'skipped' || verdict === 'unknown') return { name: file, skip: witness ?? '' };
  if (expected) return { name: file };
  return { name: file, failure: { message: surprise ?? '', text: moves.join('\n') } };
}

function jsonOf(rows: readonly Row[], unexpected: number) {
  return rows.length === 1 ? rows[0] : { verdict: verdictOf(rows, unexpected), files: rows };
}

async function replayOne(
  file: string,
  example: Counterexample,
  impl: string | undefined,
  context: ReplayContext,
): Promise<Row> {
  const row = { file, moves: example.moves.map(moveText), proof: null };
  try {
    const { violation, shows, surprise, expect } = await opened(file, () =>
      replay(example, impl, patienceOf(context, context.flags)),
    );
    if (!shows)
      return {
        ...row,
        verdict: 'unknown',
        expected: true,
        claim: null,
        witness: NOT_OBSERVED,
        surprise: null,
      };
    return {
      ...row,
      verdict: violation ? 'violated' : 'holds',
      expected: surprise === null,
      claim: violation?.claim ?? (expect === 'violation' ? example.breaks : null),
      witness: violation?.witness ?? null,
      surprise,
    };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const { message: witness } = error;
    return { ...row, verdict: 'skipped', expected: true, claim: null, witness, surprise: null };
  }
}
