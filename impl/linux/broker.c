// The broker: makes groups and tasks of the running kernel, moves them as a line on stdin says, and answers with what it sees, one JSON line each.
#define _GNU_SOURCE
#include "task.h"
#include "group.h"
#include "see.h"
#include <poll.h>
#include <sys/wait.h>

#define PATIENCE 15000 // ms: nothing is ever waited for longer, and a busy machine is no hang
#define KILLED -1000

static char files[256], home[512]; // where pages are made; the group that the broker came from
static unsigned long luck;         // 0: the victim is the member that maps most; else the state of a random draw
static int emptied;                // a page was taken from tasks: their slots wait for normalise()

void die(const char *format, ...) {
  char text[512];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  for (char *c = text; *c; c++) if (*c == '"' || *c == '\\' || *c < ' ') *c = ' ';
  printf("{\"error\":\"%s\"}\n", text);
  fflush(stdout);
  exit(1); // atexit: leave()
}

// Tasks.

static void drain(int fd) {
  uint64_t n;
  if (poll(&(struct pollfd){fd, POLLIN, 0}, 1, 0) > 0 && read(fd, &n, sizeof n) < 0) die("a drained eventfd: %s", strerror(errno));
}

static void post(int t, enum op op, long a, long b) {
  uint64_t one = 1;
  mailboxes[t].op = op, mailboxes[t].a = a, mailboxes[t].b = b;
  if (write(mailboxes[t].commands, &one, sizeof one) < 0) die("cannot post to t%d", t);
}

static int gone(struct task *task, int patience) {
  return poll(&(struct pollfd){task->pidfd, POLLIN, 0}, 1, patience) > 0;
}

static void bury(int t) {
  struct task *task = &tasks[t];
  if (!gone(task, PATIENCE)) die("t%d does not die", t);
  waitpid(task->pid, NULL, __WALL);
  close(task->pidfd), close(task->pagemap), close(task->clearRefs);
  memset(task, 0, sizeof *task);
  drain(mailboxes[t].commands), drain(mailboxes[t].answers);
}

static void end(int t) {
  kill(tasks[t].pid, SIGKILL);
  bury(t);
}

// Waits for the answer of t. KILLED: t died instead.
static long answer(int t) {
  uint64_t n;
  struct pollfd fds[] = {{mailboxes[t].answers, POLLIN, 0}, {tasks[t].pidfd, POLLIN, 0}};
  if (poll(fds, 2, PATIENCE) <= 0) die("t%d does not answer", t);
  if (!fds[0].revents) return KILLED;
  if (read(fds[0].fd, &n, sizeof n) < 0) die("t%d: %s", t, strerror(errno));
  return mailboxes[t].result;
}

static long tell(int t, enum op op, long a) {
  post(t, op, a, 0);
  long result = answer(t);
  if (result == KILLED) die("t%d died on an order that charges nothing", t);
  return result;
}

static void adopt(int t, long pid) {
  char path[64];
  struct task *task = &tasks[t];
  if (pid < 0) die("cannot fork: %s", strerror((int)-pid));
  task->pid = (int)pid, task->exists = 1, task->container = -1;
  task->pidfd = (int)syscall(SYS_pidfd_open, task->pid, 0);
  if (task->pidfd < 0) die("cannot open the pidfd of t%d", t);
  answer(t);
  snprintf(path, sizeof path, "/proc/%d/pagemap", task->pid);
  task->pagemap = open(path, O_RDONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "/proc/%d/clear_refs", task->pid);
  task->clearRefs = open(path, O_WRONLY | O_CLOEXEC);
  if (task->pagemap < 0 || task->clearRefs < 0) die("cannot watch t%d: %s", t, strerror(errno));
}

static int join(int t, int c) {
  char text[16], path[512];
  snprintf(text, sizeof text, "%d", tasks[t].pid);
  int result = writeFile(pathOf(path, sizeof path, c, "tasks"), text);
  if (result == 0) tasks[t].container = c;
  return result;
}

// Forgets the references of the acting task: reclaim then takes pages in the order in which they came.
static void forget(int t) {
  if (tasks[t].exists && write(tasks[t].clearRefs, "1", 1) < 0) die("clear_refs of t%d: %s", t, strerror(errno));
}

// Which pages the kernel has taken from living tasks since the last look; they are noted, and their empty slots left for normalise().
static void noteReclaimed(void) {
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists || tasks[t].count == 0) continue;
    readPagemap(t);
    for (int p = 0; p < pageCount; p++) {
      if (!tasks[t].maps[p] || present(t, p)) continue;
      if (tasks[t].maps[p] & EMPTIED) continue;
      tasks[t].maps[p] |= EMPTIED, emptied = 1;
      noteReclaim(p);
    }
  }
}

static void normalise(void) {
  for (int t = 0; emptied && t < taskCount; t++)
    for (int p = 0; tasks[t].exists && p < pageCount; p++) {
      if (!(tasks[t].maps[p] & EMPTIED)) continue;
      tell(t, OP_UNMAP, p);
      setMapped(t, p, 0);
    }
  emptied = 0;
}

// Out of memory.

