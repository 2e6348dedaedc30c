// Control groups, of cgroup v1 or v2: the run's own directory with a pool and a root, the containers under the root, and what their files say.
#pragma once
#include "file.h"
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#define PAGE 4096L
#define MAX_GROUPS 32
#define ROOT MAX_GROUPS
#define SMALL 63 // pages: below a batch of 64, so that every charge is exact
#define UNLIMITED ((1L << 51) - 1) // pages: what v1 reads back

// What the files are called. `oom` has the counts of the killer; `failcnt` in v2 is a line of memory.events.local.
static const struct names {
  const char *usage, *limit, *failcnt, *oom, *peak, *tasks, *faults, *all;
} v1 = {"memory.usage_in_bytes", "memory.limit_in_bytes", "memory.failcnt", "memory.oom_control", "memory.max_usage_in_bytes",
        "tasks", "total_pgfault", "total_"},
  v2 = {"memory.current", "memory.max", "memory.events.local", "memory.events.local", "memory.peak",
        "cgroup.procs", "pgfault", ""};
static const struct names *names = &v1;

struct group {
  int exists, parent;
  int dir, usage, limit, failcnt, stat, oom, peak, swap, oomEvent; // open files
  long ooms, inode; // v1: how often oomEvent has told of one; the directory's, by which the kernel names the group
};
static struct group groups[MAX_GROUPS + 1];
static int base, rootTasks; // the run's directory; where the tasks of the root are: in v2 in a leaf below it
static int quiet = 1, exact = 1;

static int isV2(void) { return names == &v2; }

static const char *nameOf(int c) {
  static char name[8];
  snprintf(name, sizeof name, "c%d", c);
  return c == ROOT ? "root" : name;
}

static int dirAbove(int c) { return c == ROOT ? base : groups[groups[c].parent].dir; }

static int openTasks(int c, int flags) { return openOrDie(c == ROOT ? rootTasks : groups[c].dir, names->tasks, flags); }

static long readNumber(int fd) {
  char *text = readText(fd);
  return *text == 'm' ? UNLIMITED * PAGE : strtol(text, NULL, 10);
}

static long usageOf(int c) { return readNumber(groups[c].usage) / PAGE; }
static long limitOf(int c) { return readNumber(groups[c].limit) / PAGE; }
static int setPages(int c, long pages) { return writeNumber(groups[c].limit, pages * PAGE); }
static long failuresOf(int c) { return isV2() ? statLine(readText(groups[c].failcnt), "", "max") : readNumber(groups[c].failcnt); }

// How often a group was out of memory; in v1 its parent's is told to it, too.
static long oomsOf(int c) {
  uint64_t more;
  if (isV2()) return statLine(readText(groups[c].oom), "", "oom");
  if (read(groups[c].oomEvent, &more, sizeof more) == sizeof more) groups[c].ooms += (long)more;
  return groups[c].ooms;
}

// Has a group of v2 count memory for each of its children, or not.
static int control(int dir, const char *how) { return isV2() ? writeIn(dir, "cgroup.subtree_control", how) : 0; }

static long inodeOf(int dir) {
  struct stat st;
  return fstat(dir, &st) < 0 ? 0 : (long)st.st_ino;
}

static void openGroup(int c) {
  struct group *g = &groups[c];
  char text[32];
  g->dir = openOrDie(dirAbove(c), nameOf(c), O_DIRECTORY);
  g->usage = openOrDie(g->dir, names->usage, O_RDONLY);
  g->limit = openOrDie(g->dir, names->limit, O_RDWR);
  g->failcnt = openOrDie(g->dir, names->failcnt, O_RDONLY);
  g->stat = openOrDie(g->dir, "memory.stat", O_RDONLY);
  g->oom = openOrDie(g->dir, names->oom, isV2() ? O_RDONLY : O_RDWR);
  g->peak = c == ROOT ? -1 : openIn(g->dir, names->peak, isV2() ? O_RDONLY : O_RDWR); // not every kernel has these two
  g->swap = c == ROOT ? -1 : openIn(g->dir, "memory.memsw.usage_in_bytes", O_RDONLY);
  g->oomEvent = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  g->ooms = 0, g->inode = inodeOf(g->dir);
  g->exists = 1;
  if (isV2()) return;
  snprintf(text, sizeof text, "%d %d", g->oomEvent, g->oom);
  writeIn(g->dir, "cgroup.event_control", text);
  if (c != ROOT) writeText(g->oom, quiet ? "1" : "0");
}

static void closeGroup(int c) {
  struct group *g = &groups[c];
  int fds[] = {g->dir, g->usage, g->limit, g->failcnt, g->stat, g->oom, g->peak, g->swap, g->oomEvent};
  for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) if (fds[i] >= 0) close(fds[i]);
  g->exists = 0;
}

static int hasChildren(int c) {
  for (int k = 0; k < MAX_GROUPS; k++) if (groups[k].exists && groups[k].parent == c) return 1;
  return 0;
}

// Is c the group `top`, or below it?
static int isBelow(int c, int top) {
  while (c != top && c != ROOT) c = groups[c].parent;
  return c == top;
}

static int makeGroup(int c, int parent) {
  groups[c].parent = parent;
  int refused = parent == ROOT || hasChildren(parent) ? 0 : control(groups[parent].dir, "+memory");
  if (refused) return refused;
  if (mkdirat(dirAbove(c), nameOf(c), 0755) < 0) return -errno;
  openGroup(c);
  if (exact && c != ROOT && setPages(c, SMALL) < 0) die("cannot limit c%d", c);
  return 0;
}

static int removeGroup(int c) {
  int parent = groups[c].parent;
  if (unlinkat(dirAbove(c), nameOf(c), AT_REMOVEDIR) < 0) return -errno;
  closeGroup(c);
  if (parent != ROOT && !hasChildren(parent)) control(groups[parent].dir, "-memory");
  return 0;
}

static int removeWithRetries(int dir, const char *name) {
  for (int i = 0; i < 500; i++) {
    if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
    if (errno == EBUSY) pause1ms();
  }
  return -EBUSY;
}

// Removes all containers, children before parents. One that stays busy, or -1.
static int removeGroups(void) {
  for (int depth = 0; depth < MAX_GROUPS; depth++)
    for (int c = 0; c < MAX_GROUPS; c++) {
      if (!groups[c].exists || hasChildren(c)) continue;
      if (removeWithRetries(dirAbove(c), nameOf(c)) < 0) return c;
      closeGroup(c);
    }
  return -1;
}

// What memory.stat says of the lists of a group and all below it, in pages.
struct lists {
  long active, inactive, unevictable;
};

static struct lists readLists(int fd) {
  const char *text = readText(fd), *all = names->all;
  struct lists l;
  l.active = (statLine(text, all, "active_anon") + statLine(text, all, "active_file")) / PAGE;
  l.inactive = (statLine(text, all, "inactive_anon") + statLine(text, all, "inactive_file")) / PAGE;
  l.unevictable = statLine(text, all, "unevictable") / PAGE;
  return l;
}
