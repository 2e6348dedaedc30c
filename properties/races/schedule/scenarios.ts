// The races that the letter's patch set lives or dies by, each as the fewest operations that can show it.

import type { Move } from '../../../model/index.ts';
import type { Size } from '../../view/view.ts';

/** What the controlled scheduler runs: a few operations to begin with, then some threads with a few operations each. */
export interface Scenario {
  readonly name: string;
  readonly size: Size;
  /** Done one after the other before the threads start. */
  readonly setup: readonly Move[];
  /** One list of moves for each thread. */
  readonly threads: readonly (readonly Move[])[];
}

const size: Size = { containers: 2, tasks: 3, pages: 4 };
/** c0 with t0 and t1, c1 with t2. */
const start: readonly Move[] = [
  ['mkdir', 0],
  ['mkdir', 1],
  ['spawn', 0, 0],
  ['spawn', 1, 0],
  ['spawn', 2, 1],
];

const race = (name: string, setup: readonly Move[], ...threads: (readonly Move[])[]): Scenario => ({
  name,
  size,
  setup: [...start, ...setup],
  threads,
});

/** p1 is inactive and referenced, mapped by t0; the next touch activates it. */
const aboutToBeActivated: readonly Move[] = [
  ['setLimit', 0, 2],
  ['touch', 0, 0],
  ['touch', 0, 1],
  ['touch', 0, 2],
  ['touch', 0, 1],
];

/** c0 is full with a pinned page of each of its tasks. */
const pinnedFull: readonly Move[] = [
  ['setLimit', 0, 2],
  ['touch', 0, 0],
  ['pin', 0, 0],
  ['touch', 1, 1],
  ['pin', 1, 1],
];

export const races = {
  firstTouchers: race('two first touchers', [], [['touch', 0, 0]], [['touch', 2, 0]]),
  sameTask: race('two threads of one task touch one page', [], [['touch', 0, 0]], [['touch', 0, 0]]),
  lastUnmap: race(
    'the last unmap and a new first touch',
    [['touch', 0, 0]],
    [['unmap', 0, 0]],
    [['touch', 2, 0]],
  ),
  movedToucher: race('a move during a first touch', [], [['touch', 0, 0]], [['move', 0, 1]]),
  lastPlace: race(
    'two charges for the last place',
    [['setLimit', 0, 1]],
    [['touch', 0, 0]],
    [['touch', 1, 1]],
  ),
  lostCharge: race(
    'a charge that is given back, beside one that fits',
    [
      ['setLimit', 0, 2],
      ['touch', 0, 2],
    ],
    [['touch', 0, 0]],
    [
      ['touch', 2, 0],
      ['touch', 1, 1],
    ],
  ),
  twoOutOfMemory: race(
    'two charges find everything pinned',
    pinnedFull,
    [['touch', 0, 2]],
    [['touch', 1, 3]],
  ),
  victimLeaves: race(
    'the victim moves away from the killer',
    [
      ['setLimit', 0, 1],
      ['touch', 0, 0],
      ['pin', 0, 0],
    ],
    [['touch', 1, 1]],
    [['move', 0, 1]],
  ),
  samePageOutOfMemory: race(
    'a page is touched while its toucher is out of memory',
    pinnedFull,
    [['touch', 0, 2]],
    [['touch', 2, 2]],
  ),
  activation: race(
    'an activation and the last unmap',
    aboutToBeActivated,
    [['touch', 0, 1]],
    [['unmap', 0, 1]],
  ),
  reclaimAndPin: race(
    'a page is pinned while it is reclaimed',
    [
      ['setLimit', 0, 1],
      ['touch', 0, 0],
    ],
    [['touch', 1, 1]],
    [['pin', 0, 0]],
  ),
  reclaimAndUnmap: race(
    'a page is unmapped while it is reclaimed',
    [
      ['setLimit', 0, 1],
      ['touch', 0, 0],
      ['touch', 2, 0],
    ],
    [['touch', 1, 1]],
    [
      ['unmap', 0, 0],
      ['unmap', 2, 0],
    ],
  ),
  reclaimThenMap: race(
    'what a charge reclaims and what it maps, unmapped in between',
    [
      ['setLimit', 0, 1],
      ['touch', 0, 0],
    ],
    [['touch', 0, 1]],
    [
      ['unmap', 0, 0],
      ['unmap', 0, 1],
    ],
  ),
  lowered: race(
    'the limit is lowered before the page is free',
    [['setLimit', 1, 1]],
    [['touch', 0, 0]],
    [
      ['touch', 2, 0],
      ['setLimit', 0, 0],
      ['touch', 2, 1],
    ],
  ),
  backOut: race(
    'the limit is lowered under a charge in flight',
    [['setLimit', 0, 1]],
    [['touch', 0, 0]],
    [['setLimit', 0, 0]],
  ),
  removal: race(
    'a removal during a first touch',
    [],
    [['touch', 2, 0]],
    [
      ['move', 2, 0],
      ['rmdir', 1],
    ],
  ),
  twoRemovals: race(
    'two removals during a first touch',
    [],
    [['touch', 2, 0]],
    [
      ['move', 2, 0],
      ['rmdir', 1],
    ],
    [['rmdir', 1]],
  ),
  removalOvertaken: race(
    'a task joins a container whose removal waits',
    [],
    [['touch', 2, 0]],
    [
      ['move', 2, 0],
      ['rmdir', 1],
    ],
    [['move', 0, 1]],
  ),
  nested: race(
    'a container is made below one that is removed',
    [
      ['exit', 2],
      ['exit', 0],
      ['exit', 1],
      ['rmdir', 0],
    ],
    [['mkdir', 0, 1]],
    [['rmdir', 1]],
  ),
  refusedRemoval: race(
    'a removal while a charge is refused',
    [['setLimit', 1, 0]],
    [['touch', 2, 0]],
    [
      ['move', 2, 0],
      ['rmdir', 1],
      ['mkdir', 1],
    ],
  ),
  recreation: race(
    'a container removed and made again during a first touch',
    [],
    [['touch', 2, 0]],
    [
      ['move', 2, 0],
      ['rmdir', 1],
      ['mkdir', 1],
    ],
  ),
  spawnAndRemoval: race(
    'a spawn into a container that is removed',
    [['exit', 2]],
    [['spawn', 2, 1]],
    [['rmdir', 1]],
  ),
  exitAndTouch: race(
    'an exit seen in pieces',
    [
      ['touch', 0, 0],
      ['touch', 0, 1],
    ],
    [['exit', 0]],
    [
      ['touch', 2, 0],
      ['touch', 2, 1],
    ],
  ),
  copies: race(
    'a copy and a touch of its target',
    [
      ['touch', 0, 0],
      ['touch', 2, 0],
      ['setLimit', 0, 1],
    ],
    [['copy', 0, 0, 1]],
    [
      ['touch', 2, 1],
      ['unmap', 2, 0],
    ],
  ),
  forkAndUnmap: race(
    'a fork and an unmap',
    [
      ['exit', 1],
      ['touch', 0, 0],
      ['touch', 0, 1],
    ],
    [['fork', 0, 1]],
    [
      ['unmap', 0, 0],
      ['touch', 2, 0],
    ],
  ),
  threeTouchers: race(
    'three first touchers, one of them moved',
    [],
    [['touch', 0, 0]],
    [['touch', 2, 0]],
    [['move', 0, 1]],
  ),
} as const;