static int victimIn(int c) {
  int best = -1, seen = 0;
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists || tasks[t].container != c) continue;
    if (luck) {
      luck = luck * 6364136223846793005UL + 1442695040888963407UL;
      if ((luck >> 33) % (unsigned)++seen == 0) best = t;
    } else if (best < 0 || held(t) > held(best)) best = t;
  }
  return best;
}

// The group's killer is switched off: toucher sleeps in its fault until memory is found. Kill a member, and let the fault try again:
// what the dead left unlocked can be reclaimed now, although nothing was uncharged that would wake it. Switching the killer on wakes it;
// the toucher is stopped meanwhile, so that it tries again only when the killer is off again. Its worker itself is told to stop: a signal
// to the process waits for the leader to run, and on a busy machine the worker wakes first, and the kernel's killer strikes.
static int killOne(int toucher, int c) {
  uint64_t n;
  if (read(groups[c].oomEvent, &n, sizeof n) < 0) return -1;
  noteReclaimed();
  int t = victimIn(c);
  if (t < 0) die("c%d is out of memory and has no member", c);
  noteKill(t);
  if (t == toucher) return end(t), t;
  syscall(SYS_tgkill, tasks[toucher].pid, mailboxes[toucher].worker, SIGSTOP);
  end(t);
  flush();
  drain(groups[c].oomEvent);
  writeText(groups[c].oomControl, "0");
  writeText(groups[c].oomControl, "1");
  kill(tasks[toucher].pid, SIGCONT);
  return t;
}

// The kernel's own killer has struck: count its strikes, and bury as many members.
static void buryVictims(int c, long strikes) {
  for (int i = 0; strikes > 0 && i < PATIENCE; i++) {
    for (int t = 0; t < taskCount; t++) {
      if (!tasks[t].exists || tasks[t].container != c || !gone(&tasks[t], 0)) continue;
      noteKill(t);
      bury(t);
      strikes--;
    }
    if (strikes > 0) pause1ms();
  }
  if (strikes > 0) die("c%d: the kernel killed somebody that is not there", c);
}

static long strikesIn(int c) {
  char text[256] = "";
  if (pread(groups[c].oomControl, text, sizeof text - 1, 0) < 0) return 0;
  char *at = strstr(text, "oom_kill ");
  return at ? strtol(at + 9, NULL, 10) : 0;
}

// The answer to an order that may be charged to container c, whose own killer had struck so often before.
static long answerOrDie(int t, int c, long strikes) {
  for (int round = 0; round <= MAX_TASKS; round++) {
    struct pollfd fds[] = {{mailboxes[t].answers, POLLIN, 0}, {tasks[t].pidfd, POLLIN, 0}, {groups[c].oomEvent, POLLIN, 0}};
    if (poll(fds, quiet ? 3 : 2, PATIENCE) <= 0) die("t%d hangs in its fault", t);
    if (fds[0].revents || !quiet) break;
    if (fds[2].revents && killOne(t, c) == t) return KILLED;
  }
  if (!quiet) buryVictims(c, strikesIn(c) - strikes);
  return tasks[t].exists ? answer(t) : KILLED;
}

// Pages.

// Where page p is to be had: a new file that only mappings will hold, or the one that some task maps.
static int openPage(int p) {
  char path[96];
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists || !tasks[t].maps[p]) continue;
    snprintf(path, sizeof path, "/proc/%d/map_files/%lx-%lx", tasks[t].pid, SLOT(p), SLOT(p + 1));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) die("cannot join p%d of t%d: %s", p, t, strerror(errno));
    return fd;
  }
  int fd = open(files, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, PAGE) < 0) die("cannot make a page in %s: %s", files, strerror(errno));
  return fd;
}

