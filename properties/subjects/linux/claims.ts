// What is claimed of a kernel beside the contract, and judged where the kernel is looked at: its console, its second books, its removed groups.

export const BOOKS = 'BooksAgree';
export const QUIET = 'KernelIsQuiet';
export const WOKEN = 'SleepersAreWoken';
export const EVENTS = 'OomEventsAreKills';
export const PEAK = 'PeakIsWithinLimit';
export const GONE = 'RemovedGroupsDie';
export const LARGEST = 'VictimIsTheLargest';
export const FORKS = 'RefusedForksAreNotCounted';

/** Each in one positive sentence. */
export const kernelClaims: Readonly<Record<string, string>> = {
  [BOOKS]:
    'What the kernel counts twice it counts alike: memory.stat and the flags of the pages, mappers and page tables, memory with and without swap.',
  [QUIET]: 'The console shows no WARNING, no BUG, no underflow and no bad page.',
  [WOKEN]: 'A task that sleeps because its group was out of memory is woken when there is room.',
  [EVENTS]:
    'Where memory.events counts an out of memory, a member of the group was killed, or there was none.',
  [PEAK]: 'The highest usage of a group was not above its limit: in v1 during the move, in v2 so far.',
  [GONE]: 'A group that was removed, and whose pages are gone, is forgotten by the kernel.',
  [LARGEST]: "The kernel's own killer takes the member with the most mapped pages.",
  [FORKS]: 'A fork that the limit of a group on the path refuses (pids.max) is not counted.',
};
