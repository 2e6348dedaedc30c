// A run's own place: its directory among the groups, the task that bears all others, and their end.
#pragma once
#include "move.h"
#include "processor.h"

static int mount;          // where the memory controller is
static char baseName[64];  // the run's directory in it

// When this process began, in ticks since boot: with it a pid that was given again is not taken for a living broker. Its name has no blank.
static long startedAt(void) {
  const char *at = readOnce(openOrDie(AT_FDCWD, "/proc/self/stat", O_RDONLY));
  for (int field = 1; field < 22; field++) at = strchr(at, ' ') + 1;
  return strtol(at, NULL, 10);
}

static void leave(void) {
  static int left;
  if (left++) return;
  for (int t = 0; t <= NURSERY; t++) {
    if (!tasks[t].exists) continue;
    strike(t);
    if (gone(&tasks[t], patience)) waitpid(tasks[t].pid, NULL, __WALL);
  }
  writeIn(mount, "cgroup.procs", "0"); // out of the pool
  removeGroups();
  const char *const own[] = {"root/leaf", "root", "pool"}; // what is left of them goes at the next start (stale.ts)
  for (int i = 0; base && i < 3; i++) removeWithRetries(base, own[i]);
  removeWithRetries(mount, baseName);
}

static int makeFolder(int dir, const char *name) {
  if (mkdirat(dir, name, 0755) < 0) die("cannot make %s: %s", name, strerror(errno));
  return openOrDie(dir, name, O_DIRECTORY);
}

static void enter(const char *mountPoint) {
  mount = openOrDie(AT_FDCWD, mountPoint, O_DIRECTORY);
  if (faccessat(mount, "cgroup.controllers", F_OK, 0) == 0) names = &v2;
  atexit(leave);
  snprintf(baseName, sizeof baseName, "firsttouch-%d-%ld", getpid(), startedAt());
  control(mount, "+memory"), control(mount, "+pids");
  base = makeFolder(mount, baseName);
  control(base, "+memory");
  int pool = makeFolder(base, "pool");
  if (writeIn(pool, "cgroup.procs", "0") < 0) die("cannot enter the pool");
  poolStat = openOrDie(pool, "memory.stat", O_RDONLY), baseStat = openOrDie(base, "memory.stat", O_RDONLY);
  if (makeGroup(ROOT, ROOT) < 0) die("cannot make the root group: %s", strerror(errno));
  int root = rootTasks = groups[ROOT].dir;
  if (control(root, "+memory") < 0) die("this kernel does not count memory in a group");
  if (isV2()) rootTasks = makeFolder(root, "leaf");
}

static void bearNursery(void) {
  long size = (NURSERY + 1) * (long)sizeof *mailboxes;
  mailboxes = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (mailboxes == MAP_FAILED) die("no room for the mailboxes");
  memset(mailboxes, 0, (size_t)size);
  void *anchor = mmap((void *)ANCHOR, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (anchor == MAP_FAILED) die("no room for the slots");
  for (int t = 0; t <= NURSERY; t++) {
    mailboxes[t].broker = getpid();
    mailboxes[t].apart = isV2();
    mailboxes[t].commands = eventfd(0, EFD_CLOEXEC);
    mailboxes[t].answers = eventfd(0, EFD_CLOEXEC);
  }
  struct mailbox *box = &mailboxes[NURSERY];
  adopt(NURSERY, cloneOnto(SIGCHLD | CLONE_FILES | CLONE_FS, box->leaderStack + STACK, leaderMain, box));
}

// An empty world: all tasks ended, all groups removed, and room for so many.
static void reset(int slots, int pages) {
  for (int t = 0; t < MAX_TASKS; t++) if (tasks[t].exists) strike(t);
  for (int t = 0; t < MAX_TASKS; t++) if (tasks[t].exists) end(t);
  int busy = removeGroups();
  if (busy >= 0) die("c%d stays busy", busy);
  if (slots > MAX_TASKS || pages > MAX_PAGES) die("too large a scope");
  taskCount = slots, pageCount = pages, emptied = 0;
}