static int mapPage(int t, int p) {
  int fd = openPage(p), c = tasks[t].container;
  long strikes = quiet ? 0 : strikesIn(c);
  post(t, OP_MAP, fd, p);
  long result = answerOrDie(t, c, strikes);
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

// The moves. What the kernel can refuse, the kernel refuses; the broker refuses only what no system call can be made of.

static int doSpawn(int t, int c) {
  if (tasks[t].exists) return -EEXIST;
  if (!groups[c].exists) return -ENOENT;
  adopt(t, tell(NURSERY, OP_FORK, t));
  return join(t, c);
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

static int doLock(int t, int p, int on) {
  if (!tasks[t].exists) return -ESRCH;
  int result = (int)tell(t, on ? OP_LOCK : OP_UNLOCK, p);
  if (result == 0) tasks[t].maps[p] = on ? MAPPED | LOCKED : MAPPED;
  return result;
}

static int doRemove(int c) { return groups[c].exists ? removeGroup(c) : -ENOENT; }

static int doLimit(int c, long n) { return groups[c].exists ? setPages(&groups[c], n) : -ENOENT; }

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

static void reset(int containers, int slots, int pages) {
  for (int t = 0; t < MAX_TASKS; t++) if (tasks[t].exists) kill(tasks[t].pid, SIGKILL);
  for (int t = 0; t < MAX_TASKS; t++) if (tasks[t].exists) bury(t);
  for (int c = 0; c < MAX_GROUPS; c++) {
    char path[512];
    if (!groups[c].exists) continue;
    if (removeWithRetries(pathOf(path, sizeof path, c, "")) < 0) die("%s stays busy", path);
    closeGroup(&groups[c]);
  }
  if (containers > MAX_GROUPS || slots > MAX_TASKS || pages > MAX_PAGES) die("too large a scope");
  groupCount = containers, taskCount = slots, pageCount = pages;
  emptied = dyingCount = 0;
}

static void leave(void) {
  static int left;
  if (left++) return;
  for (int t = 0; t <= NURSERY; t++) {
    if (!tasks[t].exists) continue;
    kill(tasks[t].pid, SIGKILL);
    if (gone(&tasks[t], PATIENCE)) waitpid(tasks[t].pid, NULL, __WALL);
  }
  char path[600], pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  snprintf(path, sizeof path, "%s/cgroup.procs", home);
  if (writeFile(path, pid) < 0) {
    snprintf(path, sizeof path, "%s/cgroup.procs", mountPoint);
    writeFile(path, pid);
  }
  if (*base) removeTree(base);
  removeStale();
}

static void findHome(void) {
  char line[600];
  FILE *f = fopen("/proc/self/cgroup", "re");
  snprintf(home, sizeof home, "%s", mountPoint);
  while (f && fgets(line, sizeof line, f)) {
    char *at = strstr(line, ":memory:");
    if (!at) continue;
    at[strcspn(at, "\n")] = 0;
    snprintf(home, sizeof home, "%.200s%.300s", mountPoint, at + 8);
  }
  if (f) fclose(f);
}

static void enter(void) {
  char path[480], pid[16];
  findHome();
  removeStale();
  atexit(leave);
  snprintf(base, sizeof base, "%.250s/" PREFIX "%d-%llu", mountPoint, getpid(), startedAt(getpid()));
  if (mkdir(base, 0755) < 0) die("cannot make %s: %s", base, strerror(errno));
  snprintf(path, sizeof path, "%s/pool", base);
  if (mkdir(path, 0755) < 0) die("cannot make %s: %s", path, strerror(errno));
  snprintf(path, sizeof path, "%s/pool/cgroup.procs", base);
  snprintf(pid, sizeof pid, "%d", getpid());
  if (writeFile(path, pid) < 0) die("cannot enter %s", path);
  snprintf(path, sizeof path, "%s/pool/memory.stat", base);
  poolStat = open(path, O_RDONLY | O_CLOEXEC);
  snprintf(path, sizeof path, "%s/memory.stat", base);
  baseStat = open(path, O_RDONLY | O_CLOEXEC);
  if (baseStat < 0 || poolStat < 0 || makeGroup(ROOT) < 0) die("cannot make the root group: %s", strerror(errno));
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
} commands[] = {{"mkdir", "c"}, {"rmdir", "c"}, {"spawn", "tc"}, {"fork", "tt"}, {"exit", "t"}, {"move", "tc"}, {"touch", "tp"},
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

static int act(const char *name, const long *a) {
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
  if (!strcmp(name, "mkdir")) return makeGroup(x);
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
  put("{\"outcome\":\"ok\",\"events\":[],");
  if (all) putBooks(), putMaps();
  else putGroups(), put("\"pages\":[],\"tasks\":[]");
  send();
}

static void obey(const char *name, const long *a, int count) {
  if (!strcmp(name, "reset") && count == 3) return reset((int)a[0], (int)a[1], (int)a[2]), answerReset();
  if (!strcmp(name, "oom") && count == 2) return quiet = (int)a[0], luck = (unsigned long)a[1], answerReset();
  if (!strcmp(name, "exact") && count == 1) return exact = (int)a[0], answerReset();
  if (!strcmp(name, "brief") && count == 1) return brief = (int)a[0], answerReset();
  if (!strcmp(name, "look") && count == 1) return look((int)a[0]);
  if (!strcmp(name, "census") && count == 0) return census();
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(name, commands[i].name) || !legal(commands[i].args, a, count)) continue;
    startEvents();
    int result = act(name, a);
    noteReclaimed();
    normalise();
    flush();
    return answerWith(outcome(result));
  }
  die("no such command: %s with %d arguments", name, count);
}

int main(int argc, char **argv) {
  char line[256], name[16];
  if (argc != 3) return fprintf(stderr, "usage: broker MEMORY_MOUNT FILES\n"), 2;
  snprintf(mountPoint, sizeof mountPoint, "%s", argv[1]);
  snprintf(files, sizeof files, "%s", argv[2]);
  prctl(PR_SET_NAME, "firsttouch");
  umask(077);
  pinToOneProcessor();
  enter();
  openEyes();
  bearNursery();
  prepareFlush();
  answerReset();
  while (fgets(line, sizeof line, stdin)) {
    long a[3] = {0, 0, 0};
    int count = sscanf(line, "%15s %ld %ld %ld", name, &a[0], &a[1], &a[2]) - 1;
    if (count < 0) continue;
    if (!strcmp(name, "quit")) break;
    obey(name, a, count);
  }
  return 0; // atexit: leave()
}
