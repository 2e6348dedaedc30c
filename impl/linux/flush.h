// The kernel's statistics, fresh: what it still has in its batches is brought in before anything is read.
#pragma once
#include "see.h"

// Two things are behind the kernel: its LRU batch, which an mlock empties, and its statistics, which are summed up once enough has changed.
// Locking and unlocking one huge page does the first and is change enough for the second; without huge pages, many faults on the zero page are.
// Either way the sum is believed only when a fault that was made here shows up in it.
#define HUGE_PAGE (2L << 20)
#define MANY 192
#define ZEROES (16L * 1024)
static char *huge, *zeroes;
static int baseStat, poolStat; // memory.stat of the run's directory, and of its pool
static long faultsSeen, zeroesRead;

static char *anonymous(long size, int protection) {
  char *at = mmap(NULL, (size_t)size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) die("no memory");
  madvise(at, (size_t)size, MADV_DONTFORK);
  return at;
}

static void prepareFlush(void) {
  char *room = anonymous(2 * HUGE_PAGE, PROT_READ | PROT_WRITE);
  huge = room + (HUGE_PAGE - (uintptr_t)room % HUGE_PAGE) % HUGE_PAGE;
  madvise(huge, HUGE_PAGE, MADV_HUGEPAGE);
  huge[0] = 1;
  zeroes = anonymous(ZEROES * PAGE, PROT_READ);
  madvise(zeroes, ZEROES * PAGE, MADV_NOHUGEPAGE);
}

static void fault(long count) {
  if (zeroesRead + count > ZEROES) {
    madvise(zeroes, ZEROES * PAGE, MADV_DONTNEED);
    zeroesRead = 0;
  }
  for (; count > 0; count--) (void)*(volatile char *)(zeroes + zeroesRead++ * PAGE);
}

static long totalFaults(int fd) { return statLine(readText(fd), "", names->faults); }

// Reading the statistics of the run's directory sums up all below it, if the change of its own pool has reached it: that needs the pool's
// own sum to be fresh, so a second attempt reads that first.
static void flush(void) {
  for (int attempt = 0; attempt < 8; attempt++) {
    if (attempt) totalFaults(poolStat);
    mlock(huge, HUGE_PAGE);
    munlock(huge, HUGE_PAGE);
    fault(attempt ? MANY : 1);
    long before = faultsSeen;
    faultsSeen = totalFaults(baseStat);
    if (faultsSeen > before) return;
  }
  die("the statistics of the groups stay behind");
}
