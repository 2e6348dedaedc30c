// The names that check --claims takes.

import { TERMINATES } from '../properties/check/charge-steps.ts';
import { protocolClaims } from '../properties/check/protocol.ts';
import { RECLAIM_FAILS, REFINES } from '../properties/check/refinement.ts';
import { claims } from '../properties/claims.ts';
import { reachables } from '../properties/reachable.ts';

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
