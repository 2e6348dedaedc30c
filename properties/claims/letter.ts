// The claims of the controller's cover letter (v3.1, June 2007) in our own words, what checks each, and the questions that people bring.

import type { Move, ProfileName } from '../../model/index.ts';

/** L1-L13: what the letter says the controller does. S1-S6: what its testing scenario asks of the control files. */
export interface LetterClaim {
  readonly id: string;
  readonly text: string;
  /** Claims (by name) that check it. */
  readonly checkedBy: readonly string[];
  /** The action or shared rule of model/ that makes it so. */
  readonly rule: string;
}

export const letter: readonly LetterClaim[] = [
  {
    id: 'L1',
    text: 'Resident pages are accounted, and limited, container by container.',
    checkedBy: ['OwnedIffMapped', 'UsageIsLruSize', 'WithinLimit'],
    rule: 'usage',
  },
  {
    id: 'L2',
    text: 'A page that is mapped has exactly one owner among the containers.',
    checkedBy: ['OwnedIffMapped'],
    rule: 'ownerOf',
  },
  {
    id: 'L3',
    text: 'It is linked into the LRU lists of that container.',
    checkedBy: ['OnOneListOnce'],
    rule: 'touch',
  },
  {
    id: 'L4',
    text: 'The owner is whichever container touched the page first.',
    checkedBy: ['FirstToucherOwns'],
    rule: 'touch',
  },
  {
    id: 'L5',
    text: 'For as long as anybody maps it, the page keeps its container from going away.',
    checkedBy: ['BusyWhileHolding', 'MoveKeepsCharges'],
    rule: 'rmdir',
  },
  {
    id: 'L6',
    text: 'For as long as anybody maps it, it counts in the usage of its container.',
    checkedBy: ['UsageIsLruSize'],
    rule: 'usage',
  },
  {
    id: 'L7',
    text: 'For as long as anybody maps it, it stays on a list of its container.',
    checkedBy: ['OwnedIffMapped', 'OnOneListOnce'],
    rule: 'reference',
  },
  {
    id: 'L8',
    text: 'When the last mapping goes, so does the hold on the container.',
    checkedBy: ['LastUnmapReleases', 'NothingLeaks'],
    rule: 'unmapPage',
  },
  {
    id: 'L9',
    text: 'The usage is the number of pages on the two lists, no more and no less.',
    checkedBy: ['UsageIsLruSize'],
    rule: 'usage',
  },
  {
    id: 'L10',
    text: 'A usage that would pass the limit makes the owning container give up pages of its own.',
    checkedBy: ['WithinLimit', 'WithinLimitAfterCharge', 'ReclaimOnlyFromCharged', 'PinnedNeverReclaimed'],
    rule: 'charge',
  },
  {
    id: 'L11',
    text: 'Where nothing can be reclaimed, the OOM killer makes room among the tasks of the container.',
    checkedBy: ['OomOnlyWhenNothingReclaimable', 'OomKillsOnlyMembers', 'ChargeTerminates'],
    rule: 'killOne',
  },
  {
    id: 'L12',
    text: 'So a container is like a machine of its own: first it reclaims, then it kills, and others do not feel it.',
    checkedBy: ['OomOnlyWhenNothingReclaimable', 'NoInnocentCharge'],
    rule: 'charge',
  },
  {
    id: 'L13',
    text: 'Pages go from one list to the other as they do on the lists of the whole machine.',
    checkedBy: ['OnOneListOnce', 'LruOrder'],
    rule: 'scan',
  },
  {
    id: 'S1',
    text: 'A directory in the mounted file system is a new container.',
    checkedBy: [],
    rule: 'mkdir',
  },
  {
    id: 'S2',
    text: 'A pid written to its file tasks moves that task into it.',
    checkedBy: ['MoveKeepsCharges'],
    rule: 'move',
  },
  {
    id: 'S3',
    text: 'A number written to rss_limit is its limit.',
    checkedBy: ['WithinLimit'],
    rule: 'setLimit',
  },
  {
    id: 'S4',
    text: 'rss_usage reads how many pages it has now.',
    checkedBy: ['UsageIsLruSize'],
    rule: 'readFile',
  },
  {
    id: 'S5',
    text: 'A program that touches more pages than the limit runs to its end.',
    checkedBy: ['WithinLimitAfterCharge'],
    rule: 'charge',
  },
  {
    id: 'S6',
    text: 'Meanwhile the container reclaims, and its usage stays within the limit.',
    checkedBy: ['WithinLimitAfterCharge', 'FailcntCountsRefusals'],
    rule: 'reclaim',
  },
];

