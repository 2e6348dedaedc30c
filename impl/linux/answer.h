// The answer: everything that the kernel shows, as lists of numbers.
#pragma once
#include "flush.h"

static void putId(int c) { putItem(c == ROOT ? -1 : c); }

// `tasks` is opened anew each time: an open file keeps the list of its first read.
static void putTasks(int c) {
  int fd = openTasks(c, O_RDONLY);
  char *text = readText(fd);
  close(fd);
  put("[");
  for (char *at = text; *at; at = strchr(at, '\n') + 1) {
    int pid = (int)strtol(at, NULL, 10), t = 0;
    while (t < taskCount && tasks[t].pid != pid) t++;
    putItem(t < taskCount ? t : NOBODY);
    if (!strchr(at, '\n')) break;
  }
  closeList();
}

// By group: what memory.stat tells of its lists, and what its pages say.
static struct lists told[ROOT + 1], counted[ROOT + 1];

// The lists of each group alone. The kernel sums them up over all below it, removed groups included, whose pages are the parent's now.
static void readOwnLists(void) {
  for (int c = 0; c <= ROOT; c++) if (groups[c].exists) told[c] = readLists(groups[c].stat);
  struct lists all[ROOT + 1];
  memcpy(all, told, sizeof all);
  for (int c = 0; c < ROOT; c++) {
    if (!groups[c].exists) continue;
    struct lists *above = &told[groups[c].parent];
    above->active -= all[c].active, above->inactive -= all[c].inactive, above->unevictable -= all[c].unevictable;
  }
}

// A group's row: id, usage, limit, failcnt, active, inactive, unevictable, tasks. The root's usage is told as its own lists are.
static void putGroups(void) {
  readOwnLists();
  put("\"groups\":[");
  for (int c = 0; c <= ROOT; c++) {
    if (!groups[c].exists || (c >= groupCount && c != ROOT)) continue;
    struct lists own = told[c];
    put("[");
    putId(c);
    putItem(c == ROOT ? own.active + own.inactive + own.unevictable : usageOf(c));
    putItem(limitOf(c));
    putItem(failuresOf(c));
    putItem(own.active), putItem(own.inactive), putItem(own.unevictable);
    putTasks(c);
    closeList();
  }
  closeList();
}

// Books that not every kernel keeps, -1 where it does not. A row: id, parent, how often it was out of memory (v1: or one above it),
// the highest usage (v1: in this command), memory and swap together.
static void putBooks(void) {
  put("\"books\":[");
  for (int c = 0; c < groupCount; c++) {
    if (!groups[c].exists) continue;
    put("[");
    putItem(c), putId(groups[c].parent);
    putItem(oomsOf(c));
    putItem(groups[c].peak < 0 ? -1 : readNumber(groups[c].peak) / PAGE);
    if (groups[c].peak >= 0 && !isV2()) writeText(groups[c].peak, "0"); // the next one is of the next command
    putItem(groups[c].swap < 0 ? -1 : readNumber(groups[c].swap) / PAGE);
    closeList();
  }
  closeList();
}

// A page's row: id, owner, mapcount, flags: 1 on a list, 2 active, 4 unevictable.
static void putPages(void) {
  memset(counted, 0, sizeof counted);
  put("\"pages\":[");
  for (int p = 0; p < pageCount; p++) {
    uint64_t frame = frameOf(p);
    if (!frame) continue;
    uint64_t flags = ofFrame(kpageflags, frame);
    put("[");
    putItem(p);
    int owner = groupOf((ino_t)ofFrame(kpagecgroup, frame));
    if (owner != NOBODY && flags >> KPF_LRU & 1) {
      struct lists *of = &counted[owner];
      flags >> KPF_UNEVICTABLE & 1 ? of->unevictable++ : flags >> KPF_ACTIVE & 1 ? of->active++ : of->inactive++;
    }
    putId(owner);
    putItem((long)ofFrame(kpagecount, frame));
    putItem((long)((flags >> KPF_LRU & 1) | (flags >> KPF_ACTIVE & 1) << 1 | (flags >> KPF_UNEVICTABLE & 1) << 2));
    closeList();
  }
  closeList();
}

