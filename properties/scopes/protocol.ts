// One check of the protocol under the atomic actions, answered in the same shape as a check of the specification.

import { type CheckOptions, check, graphAsDot, graphAsItf, type Report } from '../../checker/index.ts';
import { profiles } from '../../model/index.ts';
import { notApplicable, protocolModel, scopeOf, watchedModel } from '../races/protocol/index.ts';
import { type Answered, chosen, countsOf, optionsOf, type Question, uncoveredOf } from './ask.ts';
import { booksOf } from './books.ts';
import { claimRows, reachedRows, stepsOf } from './report.ts';
import type { ClaimResult } from './result.ts';

type Asked = Omit<Question, 'kind' | 'impl'>;

/** The names of the claims of the protocol's models. */
export const protocolClaims = (): string[] => protocolModel(1, 1, 1, 1).claims.map(({ name }) => name);

const usual = ({ containers, tasks, pages, limit }: Asked['scope']) =>
  scopeOf(containers, tasks, pages, limit);

/** The protocol has one thread of search: its states hold histories, which are packed by the scope. */
export async function askProtocol(question: Asked, machine = usual(question.scope)): Promise<Answered> {
  const model = watchedModel(machine);
  const options: CheckOptions = {
    ...optionsOf({ ...question, kind: 'contract' }),
    workers: 1,
    ...chosen(model, question),
  };
  const report = await check(model, options);
  const ruledOut = new Map(notApplicable(machine).map((one) => [one.name, one.why]));
  const claims = claimRows(report, null, profiles.letter).map((row): ClaimResult => {
    const why = ruledOut.get(row.name);
    return why && row.verdict === 'vacuous' ? { ...row, verdict: 'not applicable', reason: why } : row;
  });
  const graph = report.graph
    ? {
        text: question.graph === 'dot' ? graphAsDot(model, report.graph) : graphAsItf(model, report.graph),
        truncated: report.graph.truncated,
      }
    : null;
  return { result: resultOf(question, machine.name, report, claims), graph };
}

function resultOf(
  { profile, refine, claims: asked }: Asked,
  scope: string,
  report: Report,
  rows: ClaimResult[],
): Answered['result'] {
  const found = report.counterexample;
  const { rows: claims, unknown } = booksOf(report, rows, asked);
  const isOpen = unknown !== null || report.claims.some(({ verdict }) => verdict === 'unknown');
  const linear = claims.find(({ name }) => name === 'Linearizable');
  return {
    verdict: found ? 'violated' : isOpen ? 'unknown' : 'holds',
    model: 'protocol',
    profile,
    scope,
    nested: false,
    impl: null,
    ...countsOf(report),
    claims,
    reached: reachedRows(report),
    // C5: every history is some order of the contract's actions. That is what refining it means here.
    refinement:
      refine && linear ? { of: 'contract', verdict: linear.verdict, checked: linear.checked } : null,
    uncovered: uncoveredOf(report),
    counterexample: found
      ? {
          claim: found.claim,
          witness: found.witness,
          trace: stepsOf(found.trace),
          ...(found.loop === undefined ? {} : { loop: found.loop }),
        }
      : null,
    unknown: found ? report.unknown : unknown,
  };
}
