// The races that the letter's patch set lives or dies by, each as the fewest operations that can show it.

import type { Move } from '../../../model/index.ts';
import { movesFromText } from '../../trace/move.ts';
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
const start = 'mkdir c0, mkdir c1, spawn t0 c0, spawn t1 c0, spawn t2 c1';

const race = (name: string, setup: string, ...threads: string[]): Scenario => ({
  name,
  size,
  setup: [start, setup].flatMap(movesFromText),
  threads: threads.map(movesFromText),
});

/** p1 is inactive and referenced, mapped by t0; the next touch activates it. */
const aboutToBeActivated = 'setLimit c0 2, touch t0 p0, touch t0 p1, touch t0 p2, touch t0 p1';

/** c0 is full with a pinned page of each of its tasks. */
const pinnedFull = 'setLimit c0 2, touch t0 p0, pin t0 p0, touch t1 p1, pin t1 p1';

export const races = {
  firstTouchers: race('two first touchers', '', 'touch t0 p0', 'touch t2 p0'),
  sameTask: race('two threads of one task touch one page', '', 'touch t0 p0', 'touch t0 p0'),
  lastUnmap: race('the last unmap and a new first touch', 'touch t0 p0', 'unmap t0 p0', 'touch t2 p0'),
  movedToucher: race('a move during a first touch', '', 'touch t0 p0', 'move t0 c1'),
  lastPlace: race('two charges for the last place', 'setLimit c0 1', 'touch t0 p0', 'touch t1 p1'),
  lostCharge: race(
    'a charge that is given back, beside one that fits',
    'setLimit c0 2, touch t0 p2',
    'touch t0 p0',
    'touch t2 p0, touch t1 p1',
  ),
  twoOutOfMemory: race('two charges find everything pinned', pinnedFull, 'touch t0 p2', 'touch t1 p3'),
  victimLeaves: race(
    'the victim moves away from the killer',
    'setLimit c0 1, touch t0 p0, pin t0 p0',
    'touch t1 p1',
    'move t0 c1',
  ),
  samePageOutOfMemory: race(
    'a page is touched while its toucher is out of memory',
    pinnedFull,
    'touch t0 p2',
    'touch t2 p2',
  ),
  activation: race('an activation and the last unmap', aboutToBeActivated, 'touch t0 p1', 'unmap t0 p1'),
  reclaimAndPin: race(
    'a page is pinned while it is reclaimed',
    'setLimit c0 1, touch t0 p0',
    'touch t1 p1',
    'pin t0 p0',
  ),
  reclaimAndUnmap: race(
    'a page is unmapped while it is reclaimed',
    'setLimit c0 1, touch t0 p0, touch t2 p0',
    'touch t1 p1',
    'unmap t0 p0, unmap t2 p0',
  ),
  reclaimThenMap: race(
    'what a charge reclaims and what it maps, unmapped in between',
    'setLimit c0 1, touch t0 p0',
    'touch t0 p1',
    'unmap t0 p0, unmap t0 p1',
  ),
  lowered: race(
    'the limit is lowered before the page is free',
    'setLimit c1 1',
    'touch t0 p0',
    'touch t2 p0, setLimit c0 0, touch t2 p1',
  ),
  backOut: race(
    'the limit is lowered under a charge in flight',
    'setLimit c0 1',
    'touch t0 p0',
    'setLimit c0 0',
  ),
  removal: race('a removal during a first touch', '', 'touch t2 p0', 'move t2 c0, rmdir c1'),
  twoRemovals: race(
    'two removals during a first touch',
    '',
    'touch t2 p0',
    'move t2 c0, rmdir c1',
    'rmdir c1',
  ),
  removalOvertaken: race(
    'a task joins a container whose removal waits',
    '',
    'touch t2 p0',
    'move t2 c0, rmdir c1',
    'move t0 c1',
  ),
  nested: race(
    'a container is made below one that is removed',
    'exit t2, exit t0, exit t1, rmdir c0',
    'mkdir c0 c1',
    'rmdir c1',
  ),
  refusedRemoval: race(
    'a removal while a charge is refused',
    'setLimit c1 0',
    'touch t2 p0',
    'move t2 c0, rmdir c1, mkdir c1',
  ),
  recreation: race(
    'a container removed and made again during a first touch',
    '',
    'touch t2 p0',
    'move t2 c0, rmdir c1, mkdir c1',
  ),
  spawnAndRemoval: race('a spawn into a container that is removed', 'exit t2', 'spawn t2 c1', 'rmdir c1'),
  exitAndTouch: race(
    'an exit seen in pieces',
    'touch t0 p0, touch t0 p1',
    'exit t0',
    'touch t2 p0, touch t2 p1',
  ),
  copies: race(
    'a copy and a touch of its target',
    'touch t0 p0, touch t2 p0, setLimit c0 1',
    'copy t0 p0 p1',
    'touch t2 p1, unmap t2 p0',
  ),
  forkAndUnmap: race(
    'a fork and an unmap',
    'exit t1, touch t0 p0, touch t0 p1',
    'fork t0 t1',
    'unmap t0 p0, touch t2 p0',
  ),
  threeTouchers: race(
    'three first touchers, one of them moved',
    '',
    'touch t0 p0',
    'touch t2 p0',
    'move t0 c1',
  ),
} as const;
