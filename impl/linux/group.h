// Control groups: the run's own directory with a pool and a root, the containers under the root, and what their files say.
#pragma once
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_GROUPS 32
#define ROOT MAX_GROUPS
#define SMALL 63 // pages: below a batch of 64, so that every charge is exact
#define PREFIX "firsttouch-"

struct group {
  int exists, usage, limit, failcnt, stat, oomControl, oomEvent;
  ino_t inode;
};
static struct group groups[MAX_GROUPS + 1];
// Groups that were removed with pages in them: for a moment the kernel still names them as owners, before it names the parent.
static ino_t dying[256];
static int dyingCount;
static char mountPoint[256], base[400];
static int baseStat, poolStat; // memory.stat of the run's directory, and of its pool
static int quiet = 1, exact = 1;

static void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static char *pathOf(char *to, size_t size, int c, const char *file) {
  if (c == ROOT) snprintf(to, size, "%s/root%s%s", base, *file ? "/" : "", file);
  else snprintf(to, size, "%s/root/c%d%s%s", base, c, *file ? "/" : "", file);
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

static long readNumber(int fd) {
  char text[32] = "";
  if (pread(fd, text, sizeof text - 1, 0) < 0) return -errno;
  return strtol(text, NULL, 10);
}

static int setPages(struct group *g, long pages) {
  char text[32];
  snprintf(text, sizeof text, "%ld", pages * PAGE);
  return writeText(g->limit, text);
}

static void openGroup(int c) {
  struct group *g = &groups[c];
  struct stat st;
  char path[512], text[64];
  g->usage = openFile(c, "memory.usage_in_bytes", O_RDONLY);
  g->limit = openFile(c, "memory.limit_in_bytes", O_RDWR);
  g->failcnt = openFile(c, "memory.failcnt", O_RDONLY);
  g->stat = openFile(c, "memory.stat", O_RDONLY);
  g->oomControl = openFile(c, "memory.oom_control", O_RDWR);
  g->oomEvent = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stat(pathOf(path, sizeof path, c, ""), &st) < 0) die("cannot stat %s", path);
  g->inode = st.st_ino;
  g->exists = 1;
  snprintf(text, sizeof text, "%d %d", g->oomEvent, g->oomControl);
  writeFile(pathOf(path, sizeof path, c, "cgroup.event_control"), text);
  if (c != ROOT) writeText(g->oomControl, quiet ? "1" : "0");
}

static int makeGroup(int c) {
  char path[512];
  if (mkdir(pathOf(path, sizeof path, c, ""), 0755) < 0) return -errno;
  openGroup(c);
  if (exact && c != ROOT && setPages(&groups[c], SMALL) < 0) die("cannot limit %s", path);
  return 0;
}

static void closeGroup(struct group *g) {
  int fds[] = {g->usage, g->limit, g->failcnt, g->stat, g->oomControl, g->oomEvent};
  for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) close(fds[i]);
  g->exists = 0;
}

static int removeGroup(int c) {
  char path[512];
  if (rmdir(pathOf(path, sizeof path, c, "")) < 0) return -errno;
  dying[dyingCount++ % 256] = groups[c].inode;
  closeGroup(&groups[c]);
  return 0;
}

// What memory.stat says of the lists, in pages; `prefix` is "\n" for the group alone, "\ntotal_" for it and all below.
struct lists {
  long active, inactive, unevictable;
};

static long statLine(const char *text, const char *prefix, const char *name) {
  size_t ahead = strlen(prefix), width = strlen(name);
  for (const char *at = text; (at = strstr(at, prefix)); at++) {
    if (!strncmp(at + ahead, name, width) && at[ahead + width] == ' ') return strtol(at + ahead + width, NULL, 10);
  }
  return 0;
}

static struct lists readLists(int fd, const char *prefix) {
  char text[4096];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  text[n < 0 ? 0 : n] = 0;
  struct lists l;
  l.active = (statLine(text, prefix, "active_anon") + statLine(text, prefix, "active_file")) / PAGE;
  l.inactive = (statLine(text, prefix, "inactive_anon") + statLine(text, prefix, "inactive_file")) / PAGE;
  l.unevictable = statLine(text, prefix, "unevictable") / PAGE;
  return l;
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

// Removes one run's directory and the groups in it; only directories of the shape that a broker makes are ever entered.
static void removeTree(const char *top) {
  char path[512], root[480];
  snprintf(root, sizeof root, "%.460s/root", top);
  DIR *dir = opendir(root);
  for (struct dirent *e; dir && (e = readdir(dir));) {
    if (e->d_type != DT_DIR || e->d_name[0] != 'c' || strspn(e->d_name + 1, "0123456789") != strlen(e->d_name) - 1) continue;
    snprintf(path, sizeof path, "%.480s/%.20s", root, e->d_name);
    removeWithRetries(path);
  }
  if (dir) closedir(dir);
  removeWithRetries(root);
  snprintf(path, sizeof path, "%.460s/pool", top);
  removeWithRetries(path);
  removeWithRetries(top);
}

// The start time of a process, in ticks since boot: with it a pid that was given again is not taken for a living broker. 0: no such process.
static unsigned long long startedAt(int pid) {
  char path[64], text[1024] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  char *at = n > 0 ? strrchr(text, ')') : NULL;
  if (!at || at[2] == 'Z') return 0;
  unsigned long long ticks = 0;
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  if (at) sscanf(at, "%llu", &ticks);
  return ticks;
}

// Removes what brokers that were killed have left behind. Those of living brokers, and everybody else's groups, stay.
static int removeStale(void) {
  char path[400];
  int removed = 0, pid;
  unsigned long long ticks;
  DIR *dir = opendir(mountPoint);
  for (struct dirent *e; dir && (e = readdir(dir));) {
    if (sscanf(e->d_name, PREFIX "%d-%llu", &pid, &ticks) != 2 || startedAt(pid) == ticks) continue;
    snprintf(path, sizeof path, "%s/%.60s", mountPoint, e->d_name);
    removeTree(path);
    removed++;
  }
  if (dir) closedir(dir);
  return removed;
}