export interface Question {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  /** A trace that shows it. */
  readonly moves: readonly Move[];
  /** The profiles it is shown in, side by side; left out: letter. */
  readonly profiles?: readonly ProfileName[];
  readonly letter: readonly string[];
  readonly claims: readonly string[];
  readonly rules: readonly string[];
}

const two: readonly Move[] = [
  ['mkdir', 0],
  ['mkdir', 1],
  ['spawn', 0, 0],
  ['spawn', 1, 1],
];

const atLimit: readonly Move[] = [
  ['mkdir', 0],
  ['spawn', 0, 0],
  ['setLimit', 0, 2],
  ['touch', 0, 0],
  ['touch', 0, 1],
];

export const questions: readonly Question[] = [
  {
    id: 'who-owns',
    question: 'Who owns a page that two containers map?',
    answer:
      'The container of the task that touched it first, alone, for as long as anybody maps it. Who comes later pays nothing, and the owner stays even when the first toucher has left.',
    moves: [...two, ['touch', 0, 0], ['touch', 1, 0], ['unmap', 0, 0]],
    letter: ['L2', 'L4', 'L5'],
    claims: ['FirstToucherOwns', 'OwnedIffMapped'],
    rules: ['touch', 'unmapPage'],
  },
  {
    id: 'at-the-limit',
    question: 'What happens at the limit?',
    answer:
      'A usage equal to the limit is legal. The next new page is refused at first (failcnt +1); the container then reclaims pages of its own, the oldest ones that nobody has used since, until the page fits.',
    moves: [...atLimit, ['touch', 0, 2]],
    letter: ['L10', 'L12'],
    claims: ['WithinLimitAfterCharge', 'ReclaimOnlyFromCharged', 'FailcntCountsRefusals'],
    rules: ['charge', 'reclaim', 'scan'],
  },
  {
    id: 'nothing-to-reclaim',
    question: 'And if nothing can be reclaimed?',
    answer:
      'Pages that somebody has locked cannot be taken. If they are all that the container owns, its tasks are killed one at a time, the one with the most mapped pages first, until the page fits or the task that wanted it is dead itself.',
    moves: [...atLimit, ['pin', 0, 0], ['pin', 0, 1], ['spawn', 1, 0], ['touch', 1, 2]],
    letter: ['L11', 'L12'],
    claims: ['OomOnlyWhenNothingReclaimable', 'OomKillsOnlyMembers'],
    rules: ['killOne', 'mostMapped'],
  },
  {
    id: 'task-moves',
    question: 'Do pages follow a task that moves to another container?',
    answer:
      'No. Its next pages are charged to the new container; those it has stay where they were charged, and keep that container busy.',
    moves: [...two, ['touch', 0, 0], ['move', 0, 1], ['touch', 0, 1], ['rmdir', 0]],
    letter: ['L5'],
    claims: ['MoveKeepsCharges', 'BusyWhileHolding'],
    rules: ['move', 'rmdir'],
  },
  {
    id: 'limit-lowered',
    question: 'What if the limit is set below the usage?',
    answer:
      'In the letter nothing happens until the next charge, which then pays for all of it. The Linux profiles reclaim in the write itself.',
    moves: [...atLimit, ['setLimit', 0, 1], ['touch', 0, 2]],
    letter: ['L10'],
    claims: ['WithinLimit', 'OverLimitIsPaid'],
    rules: ['setLimit', 'charge'],
  },
  {
    id: 'parent-full',
    question: 'Who pays, who is reclaimed, who dies when a child touches and the parent is full?',
    answer:
      'In the letter nobody: a container answers for itself, whatever it lies in. In the kernels of today the parent refuses and pays: its failcnt, and pages of its whole subtree, also those of a sibling that did nothing. If none can be taken, the task with the most mapped pages anywhere below it dies.',
    moves: [
      ['mkdir', 0],
      ['mkdir', 1, 0],
      ['mkdir', 2, 0],
      ['setLimit', 0, 1],
      ['spawn', 0, 1],
      ['spawn', 1, 2],
      ['touch', 1, 0],
      ['touch', 0, 1],
      ['touch', 1, 2],
      ['pin', 1, 2],
      ['touch', 0, 3],
    ],
    profiles: ['letter', 'linux-v1'],
    letter: ['L10', 'L11'],
    claims: [
      'ReclaimOnlyFromCharged',
      'OomKillsOnlyMembers',
      'FailcntCountsRefusals',
      'RefusalChargesNobody',
    ],
    rules: ['refuser', 'subtree', 'path'],
  },
];
