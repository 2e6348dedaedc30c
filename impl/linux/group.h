// Control groups, of cgroup v1 or v2: the run's own directory with a pool and a root, the containers under the root, and what their files say.
#pragma once
#include "out.h"
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#define PAGE 4096L
#define MAX_GROUPS 32
#define ROOT MAX_GROUPS
#define SMALL 63 // pages: below a batch of 64, so that every charge is exact
#define UNLIMITED ((1L << 51) - 1) // pages: what v1 reads back
#define PREFIX "firsttouch-"
#define CGROUP2 0x63677270

// What the files are called. `oom` has the counts of the killer; `failcnt` in v2 is a line of memory.events.local.
static const struct names {
  const char *usage, *limit, *failcnt, *oom, *peak, *tasks, *faults, *all;
} v1 = {"memory.usage_in_bytes", "memory.limit_in_bytes", "memory.failcnt", "memory.oom_control", "memory.max_usage_in_bytes",
        "tasks", "total_pgfault", "total_"},
  v2 = {"memory.current", "memory.max", "memory.events.local", "memory.events.local", "memory.peak",
        "cgroup.procs", "pgfault", ""};
static const struct names *names = &v1;

struct group {
  int exists, parent, usage, limit, failcnt, stat, oom, peak, swap, oomEvent;
  long ooms; // v1: how often oomEvent has told of one
  ino_t inode;
};
static struct group groups[MAX_GROUPS + 1];
// Groups that were removed with pages in them, and who inherits: for a moment the kernel still names them as owners, before it names the parent.
static struct {
  ino_t inode;
  int heir;
} dying[256];
static int dyingCount;
static char mountPoint[256], base[400];
static ino_t rootLeaf;         // in v2 the tasks of the root are in a leaf of its own
static int baseStat, poolStat; // memory.stat of the run's directory, and of its pool
static int quiet = 1, exact = 1;

static int isV2(void) { return names == &v2; }

static void learnVersion(void) {
  struct statfs fs;
  if (statfs(mountPoint, &fs) < 0) die("no %s", mountPoint);
  if (fs.f_type == CGROUP2) names = &v2;
}

static char *pathOf(char *to, size_t size, int c, const char *file) {
  char above[1024];
  if (c == ROOT) snprintf(to, size, "%s/root%s%s", base, *file ? "/" : "", file);
  else snprintf(to, size, "%s/c%d%s%s", pathOf(above, sizeof above, groups[c].parent, ""), c, *file ? "/" : "", file);
  return to;
}

static int writeText(int fd, const char *text) { return pwrite(fd, text, strlen(text), 0) < 0 ? -errno : 0; }

static int writeFile(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int result = writeText(fd, text);
  close(fd);
  return result;
}

static int openFile(int c, const char *file, int flags) {
  char path[512];
  int fd = open(pathOf(path, sizeof path, c, file), flags | O_CLOEXEC);
  if (fd < 0) die("cannot open %s: %s", path, strerror(errno));
  return fd;
}

// Where the tasks of a group are listed; those of the root of v2 are in a leaf below it.
static int openTasks(int c, int flags) {
  char file[64];
  snprintf(file, sizeof file, "%s%s", c == ROOT && isV2() ? "leaf/" : "", names->tasks);
  return openFile(c, file, flags);
}

static int openIfThere(int c, const char *file, int flags) {
  char path[512];
  return open(pathOf(path, sizeof path, c, file), flags | O_CLOEXEC);
}

// The number in a line that begins with `prefix` and `name`.
static long statLine(const char *text, const char *prefix, const char *name) {
  size_t ahead = strlen(prefix), width = strlen(name);
  for (const char *at = text; at && *at; at = strchr(at, '\n')) {
    at += *at == '\n';
    if (!strncmp(at, prefix, ahead) && !strncmp(at + ahead, name, width) && at[ahead + width] == ' ')
      return strtol(at + ahead + width, NULL, 10);
  }
  return 0;
}

static char *readText(int fd) {
  static char text[8192];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  text[n < 0 ? 0 : n] = 0;
  return text;
}

static long readNumber(int fd) {
  char *text = readText(fd);
  return *text == 'm' ? UNLIMITED * PAGE : strtol(text, NULL, 10);
}

static long usageOf(int c) { return readNumber(groups[c].usage) / PAGE; }
static long limitOf(int c) { return readNumber(groups[c].limit) / PAGE; }
static long failuresOf(int c) { return isV2() ? statLine(readText(groups[c].failcnt), "", "max") : readNumber(groups[c].failcnt); }

