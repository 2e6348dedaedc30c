// The protocol for the checker: models by scope, what does not apply in one, and traces as columns.

import type { Scope } from '../../../model/protocol/index.ts';

export { hunt, operationsOf } from './catch.ts';
export { columns } from './columns.ts';
export { type ModelOptions, watchedModel } from './model.ts';
export { mutants } from './mutants.ts';
export { scopeNamed, scopeOf, scopes } from './scopes.ts';
export type { Watched } from './watched.ts';

/** Claims whose antecedent a scope rules out, and why: they are vacuous there, and no red. */
export function notApplicable(scope: Scope): { readonly name: string; readonly why: string }[] {
  const operations = scope.threads.flatMap(({ program }) => program.flat());
  const does = (name: string) => operations.some(([one]) => one === name);
  const lowers = operations.some(
    (one) => one[0] === 'setLimit' && one[2] < scope.pages + scope.threads.length,
  );
  const tight =
    lowers ||
    scope.containers.some((limit) => limit !== null && limit < Math.min(scope.pages, scope.threads.length));
  const out: { name: string; why: string }[] = [];
  const rule = (applies: boolean, names: readonly string[], why: string) => {
    if (!applies) out.push(...names.map((name) => ({ name, why })));
  };
  rule(
    scope.pages > 1,
    ['ReclaimOnlyFromCharged'],
    'a charge does not reclaim the page it is for, and there is no other',
  );
  rule(
    scope.tasks.some(({ pins = [] }) => pins.length > 0),
    ['PinnedNeverReclaimed'],
    'no page is pinned',
  );
  rule(does('move'), ['MoveKeepsCharges'], 'nobody moves');
  rule(does('rmdir'), ['BusyWhileHolding'], 'nothing is removed');
  rule(does('setLimit'), ['WithinLimit', 'OverLimitIsPaid'], 'no limit is lowered');
  rule(tight, ['FailcntCountsRefusals'], 'every charge fits');
  return out;
}
