// What the kernel shows: which page a slot holds, who is charged for it, who maps it, on which list it is; and the answer made of it.
#pragma once
#include <linux/kernel-page-flags.h>

#define MAX_PAGES 12288
#define MAPPED 1
#define LOCKED 2
#define EMPTIED 4 // the kernel took the page; the empty slot is still there
#define PRESENT (1UL << 63)
#define FRAME ((1UL << 55) - 1)
#define NOBODY -2

struct task {
  int exists, pid, pidfd, pagemap, clearRefs, container, count;
  uint8_t maps[MAX_PAGES];
};
static struct task tasks[MAX_TASKS + 1];
static int taskCount, pageCount, groupCount;
static uint64_t seen[MAX_TASKS][MAX_PAGES];
static int kpagecgroup, kpageflags, kpagecount;
static int brief; // answer with outcome and events only

// What happened in a command, in order: pages taken, tasks killed.
struct event {
  char kind; // r or k
  int id;
};
static struct event events[MAX_PAGES + MAX_TASKS];
static int eventCount;
static uint8_t taken[MAX_PAGES];

static void startEvents(void) {
  eventCount = 0;
  memset(taken, 0, (size_t)pageCount);
}

static void noteReclaim(int p) {
  if (!taken[p]++) events[eventCount++] = (struct event){'r', p};
}

static void noteKill(int t) { events[eventCount++] = (struct event){'k', t}; }

static void setMapped(int t, int p, int bits) {
  tasks[t].count += (bits != 0) - (tasks[t].maps[p] != 0);
  tasks[t].maps[p] = (uint8_t)bits;
}

static int mappers(int p) {
  int n = 0;
  for (int t = 0; t < taskCount; t++) n += tasks[t].exists && tasks[t].maps[p];
  return n;
}

static int held(int t) {
  int n = 0;
  for (int p = 0; p < pageCount; p++) n += tasks[t].maps[p] && !(tasks[t].maps[p] & EMPTIED);
  return n;
}

static void openEyes(void) {
  kpagecgroup = open("/proc/kpagecgroup", O_RDONLY | O_CLOEXEC);
  kpageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
  kpagecount = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
  if (kpagecgroup < 0 || kpageflags < 0 || kpagecount < 0) die("cannot open /proc/kpage*: %s", strerror(errno));
}

static void readPagemap(int t) {
  ssize_t want = pageCount * 8L;
  if (pread(tasks[t].pagemap, seen[t], (size_t)want, SLOTS / PAGE * 8) != want) die("cannot read the pagemap of t%d", t);
}

static int present(int t, int p) { return (seen[t][p] & PRESENT) != 0; }

static uint64_t ofFrame(int fd, uint64_t frame) {
  uint64_t value = 0;
  if (pread(fd, &value, 8, (off_t)(frame * 8)) != 8) die("cannot read about frame %lu", (unsigned long)frame);
  return value;
}

// The frame of page p, as the first task that maps it has it; 0 if nobody does.
static uint64_t frameOf(int p) {
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists || !tasks[t].maps[p] || !present(t, p)) continue;
    uint64_t frame = seen[t][p] & FRAME;
    if (!frame) die("/proc/PID/pagemap hides its frames: CAP_SYS_ADMIN is missing");
    return frame;
  }
  return 0;
}

static uint64_t readFlags(int p) {
  for (int t = 0; t < taskCount; t++) if (tasks[t].exists && tasks[t].count) readPagemap(t);
  uint64_t frame = frameOf(p);
  return frame ? ofFrame(kpageflags, frame) : 0;
}

static int groupOf(ino_t inode) {
  for (int c = 0; c < groupCount; c++) if (groups[c].exists && groups[c].inode == inode) return c;
  for (int i = 0; i < dyingCount && i < 256; i++) if (dying[i] == inode) return ROOT;
  return groups[ROOT].inode == inode ? ROOT : NOBODY;
}

// Two things are behind the kernel: its LRU batch, which an mlock empties, and its statistics, which are summed up once enough has changed.
// Locking and unlocking one huge page does the first and is change enough for the second; without huge pages, many faults on the zero page are.
// Either way the sum is believed only when a fault that was made here shows up in it.
#define HUGE_PAGE (2L << 20)
#define MANY 192
#define ZEROES (16L * 1024)
static char *huge, *zeroes;
static long faultsSeen, zeroesRead;

