// The broker: makes groups and tasks of a kernel, moves them as a line on stdin says, and answers with what it sees, one JSON line each.
#define _GNU_SOURCE
#include "answer.h"
#include "oom.h"
#include <sys/sysinfo.h>

static char files[256], home[512]; // where pages are made; the group that the broker came from
static int spare;                  // a file that is held open until a limit is written
static int activate;               // a page becomes active before it is locked: reclaim does not see it then

// Pages.

static int newPage(void) {
  int fd = open(files, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, PAGE) < 0) die("cannot make a page in %s: %s", files, strerror(errno));
  return fd;
}

// Where page p is to be had: a new file that only mappings will hold, or the one that some task maps.
static int openPage(int p) {
  char path[96];
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists || !tasks[t].maps[p]) continue;
    snprintf(path, sizeof path, "/proc/%d/map_files/%lx-%lx", tasks[t].pid, SLOT(p), SLOT(p + 1));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
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
  if (writeFile("/proc/sys/vm/compact_memory", "1") < 0) die("this kernel does not compact its memory: %s", strerror(errno));
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

// The moves. What the kernel can refuse, the kernel refuses; the broker refuses only what no system call can be made of, and what is done to the root.

static int join(int t, int c) {
  char text[16];
  snprintf(text, sizeof text, "%d", tasks[t].pid);
  int fd = openTasks(c, O_WRONLY), result = writeText(fd, text);
  close(fd);
  if (result == 0) tasks[t].container = c;
  return result;
}

static int doSpawn(int t, int c) {
  if (tasks[t].exists) return -EEXIST;
  if (!groups[c].exists) return -ENOENT;
  adopt(t, tell(NURSERY, OP_FORK, t));
  int result = join(t, c);
  if (result < 0) end(t);
  return result;
}

// A child has the slots of its parent, but not the pages in them: shared mappings are left to the child's first touch, which is free.
static int doFork(int t, int u) {
  if (!tasks[t].exists) return -ESRCH;
  if (tasks[u].exists) return -EEXIST;
  int c = tasks[t].container;
  adopt(u, tell(t, OP_FORK, u));
  int result = join(u, c);
  for (int p = 0; p < pageCount; p++) {
    if (!tasks[t].maps[p]) continue;
    tell(u, OP_READ, p);
    setMapped(u, p, MAPPED);
  }
  forget(u);
  return result;
}

static int doExit(int t) {
  if (!tasks[t].exists) return -ESRCH;
  end(t);
  return 0;
}

static int doMove(int t, int c) {
  if (!tasks[t].exists) return -ESRCH;
  return groups[c].exists ? join(t, c) : -ENOENT;
}

static int doTouch(int t, int p) {
  if (!tasks[t].exists) return -ESRCH;
  if (tasks[t].maps[p]) tell(t, OP_READ, p);
  else if (mapPage(t, p) == KILLED) return KILLED;
  forget(t);
  return 0;
}

static int doCopy(int t, int p, int q) {
  if (!tasks[t].exists) return -ESRCH;
  if (!tasks[t].maps[p] || mappers(q) > 0) return -EINVAL;
  if (mapPage(t, q) == KILLED) return KILLED;
  forget(t);
  noteReclaimed();
  return unmapPage(t, p);
}

// Two reads of a page's file, each by an open file of its own, and the page is active.
static void readTwice(int t, int p) {
  char path[96], byte;
  snprintf(path, sizeof path, "/proc/%d/map_files/%lx-%lx", tasks[t].pid, SLOT(p), SLOT(p + 1));
  for (int i = 0; i < 2; i++) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (pread(fd, &byte, 1, 0) < 0) find("PagesCanBeRead", "p%d cannot be read: %s", p, strerror(errno));
    close(fd);
  }
}

static int doLock(int t, int p, int on) {
  if (!tasks[t].exists) return -ESRCH;
  if (on && activate && tasks[t].maps[p]) readTwice(t, p);
  int result = (int)tell(t, on ? OP_LOCK : OP_UNLOCK, p);
  if (result == 0) tasks[t].maps[p] = on ? MAPPED | LOCKED : MAPPED;
  return result;
}

