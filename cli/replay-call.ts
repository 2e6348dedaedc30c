// What replay does: plays each file's moves again, and says whether they do what the file expects.

import * as Schema from '@effect/schema/Schema';
import { Unavailable } from '../lockstep/index.ts';
import type { Counterexample } from '../properties/trace/counterexample.ts';
import { moveText } from '../properties/trace/move.ts';
import { replay } from '../properties/trace/replay.ts';
import { HOLDS, SKIPPED, VIOLATED } from './command.ts';
import { opened, readAll } from './examples.ts';
import { beginLog, inCgroup, patienceOf, withKernel } from './flags.ts';
import type { ReplayContext } from './replay.ts';
import { type Case, reported } from './reporter.ts';

/** What `replay --json` prints of a file; several files as `{verdict, files: [...]}`. */
export const ReplaySchema = Schema.Struct({
  file: Schema.String,
  verdict: Schema.Literals(['holds', 'violated', 'skipped']),
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
      row.verdict === 'skipped'
        ? style('yellow', 'skip')
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
  if (unexpected > 0) return VIOLATED;
  return rows.every(({ verdict }) => verdict === 'skipped') ? SKIPPED : HOLDS;
}

/** What happened, whether that is what the file expects, and what was seen. `isOwn`: by the implementation that failed once. */
function toldOf({ verdict, expected, claim, witness, surprise, moves }: Row, isOwn: boolean): string {
  if (verdict === 'skipped') return witness ?? '';
  const happened =
    verdict === 'violated' ? (isOwn ? 'still fails' : 'fails') : isOwn ? 'no longer fails' : 'holds';
  if (!expected) return `${happened}: ${surprise}`;
  const seen = verdict === 'violated' ? `${claim} is violated: ${witness}` : `${moves.length} moves agree`;
  return `${happened}, as the file expects: ${seen}`;
}

function countText(rows: readonly Row[], unexpected: number): string {
  const skipped = rows.filter(({ verdict }) => verdict === 'skipped').length;
  return [
    `${rows.length - skipped} replayed, ${unexpected} not as expected`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
}

function caseOf({ file, expected, verdict, witness, surprise, moves }: Row): Case {
  if (verdict === 'skipped') return { name: file, skip: witness ?? '' };
  if (expected) return { name: file };
  return { name: file, failure: { message: surprise ?? '', text: moves.join('\n') } };
}

function jsonOf(rows: readonly Row[], unexpected: number) {
  return rows.length === 1 ? rows[0] : { verdict: unexpected > 0 ? 'violated' : 'holds', files: rows };
}

async function replayOne(
  file: string,
  example: Counterexample,
  impl: string | undefined,
  context: ReplayContext,
): Promise<Row> {
  const row = { file, moves: example.moves.map(moveText), proof: null };
  try {
    const { violation, surprise, expect } = await opened(file, () =>
      replay(example, impl, patienceOf(context, context.flags)),
    );
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