// A task's row: id, the pages in its slots, and those of them that it has locked.
static void putMaps(void) {
  put("\"tasks\":[");
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists) continue;
    put("[");
    putItem(t);
    put("[");
    for (int p = 0; p < pageCount; p++) if (tasks[t].count && present(t, p)) putItem(p);
    closeList();
    put("[");
    for (int p = 0; p < pageCount; p++) if (tasks[t].maps[p] & LOCKED) putItem(p);
    closeList();
    closeList();
  }
  closeList();
}

// The kernel sums its statistics up every two seconds on its own, too, group after group. If that sum is under way while a page comes onto a list,
// the fault of flush() may be in it and the page not. So lists that the pages contradict are summed up again, and told as they are in the end.
static void putLists(void) {
  int from = length;
  for (int attempt = 0; ; attempt++) {
    memset(told, 0, sizeof told);
    putGroups(), putPages();
    int agree = memcmp(told, counted, sizeof told) == 0;
    if (agree || attempt == 3) return;
    length = from;
    flush();
  }
}

static void answerWith(const char *outcome) {
  put("{\"outcome\":\"");
  put(outcome);
  put("\",\"events\":[");
  for (int i = 0; i < eventCount; i++) {
    put(events[i].kind == 'r' ? "[\"reclaimed\"," : "[\"killed\",");
    putItem(events[i].id);
    closeList();
  }
  closeList();
  put("\"found\":[");
  for (int i = 0; i < findingCount; i++) put("["), putText(findings[i].claim), putText(findings[i].text), closeList();
  closeList();
  if (!brief) putLists(), putBooks(), putMaps();
  send();
}

// An independent proof, slow: every frame of the machine is asked who is charged for it, every mapping whether it is locked.
static void putLocked(int t) {
  char path[64], line[512];
  unsigned long from = 0;
  snprintf(path, sizeof path, "/proc/%d/smaps", tasks[t].pid);
  FILE *f = fopen(path, "re");
  put("[");
  putItem(t);
  put("[");
  while (f && fgets(line, sizeof line, f)) {
    unsigned long start, stop;
    if (sscanf(line, "%lx-%lx ", &start, &stop) == 2) from = start;
    if (strncmp(line, "VmFlags:", 8) || !strstr(line, " lo") || from < SLOTS) continue;
    if (from < (unsigned long)SLOT(pageCount)) putItem((long)((from - SLOTS) / PAGE));
  }
  if (f) fclose(f);
  closeList();
  closeList();
}

static void census(void) {
  static uint64_t inodes[1 << 15];
  long counts[MAX_GROUPS + 1] = {0};
  ssize_t n;
  for (off_t at = 0; (n = pread(kpagecgroup, inodes, sizeof inodes, at)) > 0; at += n) {
    for (int i = 0; i < n / 8; i++) {
      int c = inodes[i] ? groupOf((ino_t)inodes[i]) : NOBODY;
      if (c != NOBODY) counts[c]++;
    }
  }
  put("{\"census\":[");
  for (int c = 0; c <= ROOT; c++) {
    if (!groups[c].exists) continue;
    put("[");
    putId(c);
    putItem(counts[c]);
    closeList();
  }
  closeList();
  put("\"locked\":[");
  for (int t = 0; t < taskCount; t++) if (tasks[t].exists) putLocked(t);
  closeList();
  send();
}

static int baseDying; // where groups are counted

// How many groups were removed and live on: after a while, none. In v1 the kernel counts the groups of the whole machine.
static long dyingNow(void) {
  if (isV2()) return statLine(readText(baseDying), "", "nr_dying_descendants");
  long hierarchy, count = 0;
  char *row = strstr(readText(baseDying), "\nmemory");
  return row && sscanf(row, "\nmemory %ld %ld", &hierarchy, &count) == 2 ? count : 0;
}

static void answerDying(long above, long ms) {
  long count = dyingNow();
  for (long until = now() + ms; count > above && now() < until;) pause1ms(), count = dyingNow();
  put("{\"dying\":");
  putItem(count);
  send();
}

static void putFile(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  putText(fd < 0 ? "" : readText(fd));
  if (fd >= 0) close(fd);
}

// Which kernel it is: a guest's is not the one that the suite runs on.
static void answerFacts(void) {
  put("{\"facts\":[");
  putFile("/proc/sys/kernel/osrelease"), putFile("/sys/kernel/mm/transparent_hugepage/enabled");
  putFile("/sys/kernel/mm/lru_gen/enabled"), putFile("/proc/swaps");
  closeList();
  send();
}
