// The table of contents of the claims: every property that one observer can judge.

import {
  failcntCountsRefusals,
  moveKeepsCharges,
  noInnocentCharge,
  overLimitIsPaid,
  refusalChangesNothing,
  refusalChargesNobody,
  withinLimit,
  withinLimitAfterCharge,
} from './charges.ts';
import type { Claim } from './claim.ts';
import {
  busyWhileHolding,
  firstToucherOwns,
  innerContainersHoldNoTasks,
  lastUnmapReleases,
  lruOrder,
  nothingLeaks,
  onOneListOnce,
  ownedIffMapped,
  usageIsLruSize,
} from './ownership.ts';
import {
  oomKillsOnlyMembers,
  oomOnlyWhenNothingReclaimable,
  pinnedNeverReclaimed,
  reclaimOnlyFromCharged,
} from './reclaims.ts';

/** In the order of their ids, then the two about trees. */
export const claims: readonly Claim[] = [
  ownedIffMapped,
  firstToucherOwns,
  onOneListOnce,
  usageIsLruSize,
  withinLimit,
  withinLimitAfterCharge,
  reclaimOnlyFromCharged,
  pinnedNeverReclaimed,
  oomOnlyWhenNothingReclaimable,
  oomKillsOnlyMembers,
  lastUnmapReleases,
  moveKeepsCharges,
  busyWhileHolding,
  failcntCountsRefusals,
  nothingLeaks,
  noInnocentCharge,
  refusalChangesNothing,
  lruOrder,
  overLimitIsPaid,
  refusalChargesNobody,
  innerContainersHoldNoTasks,
];
