// What shrink does: finds the shortest equivalent, and tells it with its proof.

import { ALIVE, NotReproduced, type Patience, Unavailable } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { claims } from '../properties/claims/index.ts';
import { domainNamed, type Violation } from '../properties/domain/index.ts';
import { afterEarlier, carriedText } from '../properties/shrinking/earlier.ts';
import { shrinkOn } from '../properties/shrinking/implementation.ts';
import { type Counterexample, mistakeOf, saveCounterexample } from '../properties/trace/counterexample.ts';
import { moveText, scopeOf } from '../properties/trace/move.ts';
import { testText } from '../properties/trace/regression.ts';
import { isFalse, replay } from '../properties/trace/replay.ts';
import { HOLDS, skipped, UsageError, VIOLATED } from './command.ts';
import { type ExampleJson, opened, readOne, refuseBoth, withScope } from './examples.ts';
import { saved, trySave } from './files.ts';
import { beginLog, inCgroup, patienceOf, withKernel } from './flags.ts';
import type { ShrinkContext } from './shrink.ts';

export async function run(context: ShrinkContext): Promise<number> {
  const { flags, positionals } = context;
  refuseBoth(flags);
  const [file] = positionals;
  const example = inCgroup(await readOne(file), flags);
  await beginLog(flags.log);
  if (flags.save !== undefined) await trySave(flags.save);
  const impl = withKernel(flags.impl, flags) ?? example.subject;
  const waiting = patienceOf(context, flags);
  try {
    const { violation, surprise } = await opened(file, () => replay(example, impl, waiting));
    if (!violation) return tellHolds(context, holdsJson(file, example), surprise);
    if (violation.claim === ALIVE && violation.moves.length === 0)
      return tellAtOnce(context, file, example, violation);
    if (example.before) return await shrinkCarried(context, file, example, impl, waiting);
    const claim = asksOneClaim(example) ? { claim: example.breaks } : {};
    const { sizeText } = domainNamed(example.profile).shrinking;
    const result = await shrinkOn(impl, example.profile, violation, {
      situations: flags.situations,
      ...claim,
      ...waiting,
      progress: ({ size, clear, tried }) =>
        context.progress.report(
          tried,
          'moves tried',
          undefined,
          `scope ${sizeText?.(size)}, none up to ${clear}`,
        ),
    });
    context.progress.clear();
    const { claim: breaks, witness } = result.violation;
    // A trace that has slipped is another mistake's, and the file's name stays with the one that has not.
    const mistake = result.kept ? mistakeOf(breaks, result.violation.moves) : example.mistake;
    const { shown: _, ...head } = example;
    const shrunk: Counterexample = { ...head, mistake, breaks, ...traceOf(result.violation) };
    const { save } = flags;
    const { kept } = result;
    const other = kept && { ...head, breaks: kept.claim, ...traceOf(kept) };
    if (save !== undefined)
      saved(context, () => [shrunk, ...(other ? [other] : [])].map((one) => saveCounterexample(save, one)));
    const slipped = kept ? `; note: the file's trace breaks ${kept.claim}, this one does not` : '';
    const proof = `${result.proof.text}${slipped}`;
    const json: ExampleJson = {
      file,
      verdict: 'violated',
      moves: shrunk.moves.map(moveText),
      claim: breaks,
      witness,
      proof,
    };
    return tell(context, json, shrunk);
  } catch (error) {
    if (error instanceof NotReproduced) return notAgain(context, file, example);
    if (!(error instanceof Unavailable)) throw error;
    return skipped(context, flags.json, error.message);
  }
}

/** A program that does not begin: no move is needed. Nothing is saved, for a file holds at least one. */
function tellAtOnce(
  context: ShrinkContext,
  file: string,
  example: Counterexample,
  violation: Violation,
): number {
  const { claim, witness } = violation;
  const proof = 'nothing shorter fails: it fails before the first move';
  const json = { file, verdict: 'violated', moves: [], claim, witness, proof } as const;
  return tell(context, json, { ...example, breaks: claim, ...traceOf(violation) });
}

/** What a profile breaks by design is no mistake of the subject; anything else that fails once and not again is told as that. */
function notAgain(context: ShrinkContext, file: string, example: Counterexample): number {
  const known = claims.find(({ name }) => name === example.breaks)?.known?.(profiles[example.profile]);
  if (!known) throw new UsageError(`${file}: it fails, but not each time: it cannot be shrunk`);
  context.progress.clear();
  const reason = `breaks ${example.breaks} by the design of profile ${example.profile} (${known.why}): there is nothing to shrink`;
  context.out(context.flags.json ? `${JSON.stringify(holdsJson(file, example))}\n` : `${file}: ${reason}\n`);
  return HOLDS;
}

/** A program that keeps something over its reset: the fewest runs before the trace. */
async function shrinkCarried(
  context: ShrinkContext,
  file: string,
  example: Counterexample,
  impl: string,
  waiting: Patience,
): Promise<number> {
  const { before: earlier = [], moves, profile: domain } = example;
  const carried = await afterEarlier(impl, { domain, moves, earlier }, waiting);
  if (!carried) throw new UsageError(`${file}: it does not fail again after the runs that the file holds`);
  const { violation, before } = carried;
  const { shown: _, ...head } = example;
  const scope = scopeOf([...before.flat(), ...violation.moves]);
  const shrunk: Counterexample = { ...head, breaks: violation.claim, ...traceOf(violation), before, scope };
  const { save } = context.flags;
  if (save !== undefined) saved(context, () => saveCounterexample(save, shrunk));
  const { claim, witness } = violation;
  const told = { file, verdict: 'violated', claim, witness, proof: carriedText(before) } as const;
  return tell(context, { ...told, moves: violation.moves.map(moveText) }, shrunk);
}

const traceOf = ({ moves, answers, shown }: Violation) => ({
  moves,
  answers,
  scope: scopeOf(moves),
  ...(shown ? { shown } : {}),
});

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
    const proof = json.proof ?? '';
    out(`\n${json.moves.length > 0 ? withScope(proof, shrunk.scope) : proof}\n`);
  }
  return VIOLATED;
}
