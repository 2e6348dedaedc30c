// How a job ends that comes to no result: a strike against it, or none of its own making.

/** Strikes after which a job counts as poisoned. */
export const MOST_STRIKES = 5;

/** The job hung, broke or took its thread with it: it is tried again, and after a few strikes given up. */
export class Strike extends Error {
  override name = 'Strike';
}

/** The worker was asked to stop: the job goes back, and this was no strike. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}
