// The shrink command: the shortest equivalent of a counterexample, with the proof that nothing shorter exists within its scope.

import { Unavailable } from '../lockstep/index.ts';
import { claims } from '../properties/claims/index.ts';
import { shrinkOn } from '../properties/lockstep/shrink/implementation.ts';
import { type Counterexample, saveCounterexample } from '../properties/trace/counterexample.ts';
import { testText } from '../properties/trace/explain.ts';
import { moveText, scopeText } from '../properties/trace/move.ts';
import { isFalse, replay } from '../properties/trace/replay.ts';
import { type Context, define, HOLDS, INTERRUPTED, SKIPPED, VIOLATED } from './command.ts';
import { type ExampleJson, opened, readOne } from './examples.ts';
import { saved, trySave } from './files.ts';
import * as flag from './flags.ts';

const flags = {
  impl: {
    ...flag.impl(),
    default: undefined as string | undefined,
    shown: 'the subject that the file names',
  },
  ...flag.linux,
  seconds: flag.whole('seconds', 'how long shorter traces are searched for; 0: not at all', 10, {
    minimum: 0,
    maximum: 86_400,
  }),
  save: flag.save,
  json: flag.json,
  test: flag.toggle('print a ready uvu test of the result'),
};
type ShrinkContext = Context<typeof flags>;

export const command = define({
  name: 'shrink',
  summary: 'the shortest equivalent of a counterexample, with the proof that nothing shorter exists',
  positional: { name: 'FILE', help: 'a counterexample', min: 1, max: 1 },
  flags,
  details: `Moves are left out first; then every shorter trace of the scope is looked at, and of the shortest the first in order is
taken, its names in the order of their first use: one bug ends as one text. Exit status 0: the trace does not fail any more.`,
  run,
});

async function run(context: ShrinkContext): Promise<number> {
  const { flags, positionals, out } = context;
  const [file] = positionals;
  const example = flag.inCgroup(await readOne(file), flags);
  if (flags.save !== undefined) await trySave(flags.save);
  const impl = flag.withKernel(flags.impl, flags) ?? example.subject;
  try {
    const { violation, surprise } = await opened(file, () => replay(example, impl));
    if (!violation) return tellHolds(context, holdsJson(file, example), surprise);
    const { seconds } = flags;
    const claim = asksOneClaim(example) ? { claim: example.breaks } : {};
    const result = await shrinkOn(impl, example.profile, violation, {
      proofSeconds: seconds,
      ...claim,
      signal: context.signal,
      progress: ({ scope, clear, tried }) =>
        context.progress.report(
          tried,
          'moves tried',
          undefined,
          `scope ${scopeText(scope)}, none up to ${clear}`,
        ),
    });
    context.progress.clear();
    const { moves, answers, claim: breaks, witness } = result.violation;
    const shrunk: Counterexample = { ...example, breaks, scope: result.scope, moves, answers };
    const { save } = flags;
    if (save !== undefined) saved(context, () => saveCounterexample(save, shrunk));
    const proof = result.proof.text;
    const json: ExampleJson = {
      file,
      verdict: 'violated',
      moves: moves.map(moveText),
      claim: breaks,
      witness,
      proof,
    };
    const status = tell(context, json, shrunk);
    return context.signal.aborted ? INTERRUPTED : status;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    out(`skipped: ${error.message}\n`);
    return SKIPPED;
  }
}

/** What the specification itself does: a false claim, or one that the profile breaks by design. */
function asksOneClaim(example: Counterexample): boolean {
  const claim = claims.find(({ name }) => name === example.breaks);
  return (
    isFalse(example) || (example.expect === 'violation' && example.subject === 'lru' && claim !== undefined)
  );
}

const holdsJson = (file: string, { moves }: Counterexample): ExampleJson => ({
  file,
  verdict: 'holds',
  moves: moves.map(moveText),
  claim: null,
  witness: null,
  proof: null,
});

/** A trace that should fail and does not is red: there is nothing to shrink, and the file says what is not so. */
function tellHolds({ flags, out }: ShrinkContext, json: ExampleJson, surprise: string | null): number {
  const reason = surprise ?? 'does not fail, there is nothing to shrink';
  out(flags.json ? `${JSON.stringify(json)}\n` : `${json.file}: ${reason}\n`);
  return surprise === null ? HOLDS : VIOLATED;
}

function tell({ flags, out, style }: ShrinkContext, json: ExampleJson, shrunk: Counterexample): number {
  if (flags.json) out(`${JSON.stringify(json)}\n`);
  else if (flags.test) out(testText(shrunk));
  else {
    out(`${style('bold', json.claim ?? '')} is violated in ${json.moves.length} moves: ${json.witness}\n\n`);
    for (const move of json.moves) out(`  ${move}\n`);
    out(`\nscope ${scopeText(shrunk.scope)}; ${json.proof}\n`);
  }
  return VIOLATED;
}
