// Pages: files that only mappings hold, mapped into tasks, taken out of them, and in a guest moved to other frames.
#pragma once
#include "oom.h"
#include <sys/sysinfo.h>

static const char *files; // the folder in which pages are made

static int newPage(void) {
  int fd = openOrDie(AT_FDCWD, files, O_TMPFILE | O_RDWR);
  if (ftruncate(fd, PAGE) < 0) die("cannot make a page in %s: %s", files, strerror(errno));
  return fd;
}

// The file of page p, as task t maps it: opened anew.
static int openMapped(int t, int p) {
  char name[64];
  snprintf(name, sizeof name, "map_files/%lx-%lx", SLOT(p), SLOT(p + 1));
  return openOf(tasks[t].pid, name, O_RDONLY);
}

// Where page p is to be had: a new file, or the one that some task maps.
static int openPage(int p) {
  for (int t = 0; t < taskCount; t++) {
    int fd = tasks[t].exists && tasks[t].maps[p] ? openMapped(t, p) : -1;
    if (fd >= 0) return fd;
  }
  return newPage();
}

// In a guest only: pages that come while nearly all memory is taken lie low, and once it is given back the kernel, told to compact, moves them up.
static int migrate, hog = -1;

static void takeMemory(void) {
  struct sysinfo all;
  if (!migrate || hog >= 0 || sysinfo(&all) < 0) return;
  hog = memfd_create("hog", MFD_CLOEXEC);
  long much = (long)(all.freeram * all.mem_unit) - 6 * 1024 * 1024;
  if (hog >= 0 && much > 0 && fallocate(hog, 0, 0, much) < 0) find("MemoryCanBeHad", "a file of %ld bytes: %s", much, strerror(errno));
}

static void compact(void) {
  if (!migrate || hog < 0) return;
  close(hog), hog = -1;
  int result = writeIn(AT_FDCWD, "/proc/sys/vm/compact_memory", "1");
  if (result < 0) die("this kernel does not compact its memory: %s", strerror(-result));
}

static int mapPage(int t, int p) {
  takeMemory();
  int fd = openPage(p), c = tasks[t].container;
  forgetOoms(c);
  post(t, OP_MAP, fd, p);
  long result = answerOrDie(t, c);
  close(fd);
  if (result == KILLED) return KILLED;
  if (result < 0) die("t%d cannot map p%d: %s", t, p, strerror((int)-result));
  setMapped(t, p, MAPPED);
  return 0;
}

static int unmapPage(int t, int p) {
  if (!tasks[t].maps[p]) return 0;
  setMapped(t, p, 0);
  return (int)tell(t, OP_UNMAP, p);
}

// Two reads of a page's file, each by an open file of its own, and the page is active.
static void readTwice(int t, int p) {
  char byte;
  for (int i = 0; i < 2; i++) {
    int fd = openMapped(t, p);
    if (fd < 0) return;
    if (pread(fd, &byte, 1, 0) < 0) find("PagesCanBeRead", "p%d cannot be read: %s", p, strerror(errno));
    close(fd);
  }
}

// Without limits the kernel keeps what is left of a batch for the group that was charged last. So a task is charged for a page that goes again, right
// before a limit is written: what the kernel keeps for its group is given back by the write, or the limit is not met. The page's file, whose end would
// be charged, too, is to be closed after the write; -1: there is no such task.
static int fillStock(int c) {
  for (int t = 0; t < taskCount; t++) {
    int at = tasks[t].exists ? tasks[t].container : ROOT;
    if (at == ROOT || !isBelow(at, c)) continue;
    while (at != ROOT && limitOf(at) == UNLIMITED) at = groups[at].parent;
    if (at != ROOT) continue;
    int fd = newPage();
    post(t, OP_MAP, fd, MAX_PAGES);
    if (answer(t) < 0 || tell(t, OP_UNMAP, MAX_PAGES) < 0 || ftruncate(fd, 0) < 0) die("t%d cannot be charged for a moment", t);
    forget(t);
    return fd;
  }
  return -1;
}
