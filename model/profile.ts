// The profile switches as data: one specification, the controllers of twenty years.

export interface Profile {
  readonly name: ProfileName;
  /** Mapping a page that somebody else maps already: free, or charged for a moment to the mapper's container and given back. */
  readonly nthMapping: 'free' | 'transient';
  /** What a limit of 0 means. The 2007 code compared with `limit - 1` in unsigned arithmetic: no limit at all. */
  readonly zeroLimit: 'nothing fits' | 'unlimited';
  /** Writing a limit below the usage: the next charge pays; or reclaim in the write and EBUSY; or reclaim, then OOM-kill until it fits. */
  readonly lowerLimit: 'lazy' | 'reclaim or EBUSY' | 'reclaim, then kill';
  /** The most pages that one reclaim frees. */
  readonly reclaimBatch: number;
  /** Removing a container that still owns pages. */
  readonly rmdirCharged: 'EBUSY' | 'pages pass to the parent';
  /** How long reclaim scans before it reports failure. The bounded scan can give up while a page is reclaimable. */
  readonly scan: 'until no progress' | '13 passes';
  /** A number above 2^63-1 written to rss_limit. */
  readonly hugeLimit: 'EINVAL' | 'wraps';
  /** The root container exists in every scope. */
  readonly root: boolean;
  /** Containers within containers: names only, or a container answers for its whole subtree. */
  readonly hierarchy: 'flat' | 'nested';
  /** Tasks in a container that has children. The root is excepted. */
  readonly innerTasks: 'allowed' | 'EBUSY';
}

export type ProfileName = 'letter' | 'v3.1' | 'linux-v1' | 'linux-v2';

const letter: Profile = {
  name: 'letter',
  nthMapping: 'free',
  zeroLimit: 'nothing fits',
  lowerLimit: 'lazy',
  reclaimBatch: 1,
  rmdirCharged: 'EBUSY',
  scan: 'until no progress',
  hugeLimit: 'EINVAL',
  root: false,
  hierarchy: 'flat',
  innerTasks: 'allowed',
};

const linuxV1: Profile = {
  ...letter,
  name: 'linux-v1',
  lowerLimit: 'reclaim or EBUSY',
  reclaimBatch: 32,
  rmdirCharged: 'pages pass to the parent',
  root: true,
  hierarchy: 'nested',
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  letter,
  'v3.1': {
    ...letter,
    name: 'v3.1',
    nthMapping: 'transient',
    zeroLimit: 'unlimited',
    scan: '13 passes',
    hugeLimit: 'wraps',
  },
  'linux-v1': linuxV1,
  'linux-v2': { ...linuxV1, name: 'linux-v2', lowerLimit: 'reclaim, then kill', innerTasks: 'EBUSY' },
};

export const profileNames: readonly ProfileName[] = ['letter', 'v3.1', 'linux-v1', 'linux-v2'];
