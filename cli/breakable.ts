// The claims that a counterexample may say it breaks: the suite's, those of the checker, and what is false on purpose.

import { claims } from '../properties/claims.ts';
import { falseClaims } from '../properties/false-claims.ts';
import { ALIVE, EQUALS_SPEC } from '../properties/judge.ts';
import { STRUCTURE } from '../properties/lockstep.ts';
import { claimsToCheck } from './check-claims.ts';

export const breakable = (): string[] => [
  ...new Set([
    ...[...claims, ...falseClaims, ...claimsToCheck()].map(({ name }) => name),
    ...[EQUALS_SPEC, STRUCTURE, ALIVE],
  ]),
];