static int doRemove(int c) { return c == ROOT ? -EBUSY : groups[c].exists ? removeGroup(c) : -ENOENT; }

// Without limits the kernel keeps what is left of a batch for the group that was charged last. So a task is charged for a page that goes again, right
// before a limit is written: what the kernel keeps for its group is given back by the write, or the limit is not met.
static void fillStock(int c) {
  for (int t = 0; t < taskCount; t++) {
    int at = tasks[t].exists ? tasks[t].container : ROOT;
    if (at == ROOT || !isBelow(at, c)) continue;
    while (at != ROOT && limitOf(at) == UNLIMITED) at = groups[at].parent;
    if (at != ROOT) continue;
    int fd = newPage();
    post(t, OP_MAP, fd, MAX_PAGES);
    if (answer(t) < 0 || tell(t, OP_UNMAP, MAX_PAGES) < 0 || ftruncate(fd, 0) < 0) die("t%d cannot be charged for a moment", t);
    forget(t);
    spare = fd; // its end would be charged, too
    return;
  }
}

// A limit below the usage: v1 reclaims, or refuses. v2 takes it in any case, reclaims, and kills; the quiet killer does that here.
static int doLimit(int c, long n) {
  if (!groups[c].exists || c == ROOT) return c == ROOT ? -EINVAL : -ENOENT; // our root is a group: the kernel would take a limit of it
  if (!exact && !brief) fillStock(c);
  int result = setPages(c, n);
  if (spare) close(spare), spare = 0;
  while (isV2() && quiet && result == 0 && usageOf(c) > n) {
    noteReclaimed();
    int t = victimIn(c);
    if (t < 0) break;
    noteKill(t);
    end(t);
    flush();
    result = setPages(c, n);
  }
  return result;
}

// Global shortage on demand: MADV_PAGEOUT. It passes by what several tasks map, so all mappers but one leave first, unless the page is locked.
static int doEvict(int p) {
  int last = -1;
  for (int t = 0; t < taskCount; t++) if (tasks[t].exists && tasks[t].maps[p]) last = t;
  if (last < 0 || (readFlags(p) & (1UL << KPF_UNEVICTABLE))) return 0;
  for (int t = 0; t < last; t++) if (tasks[t].exists && tasks[t].maps[p]) unmapPage(t, p);
  tell(last, OP_PAGEOUT, p);
  return 0;
}

// The world.

// Removes all containers, children before parents; tells one that stays busy.
static int removeGroups(void) {
  char path[512];
  for (int depth = 0; depth < MAX_GROUPS; depth++)
    for (int c = 0; c < MAX_GROUPS; c++) {
      if (!groups[c].exists || hasChildren(c)) continue;
      if (removeWithRetries(pathOf(path, sizeof path, c, "")) < 0) return c;
      closeGroup(&groups[c]);
    }
  return NOBODY;
}

static void reset(int containers, int slots, int pages) {
  for (int t = 0; t < MAX_TASKS; t++) if (tasks[t].exists) strike(t);
  for (int t = 0; t < MAX_TASKS; t++) if (tasks[t].exists) bury(t);
  int busy = removeGroups();
  if (busy != NOBODY) die("c%d stays busy", busy);
  if (containers > MAX_GROUPS || slots > MAX_TASKS || pages > MAX_PAGES) die("too large a scope");
  groupCount = containers, taskCount = slots, pageCount = pages;
  emptied = dyingCount = 0;
}

static void leave(void) {
  static int left;
  if (left++) return;
  for (int t = 0; t <= NURSERY; t++) {
    if (!tasks[t].exists) continue;
    strike(t);
    if (gone(&tasks[t], patience)) waitpid(tasks[t].pid, NULL, __WALL);
  }
  char path[600], pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  snprintf(path, sizeof path, "%s/cgroup.procs", home);
  if (writeFile(path, pid) < 0) {
    snprintf(path, sizeof path, "%s/cgroup.procs", mountPoint);
    writeFile(path, pid);
  }
  removeGroups();
  const char *const own[] = {"/root/leaf", "/root", "/pool", ""}; // what is left of them goes at the next start (stale.ts)
  for (int i = 0; *base && i < 4; i++) {
    snprintf(path, sizeof path, "%s%s", base, own[i]);
    removeWithRetries(path);
  }
}

