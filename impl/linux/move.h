// The moves. What the kernel can refuse, the kernel refuses; the broker refuses only what no system call can be made of, and what is done to the root.
// Each is told its arguments, of which it is known that they exist, and answers 0, KILLED, or what went wrong as a negative number.
#pragma once
#include "page.h"

static int activate; // a page becomes active before it is locked: reclaim does not see it then

static int join(int t, int c) {
  int fd = openTasks(c, O_WRONLY), result = writeNumber(fd, tasks[t].pid);
  close(fd);
  if (result == 0) tasks[t].container = c;
  return result;
}

static int doMkdir(const long *a) { return makeGroup((int)a[0], (int)a[1]); }
static int doRmdir(const long *a) { return a[0] == ROOT ? -EBUSY : removeGroup((int)a[0]); }

// A new task. Where the directory counts its tasks (v2), a fork that its limit refuses comes first: it must not stay counted.
static long bearTask(int t) {
  int limit = openIn(base, "pids.max", O_WRONLY), count = openIn(base, "pids.current", O_RDONLY);
  long before = count < 0 ? 0 : readNumber(count), pid = -1;
  if (before > 0 && writeNumber(limit, before) == 0) pid = tell(NURSERY, OP_FORK, t), writeText(limit, "max");
  long after = count < 0 ? 0 : readNumber(count);
  close(limit), close(count);
  if (pid < 0 && after > before) find("RefusedForksAreNotCounted", "%ld tasks, one more was refused, and now %ld are counted", before, after);
  return pid < 0 ? tell(NURSERY, OP_FORK, t) : pid;
}

static int doSpawn(const long *a) {
  int t = (int)a[0], c = (int)a[1];
  adopt(t, bearTask(t));
  int result = join(t, c);
  if (result < 0) end(t);
  return result;
}

// A child has the slots of its parent, but not the pages in them: shared mappings are left to the child's first touch, which is free.
static int doFork(const long *a) {
  int t = (int)a[0], u = (int)a[1];
  adopt(u, tell(t, OP_FORK, u));
  int result = join(u, tasks[t].container);
  for (int p = 0; p < pageCount; p++) {
    if (!tasks[t].maps[p]) continue;
    tell(u, OP_READ, p);
    setMapped(u, p, MAPPED);
  }
  forget(u);
  return result;
}

static int doExit(const long *a) { return end((int)a[0]), 0; }
static int doMove(const long *a) { return join((int)a[0], (int)a[1]); }
static int doUnmap(const long *a) { return unmapPage((int)a[0], (int)a[1]); }

static int doTouch(const long *a) {
  int t = (int)a[0], p = (int)a[1];
  if (tasks[t].maps[p]) tell(t, OP_READ, p);
  else if (mapPage(t, p) == KILLED) return KILLED;
  forget(t);
  return 0;
}

static int doCopy(const long *a) {
  int t = (int)a[0], p = (int)a[1], q = (int)a[2];
  if (!tasks[t].maps[p] || mappers(q) > 0) return -EINVAL;
  if (mapPage(t, q) == KILLED) return KILLED;
  forget(t);
  noteReclaimed();
  return unmapPage(t, p);
}

static int doPin(const long *a) {
  int t = (int)a[0], p = (int)a[1];
  if (activate && tasks[t].maps[p]) readTwice(t, p);
  int result = (int)tell(t, OP_LOCK, p);
  if (result == 0) tasks[t].maps[p] = MAPPED | LOCKED;
  return result;
}

static int doUnpin(const long *a) {
  int t = (int)a[0], p = (int)a[1], result = (int)tell(t, OP_UNLOCK, p);
  if (result == 0) tasks[t].maps[p] = MAPPED;
  return result;
}

// A limit below the usage: v1 reclaims, or refuses. v2 takes it in any case, reclaims, and kills; the quiet killer does that here.
static int doLimit(const long *a) {
  int c = (int)a[0];
  if (c == ROOT) return -EINVAL; // our root is a group: the kernel would take a limit of it
  int spare = exact || brief ? -1 : fillStock(c), result = setPages(c, a[1]);
  if (spare >= 0) close(spare);
  while (isV2() && quiet && result == 0 && usageOf(c) > a[1]) {
    noteReclaimed();
    int t = victimIn(c);
    if (t < 0) break;
    noteKill(t), end(t);
    flush();
    result = setPages(c, a[1]);
  }
  return result;
}

// Global shortage on demand: MADV_PAGEOUT. It passes by what several tasks map, so all mappers but one leave first, unless the page is locked.
static int doEvict(const long *a) {
  int p = (int)a[0], last = -1;
  for (int t = 0; t < taskCount; t++) {
    if (tasks[t].maps[p] & LOCKED) return 0;
    if (tasks[t].maps[p]) last = t;
  }
  if (last < 0) return 0;
  for (int t = 0; t < last; t++) unmapPage(t, p);
  tell(last, OP_PAGEOUT, p);
  return 0;
}

// What each argument names: a container, a task, a page, a number. What is written large must not be there yet.
static const struct moveKind {
  const char *name, *args;
  int (*make)(const long *a);
} moveKinds[] = {{"mkdir", "Cc", doMkdir}, {"rmdir", "c", doRmdir}, {"spawn", "Tc", doSpawn}, {"fork", "tT", doFork}, {"exit", "t", doExit},
                 {"move", "tc", doMove}, {"touch", "tp", doTouch}, {"unmap", "tp", doUnmap}, {"copy", "tpp", doCopy}, {"pin", "tp", doPin},
                 {"unpin", "tp", doUnpin}, {"limit", "cn", doLimit}, {"evict", "p", doEvict}};

static const struct moveKind *kindOf(const char *name) {
  for (size_t i = 0; i < sizeof moveKinds / sizeof *moveKinds; i++) if (!strcmp(name, moveKinds[i].name)) return &moveKinds[i];
  return NULL;
}

// Asks of each argument in turn whether it is there, or not yet, as it should be; then makes the move.
static int makeMove(const struct moveKind *kind, const long *a) {
  for (int i = 0; kind->args[i]; i++) {
    char what = (char)(kind->args[i] | ' '); // small
    long end = what == 'c' ? ROOT + 1 : what == 't' ? taskCount : what == 'p' ? pageCount : 1L << 51;
    if (a[i] < 0 || a[i] >= end) die("%s of %ld", kind->name, a[i]);
    int exists = what == 'c' ? groups[a[i]].exists : what == 't' ? tasks[a[i]].exists : 1, isNew = what != kind->args[i];
    if (exists && isNew) return -EEXIST;
    if (!exists && !isNew) return what == 'c' ? -ENOENT : -ESRCH;
  }
  return kind->make(a);
}

static const char *outcomeOf(int result) {
  static const char *const errors[] = {[0] = "ok", [ENOENT] = "ENOENT", [ESRCH] = "ESRCH", [ENOMEM] = "ENOMEM", [EBUSY] = "EBUSY",
                                       [EEXIST] = "EEXIST", [EINVAL] = "EINVAL"};
  if (result == KILLED) return "KILLED";
  return -result <= EINVAL && errors[-result] ? errors[-result] : strerror(-result);
}