static char *anonymous(long size, int protection) {
  char *at = mmap(NULL, (size_t)size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) die("no memory");
  madvise(at, (size_t)size, MADV_DONTFORK);
  return at;
}

static void prepareFlush(void) {
  char *room = anonymous(2 * HUGE_PAGE, PROT_READ | PROT_WRITE);
  huge = room + (HUGE_PAGE - (uintptr_t)room % HUGE_PAGE) % HUGE_PAGE;
  madvise(huge, HUGE_PAGE, MADV_HUGEPAGE);
  huge[0] = 1;
  zeroes = anonymous(ZEROES * PAGE, PROT_READ);
  madvise(zeroes, ZEROES * PAGE, MADV_NOHUGEPAGE);
}

static void fault(long count) {
  if (zeroesRead + count > ZEROES) {
    madvise(zeroes, ZEROES * PAGE, MADV_DONTNEED);
    zeroesRead = 0;
  }
  for (; count > 0; count--) (void)*(volatile char *)(zeroes + zeroesRead++ * PAGE);
}

static long totalFaults(int fd) {
  char text[4096];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  text[n < 0 ? 0 : n] = 0;
  return statLine(text, "\n", "total_pgfault");
}

// Reading the statistics of the run's directory sums up all below it, if the change of its own pool has reached it: that needs the pool's
// own sum to be fresh, so a second attempt reads that first.
static void flush(void) {
  for (int attempt = 0; attempt < 8; attempt++) {
    if (attempt) totalFaults(poolStat);
    mlock(huge, HUGE_PAGE);
    munlock(huge, HUGE_PAGE);
    fault(attempt ? MANY : 1);
    long before = faultsSeen;
    faultsSeen = totalFaults(baseStat);
    if (faultsSeen > before) return;
  }
  die("the statistics of the groups stay behind");
}

// The answer.

static char out[1 << 20];
static int length;

static void put(const char *text) {
  size_t n = strlen(text);
  if (length + n >= sizeof out) die("the answer is too long");
  memcpy(out + length, text, n);
  length += (int)n;
}

static void putNumber(long n) {
  char digits[24], *at = digits + sizeof digits;
  unsigned long left = n < 0 ? -(unsigned long)n : (unsigned long)n;
  *--at = 0;
  do *--at = (char)('0' + left % 10);
  while (left /= 10);
  if (n < 0) *--at = '-';
  put(at);
}

// A list of numbers, each after its comma: closeList() takes the last comma back.
static void putItem(long n) {
  putNumber(n);
  put(",");
}

static void closeList(void) {
  if (out[length - 1] == ',') length--;
  put("],");
}

static void putId(int c) { putItem(c == ROOT ? -1 : c); }

static void send(void) {
  if (out[length - 1] == ',') length--;
  put("}\n");
  for (int done = 0; done < length;) {
    ssize_t n = write(1, out + done, (size_t)(length - done));
    if (n < 0) exit(1);
    done += (int)n;
  }
  length = 0;
}

static void answerReset(void) {
  put("{\"ok\":true");
  send();
}

// `tasks` is opened anew each time: an open file keeps the list of its first read.
static void putTasks(int c) {
  char text[4096];
  int fd = openFile(c, "tasks", O_RDONLY);
  ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  text[n < 0 ? 0 : n] = 0;
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

// A group's row: id, usage, limit, failcnt, active, inactive, unevictable, tasks. Removed groups hand their pages to the root, which has no
// row of its own in memory.stat for them: its lists and its usage are those of everything below, less what the living groups have.
static void putGroups(void) {
  struct lists root = readLists(groups[ROOT].stat, "\ntotal_");
  put("\"groups\":[");
  for (int c = 0; c <= ROOT; c++) {
    struct group *g = &groups[c];
    if (!g->exists || (c >= groupCount && c != ROOT)) continue;
    struct lists own = c == ROOT ? root : readLists(g->stat, "\n");
    if (c != ROOT) root.active -= own.active, root.inactive -= own.inactive, root.unevictable -= own.unevictable;
    told[c] = own;
    put("[");
    putId(c);
    putItem(c == ROOT ? own.active + own.inactive + own.unevictable : readNumber(g->usage) / PAGE);
    putItem(readNumber(g->limit) / PAGE);
    putItem(readNumber(g->failcnt));
    putItem(own.active), putItem(own.inactive), putItem(own.unevictable);
    putTasks(c);
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
static void putBooks(void) {
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
  if (!brief) putBooks(), putMaps();
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