static void findHome(void) {
  char line[600];
  FILE *f = fopen("/proc/self/cgroup", "re");
  snprintf(home, sizeof home, "%s", mountPoint);
  while (f && fgets(line, sizeof line, f)) {
    char *at = strstr(line, isV2() ? "0::" : ":memory:");
    if (!at) continue;
    at[strcspn(at, "\n")] = 0;
    snprintf(home, sizeof home, "%.200s%.300s", mountPoint, at + (isV2() ? 3 : 8));
  }
  if (f) fclose(f);
}

static int openAt(const char *folder, const char *file) {
  char path[700];
  snprintf(path, sizeof path, "%s%s", folder, file);
  return open(path, O_RDONLY | O_CLOEXEC);
}

static void enter(void) {
  char path[480], pid[16];
  findHome();
  atexit(leave);
  snprintf(base, sizeof base, "%.250s/" PREFIX "%d-%llu", mountPoint, getpid(), startedAt());
  control(mountPoint, "+memory");
  if (mkdir(base, 0755) < 0) die("cannot make %s: %s", base, strerror(errno));
  control(base, "+memory");
  snprintf(path, sizeof path, "%s/pool", base);
  if (mkdir(path, 0755) < 0) die("cannot make %s: %s", path, strerror(errno));
  snprintf(path, sizeof path, "%s/pool/cgroup.procs", base);
  snprintf(pid, sizeof pid, "%d", getpid());
  if (writeFile(path, pid) < 0) die("cannot enter %s", path);
  poolStat = openAt(base, "/pool/memory.stat"), baseStat = openAt(base, "/memory.stat");
  if (baseStat < 0 || poolStat < 0 || makeGroup(ROOT, ROOT) < 0) die("cannot make the root group: %s", strerror(errno));
  snprintf(path, sizeof path, "%s/root", base);
  if (control(path, "+memory") < 0) die("this kernel does not count memory in %s", path);
  snprintf(path, sizeof path, "%s/root/leaf", base);
  if (isV2() && mkdir(path, 0755) < 0) die("cannot make %s: %s", path, strerror(errno));
  if (isV2()) rootLeaf = inodeOf(path);
  baseDying = isV2() ? openAt(base, "/cgroup.stat") : openAt("/proc/cgroups", "");
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

static void pinToOneProcessor(void) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  for (int i = CPU_SETSIZE - 1; i >= 0; i--) {
    if (!CPU_ISSET(i, &set)) continue;
    CPU_ZERO(&set);
    CPU_SET(i, &set);
    if (sched_setaffinity(0, sizeof set, &set) < 0) die("cannot stay on one processor");
    break;
  }
}

static const struct {
  const char *name, *args; // what each argument names: c, t, p, or n for a number
} commands[] = {{"mkdir", "c"}, {"mkdir", "cc"}, {"rmdir", "c"}, {"spawn", "tc"}, {"fork", "tt"}, {"exit", "t"}, {"move", "tc"}, {"touch", "tp"},
                {"unmap", "tp"}, {"copy", "tpp"}, {"pin", "tp"}, {"unpin", "tp"}, {"limit", "cn"}, {"evict", "p"}};

static int legal(const char *args, const long *a, int count) {
  if (count != (int)strlen(args)) return 0;
  for (int i = 0; i < count; i++) {
    long end = args[i] == 'c' ? groupCount : args[i] == 't' ? taskCount : args[i] == 'p' ? pageCount : 1L << 51;
    int root = args[i] == 'c' && a[i] == ROOT;
    if (a[i] < 0 || (a[i] >= end && !root)) return 0;
  }
  return 1;
}