// How often a group was out of memory; in v1 its parent's is told to it, too.
static long oomsOf(int c) {
  uint64_t more;
  if (isV2()) return statLine(readText(groups[c].oom), "", "oom");
  if (read(groups[c].oomEvent, &more, sizeof more) == sizeof more) groups[c].ooms += (long)more;
  return groups[c].ooms;
}

static int setPages(int c, long pages) {
  char text[32];
  snprintf(text, sizeof text, "%ld", pages * PAGE);
  return writeText(groups[c].limit, text);
}

// Has a group of v2 count memory for each of its children, or not.
static int control(const char *path, const char *how) {
  char file[512];
  snprintf(file, sizeof file, "%.480s/cgroup.subtree_control", path);
  return isV2() ? writeFile(file, how) : 0;
}

static ino_t inodeOf(const char *path) {
  struct stat st;
  if (stat(path, &st) < 0) die("cannot stat %s", path);
  return st.st_ino;
}

static void openGroup(int c) {
  struct group *g = &groups[c];
  char path[512], text[64];
  g->usage = openFile(c, names->usage, O_RDONLY);
  g->limit = openFile(c, names->limit, O_RDWR);
  g->failcnt = openFile(c, names->failcnt, O_RDONLY);
  g->stat = openFile(c, "memory.stat", O_RDONLY);
  g->oom = openFile(c, names->oom, isV2() ? O_RDONLY : O_RDWR);
  g->peak = openIfThere(c, names->peak, isV2() ? O_RDONLY : O_RDWR);
  g->swap = openIfThere(c, "memory.memsw.usage_in_bytes", O_RDONLY);
  g->oomEvent = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  g->ooms = 0;
  g->inode = inodeOf(pathOf(path, sizeof path, c, ""));
  g->exists = 1;
  if (isV2()) return;
  snprintf(text, sizeof text, "%d %d", g->oomEvent, g->oom);
  writeFile(pathOf(path, sizeof path, c, "cgroup.event_control"), text);
  if (c != ROOT) writeText(g->oom, quiet ? "1" : "0");
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
  char path[512], above[512];
  if (c != ROOT && groups[c].exists) return -EEXIST;
  if (c != ROOT && !groups[parent].exists) return -ENOENT;
  groups[c].parent = parent;
  if (c != ROOT && parent != ROOT && !hasChildren(parent)) {
    int refused = control(pathOf(above, sizeof above, parent, ""), "+memory");
    if (refused) return refused;
  }
  if (mkdir(pathOf(path, sizeof path, c, ""), 0755) < 0) return -errno;
  openGroup(c);
  if (exact && c != ROOT && setPages(c, SMALL) < 0) die("cannot limit %s", path);
  return 0;
}

static void closeGroup(struct group *g) {
  int fds[] = {g->usage, g->limit, g->failcnt, g->stat, g->oom, g->peak, g->swap, g->oomEvent};
  for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) if (fds[i] >= 0) close(fds[i]);
  g->exists = 0;
}

static int removeGroup(int c) {
  char path[512];
  int parent = groups[c].parent;
  if (rmdir(pathOf(path, sizeof path, c, "")) < 0) return -errno;
  for (int i = 0; i < dyingCount && i < 256; i++) if (dying[i].heir == c) dying[i].heir = parent;
  dying[dyingCount % 256].inode = groups[c].inode;
  dying[dyingCount++ % 256].heir = parent;
  closeGroup(&groups[c]);
  if (parent != ROOT && !hasChildren(parent)) control(pathOf(path, sizeof path, parent, ""), "-memory");
  return 0;
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

static long now(void) { // ms
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause1ms(void) { nanosleep(&(struct timespec){0, 1000000}, NULL); }

static int removeWithRetries(const char *path) {
  for (int i = 0; i < 500; i++) {
    if (rmdir(path) == 0 || errno == ENOENT) return 0;
    if (errno != EBUSY) return -errno;
    pause1ms();
  }
  return -EBUSY;
}

// When this process began, in ticks since boot: with it a pid that was given again is not taken for a living broker. Its name has no blank.
static unsigned long long startedAt(void) {
  unsigned long long ticks = 0;
  FILE *f = fopen("/proc/self/stat", "re");
  for (int field = 1; f && field < 22; field++) if (fscanf(f, "%*s") < 0) break;
  if (f && fscanf(f, "%llu", &ticks) == 1) fclose(f);
  return ticks;
}
