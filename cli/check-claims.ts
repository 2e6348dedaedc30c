// The names that check --claims takes.

import { claims } from '../properties/claims/index.ts';
import { reachables } from '../properties/claims/reachable.ts';
import { TERMINATES } from '../properties/scopes/charge-steps.ts';
import { protocolClaims } from '../properties/scopes/protocol.ts';
import { RECLAIM_FAILS, REFINES } from '../properties/scopes/refinement.ts';

/** `none` judges nothing: states are counted. */
export const claimsToCheck = (): readonly { readonly name: string; readonly id?: string }[] => [
  ...claims,
  ...[...new Set(others())].map((name) => ({ name })),
];

const others = (): string[] => [
  TERMINATES,
  REFINES,
  RECLAIM_FAILS,
  ...reachables.map(({ name }) => name),
  ...protocolClaims(),
  'none',
];
