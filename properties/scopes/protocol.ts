// One check of the protocol under the atomic actions, answered in the same shape as a check of the specification.

import { type CheckOptions, check } from '../../checker/index.ts';
import { profiles } from '../../model/index.ts';
import { notApplicable, scopeOf, watchedModel } from '../races/protocol/index.ts';
import { type Answered, answerFrom, chosen, graphOf, optionsOf, type Question } from './ask.ts';
import { claimRows } from './report.ts';
import type { ClaimResult } from './result.ts';

type Asked = Omit<Question, 'kind' | 'impl'>;

/** The names of the claims of the protocol's models. */
export const protocolClaims = (): string[] =>
  watchedModel(scopeOf(1, 1, 1, 1)).claims.map(({ name }) => name);

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
  const what = {
    model: 'protocol',
    profile: question.profile,
    scope: machine.name,
    nested: false,
    impl: null,
  };
  const result = answerFrom(what, report, claims, question.claims);
  // C5: every history is some order of the contract's actions. That is what refining it means here.
  const linear = question.refine && result.claims.find(({ name }) => name === 'Linearizable');
  const refinement = linear ? { of: 'contract', verdict: linear.verdict, checked: linear.checked } : null;
  return { result: { ...result, refinement }, graph: graphOf(model, report, question.graph) };
}
