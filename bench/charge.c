/* The peer in C of bench/controller.ts: one container at its limit, every touch reclaims one page and charges one, by the same two-list policy
   with intrusive lists. Prints nanoseconds per touch. Usage: charge PAGES LIMIT TOUCHES */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { NONE = -1, ACTIVE = 1, REFERENCED = 2 };

struct page {
  int32_t newer, older, owner, mapper, next_of_task, prev_of_task, pins;
  uint8_t flags;
};

static struct page *pages;
static int32_t newest[2] = {NONE, NONE}, oldest[2] = {NONE, NONE}, length[2], usage, limit, first_page = NONE;
static int64_t failcnt, reclaims, mapped;

static void link_page(int32_t p, int list) {
  int32_t head = newest[list];
  pages[p].newer = NONE;
  pages[p].older = head;
  if (head == NONE) oldest[list] = p;
  else pages[head].newer = p;
  newest[list] = p;
  length[list]++;
  pages[p].flags = (uint8_t)(list ? pages[p].flags | ACTIVE : pages[p].flags & ~ACTIVE);
}

static void unlink_page(int32_t p) {
  int list = pages[p].flags & ACTIVE;
  int32_t n = pages[p].newer, o = pages[p].older;
  if (n == NONE) newest[list] = o;
  else pages[n].older = o;
  if (o == NONE) oldest[list] = n;
  else pages[o].newer = n;
  length[list]--;
}

static void unmap_page(int32_t p) {
  int32_t next = pages[p].next_of_task, prev = pages[p].prev_of_task;
  if (prev == NONE) first_page = next;
  else pages[prev].next_of_task = next;
  if (next != NONE) pages[next].prev_of_task = prev;
  pages[p].mapper = NONE;
  mapped--;
}

static int reclaim(void) {
  for (;;) {
    int surplus = length[1] - length[0], moved = 0, saved = 0;
    if (surplus < 1) surplus = length[1] > 0;
    for (; moved < surplus; moved++) {
      int32_t p = oldest[1];
      int again = pages[p].flags & REFERENCED;
      unlink_page(p);
      pages[p].flags &= (uint8_t)~REFERENCED;
      link_page(p, again ? 1 : 0);
    }
    for (int left = length[0]; left > 0; left--) {
      int32_t p = oldest[0];
      if (pages[p].pins > 0) {
        unlink_page(p);
        link_page(p, 0);
      } else if (pages[p].flags & REFERENCED) {
        unlink_page(p);
        pages[p].flags &= (uint8_t)~REFERENCED;
        link_page(p, 1);
        saved++;
      } else {
        unmap_page(p);
        unlink_page(p);
        usage--;
        pages[p].owner = NONE;
        pages[p].flags = 0;
        return 1;
      }
    }
    if (moved == 0 && saved == 0) return 0;
  }
}

static void touch(int32_t p) {
  if (pages[p].mapper != NONE) {
    if ((pages[p].flags & (REFERENCED | ACTIVE)) == REFERENCED) {
      unlink_page(p);
      pages[p].flags &= (uint8_t)~REFERENCED;
      link_page(p, 1);
    } else {
      pages[p].flags |= REFERENCED;
    }
    return;
  }
  while (usage + 1 > limit) {
    failcnt++;
    if (!reclaim()) abort();
    reclaims++;
  }
  pages[p].mapper = 0;
  pages[p].prev_of_task = NONE;
  pages[p].next_of_task = first_page;
  if (first_page != NONE) pages[first_page].prev_of_task = p;
  first_page = p;
  mapped++;
  usage++;
  pages[p].owner = 0;
  pages[p].flags = 0;
  link_page(p, 1);
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: %s PAGES LIMIT TOUCHES\n", argv[0]), 2;
  int32_t count = atoi(argv[1]), touches = atoi(argv[3]);
  limit = atoi(argv[2]);
  pages = calloc((size_t)count, sizeof *pages);
  for (int32_t p = 0; p < count; p++) pages[p].mapper = pages[p].owner = NONE;
  for (int32_t i = 0; i < count; i++) touch(i);
  struct timespec a, b;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
  for (int32_t i = 0, p = 0; i < touches; i++, p = p + 1 == count ? 0 : p + 1) touch(p);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
  double ns = ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / touches;
  printf("{\"ns\":%.2f,\"usage\":%d,\"failcnt\":%lld,\"reclaims\":%lld}\n", ns, usage, (long long)failcnt, (long long)reclaims);
  return 0;
}