static int act(const char *name, const long *a, int count) {
  int x = (int)a[0], y = (int)a[1], z = (int)a[2];
  if (!strcmp(name, "touch")) return doTouch(x, y);
  if (!strcmp(name, "unmap")) return tasks[x].exists ? unmapPage(x, y) : -ESRCH;
  if (!strcmp(name, "copy")) return doCopy(x, y, z);
  if (!strcmp(name, "pin")) return doLock(x, y, 1);
  if (!strcmp(name, "unpin")) return doLock(x, y, 0);
  if (!strcmp(name, "spawn")) return doSpawn(x, y);
  if (!strcmp(name, "fork")) return doFork(x, y);
  if (!strcmp(name, "exit")) return doExit(x);
  if (!strcmp(name, "move")) return doMove(x, y);
  if (!strcmp(name, "mkdir")) return makeGroup(x, count > 1 ? y : ROOT);
  if (!strcmp(name, "rmdir")) return doRemove(x);
  if (!strcmp(name, "limit")) return doLimit(x, a[1]);
  return doEvict(x);
}

static const char *outcome(int result) {
  switch (-result) {
    case 0: return "ok";
    case -KILLED: return "KILLED";
    case EEXIST: return "EEXIST";
    case ENOENT: return "ENOENT";
    case EBUSY: return "EBUSY";
    case ESRCH: return "ESRCH";
    case EINVAL: return "EINVAL";
    case ENOMEM: return "ENOMEM";
  }
  return strerror(-result);
}

// For sessions that answer briefly: the groups, and if asked for the pages and tasks too.
static void look(int all) {
  flush();
  startEvents();
  noteReclaimed();
  normalise();
  put("{\"outcome\":\"ok\",\"events\":[],\"found\":[],");
  if (all) putLists(), putMaps();
  else putGroups(), put("\"pages\":[],\"tasks\":[]");
  send();
}

static void obey(const char *name, const long *a, int count) {
  if (!strcmp(name, "reset") && count == 3) return reset((int)a[0], (int)a[1], (int)a[2]), sendDone();
  if (!strcmp(name, "oom") && count == 2) return quiet = (int)a[0], luck = (unsigned long)a[1], sendDone();
  if (!strcmp(name, "exact") && count == 1) return exact = (int)a[0], sendDone();
  if (!strcmp(name, "brief") && count == 1) return brief = (int)a[0], sendDone();
  if (!strcmp(name, "active") && count == 1) return activate = (int)a[0], sendDone();
  if (!strcmp(name, "migrate") && count == 1) return migrate = (int)a[0], sendDone();
  if (!strcmp(name, "dying") && count == 2) return answerDying(a[0], a[1]);
  if (!strcmp(name, "facts") && count == 0) return answerFacts();
  if (!strcmp(name, "look") && count == 1) return look((int)a[0]);
  if (!strcmp(name, "census") && count == 0) return census();
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(name, commands[i].name) || !legal(commands[i].args, a, count)) continue;
    startEvents();
    long before = quiet ? 0 : strikes();
    if (!quiet) weigh();
    int result = act(name, a, count);
    compact();
    reap(quiet ? 0 : strikes() - before, *commands[i].args == 't' ? (int)a[0] : NOBODY);
    noteReclaimed();
    normalise();
    flush();
    listen();
    return answerWith(outcome(result));
  }
  die("no such command: %s with %d arguments", name, count);
}

int main(int argc, char **argv) {
  char line[256], name[16];
  if (argc < 3) return fprintf(stderr, "usage: broker MEMORY_MOUNT FILES [PATIENCE_MS]\n"), 2;
  if (argc > 3) patience = atoi(argv[3]);
  snprintf(mountPoint, sizeof mountPoint, "%s", argv[1]);
  snprintf(files, sizeof files, "%s", argv[2]);
  prctl(PR_SET_NAME, "firsttouch");
  umask(077);
  pinToOneProcessor();
  learnVersion();
  enter();
  openEyes();
  openConsole();
  protect(getpid(), 1);
  bearNursery();
  prepareFlush();
  sendDone();
  while (fgets(line, sizeof line, stdin)) {
    long a[3] = {0, 0, 0};
    int count = sscanf(line, "%15s %ld %ld %ld", name, &a[0], &a[1], &a[2]) - 1;
    if (count < 0) continue;
    if (!strcmp(name, "quit")) break;
    obey(name, a, count);
  }
  return 0; // atexit: leave()
}
