// From a violation that a hunt found to a counterexample on file: shrunk, named by the mistake, with where it was found.

import type { Patience } from '../../lockstep/index.ts';
import type { Found, Violation } from '../domain/kinds.ts';
import type { Size } from '../view/view.ts';
import { type Counterexample, FORMAT, mistakeOf, NOT_ASKED, saveCounterexample } from './counterexample.ts';
import { inOwnIds } from './ids.ts';
import { scopeOf } from './move.ts';

export interface Finding {
  readonly example: Counterexample;
  readonly witness: string;
  /** Moves before shrinking. */
  readonly length: number;
  /** Where it was saved; null if there is no move to save, or it was not saved. */
  readonly file: string | null;
  /** What is known about shorter ones. */
  readonly proof: string;
  /** The example breaks another claim than the run did, and not that one: then a trace that breaks the run's, and where it was saved. */
  readonly kept: { readonly example: Counterexample; readonly file: string | null } | null;
  readonly impl: string;
  readonly seed: number;
}

export interface FindingOptions extends Patience {
  readonly impl: string;
  readonly seed: number;
}

interface Shrunk {
  readonly violation: Violation;
  readonly kept: Violation | null;
  readonly proof: string;
  readonly before?: Counterexample['before'];
}

/** It fails when the runs before it are played again, too. */
async function carriedOver(
  found: Found,
  { impl, patience, signal }: Omit<FindingOptions, 'seed'>,
): Promise<Shrunk | null> {
  const { noneIfGone } = await import('../../lockstep/index.ts');
  const { afterEarlier, carriedText } = await import('../shrinking/earlier.ts');
  const carried = await afterEarlier(impl, found, { patience, signal }).catch(noneIfGone);
  if (!carried) return null;
  const { violation, before } = carried;
  return { violation, kept: null, proof: carriedText(before), before };
}

/** A trace that does not fail again, or whose subject does not start again, is kept as it was found: that, too, says something of the subject. */
async function shrunkOrAsFound(found: Found, { impl, patience, signal }: FindingOptions): Promise<Shrunk> {
  if (found.moves.length === 0)
    return { violation: found, kept: null, proof: 'it failed before the first move' };
  const { NotAlive, NotReproduced, Unavailable } = await import('../../lockstep/index.ts');
  const { shrinkOn } = await import('../shrinking/implementation.ts');
  try {
    const proofs = isWide(found.size) ? { situations: 0 } : {};
    const { violation, kept, proof } = await shrinkOn(impl, found.domain, found, {
      patience,
      signal,
      ...proofs,
    });
    return { violation, kept, proof: proof.text };
  } catch (error) {
    if (error instanceof Unavailable || error instanceof NotAlive) {
      const proof = `not shrunk: it does not start again: ${error.message}`;
      return { violation: found, kept: null, proof };
    }
    if (!(error instanceof NotReproduced)) throw error;
    const carried = found.earlier?.length ? await carriedOver(found, { impl, patience, signal }) : null;
    if (carried) return carried;
    return { violation: found, kept: null, proof: `not shrunk: ${error.message}` };
  }
}

/** Ids so large that a search over whole memories has no end: such a trace is shrunk by leaving out alone. */
const isWide = ({ containers, tasks, pages }: Size): boolean => Math.max(containers, tasks, pages) > 64;

/** What was found, shrunk, and not yet on file. */
export async function findingOf(drawn: Found, options: FindingOptions): Promise<Finding> {
  const { impl, seed } = options;
  const found = await inOwnIds(impl, drawn);
  const { violation: shrunk, kept, proof, before } = await shrunkOrAsFound(found, options);
  const { witness } = shrunk;
  return {
    example: {
      ...exampleOf(shrunk, found, { impl, seed }),
      ...(before ? { before, scope: scopeOf([...before.flat(), ...shrunk.moves]) } : {}),
    },
    witness,
    length: found.moves.length,
    file: null,
    proof,
    kept: kept && { example: exampleOf(kept, found, { impl, seed }), file: null },
    impl,
    seed,
  };
}

/** A violation as a counterexample; `found` says where it comes from. */
export const exampleOf = (
  { claim, witness, moves, answers, shown }: Violation,
  { domain: profile, batch, run }: Found,
  { impl, seed }: FindingOptions,
): Counterexample => ({
  format: FORMAT,
  mistake: mistakeOf(claim, moves),
  breaks: claim,
  subject: impl,
  profile,
  // A mutant is wrong on purpose.
  expect: impl.startsWith('mutant:') ? 'violation' : 'holds',
  why: witness,
  missed: NOT_ASKED,
  found: `verify --seed ${seed} --profile ${profile}, batch ${batch}, run ${run}`,
  scope: scopeOf(moves),
  moves,
  answers,
  ...(shown ? { shown } : {}),
});

/** Saves a finding, and says where; there may be no move to save. */
export const saveFinding = (folder: string, finding: Finding): Finding => {
  const { example, kept } = finding;
  if (example.moves.length === 0) return finding;
  const file = saveCounterexample(folder, example);
  return { ...finding, file, kept: kept && { ...kept, file: saveCounterexample(folder, kept.example) } };
};
