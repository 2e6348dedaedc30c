// The names that check --claims takes besides the claims' names and ids.

import { reachables } from '../properties/claims/reachable.ts';
import { TERMINATES } from '../properties/scopes/charge-steps.ts';
import { protocolClaims } from '../properties/scopes/protocol.ts';
import { RECLAIM_FAILS, REFINES } from '../properties/scopes/refinement.ts';

/** `none` judges nothing: states are counted. */
export const moreToCheck = (): readonly string[] => [
  TERMINATES,
  REFINES,
  RECLAIM_FAILS,
  ...reachables.map(({ name }) => name),
  ...protocolClaims(),
  'none',
];
