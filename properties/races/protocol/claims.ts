// The table of contents of the claims over the protocol: C1-C5, I1-I15, T1 and T2; each says how often it was put to the test.

import type { Claim } from '../../../checker/index.ts';
import type { Scope } from '../../../model/protocol/index.ts';
import { chargeClaims } from './claims-charge.ts';
import { memoryClaims } from './claims-memory.ts';
import { restClaims } from './claims-rest.ts';
import type { Monitor } from './history.ts';
import type { Rules, Watched } from './watched.ts';

export function claimsOf(scope: Scope, rules: Rules, watch: Monitor | null): readonly Claim<Watched>[] {
  return [...memoryClaims(watch), ...restClaims(scope, rules), ...chargeClaims];
}
