// What the kernel shows: which page a slot holds, who is charged for it, who maps it, on which list it is; and what happened in a command.
#pragma once
#include "task.h"
#include <linux/kernel-page-flags.h>

#define MAX_PAGES 12288
#define MAPPED 1
#define LOCKED 2
#define EMPTIED 4 // the kernel took the page; the empty slot is still there
#define PRESENT (1UL << 63)
#define FRAME ((1UL << 55) - 1)
#define NOBODY -2

struct task {
  int exists, pid, worker, pidfd, pagemap, clearRefs, container, count;
  uint8_t maps[MAX_PAGES];
};
static struct task tasks[MAX_TASKS + 1];
static int taskCount, pageCount;
static uint64_t seen[MAX_TASKS][MAX_PAGES];
static int console;

// A file of the kernel's with a word for each frame of the machine, and those words of it that were read last.
#define BESIDE 16
static struct book {
  int fd;
  long count;
  uint64_t from, words[BESIDE];
} kpagecgroup, kpageflags, kpagecount;
static int brief; // answer with outcome and events only

// What no kernel should do, with the claim that it breaks.
static struct finding {
  const char *claim;
  char text[240];
} findings[8];
static int findingCount;

__attribute__((format(printf, 2, 3))) static void find(const char *claim, const char *format, ...) {
  if (findingCount == 8) return;
  va_list list;
  va_start(list, format);
  findings[findingCount].claim = claim;
  vsnprintf(findings[findingCount++].text, sizeof findings->text, format, list);
  va_end(list);
}

// What happened in a command, in order: pages taken, tasks killed. It is the beginning of the answer.
static uint8_t taken[MAX_PAGES];
static int killCount;

static void startAnswer(void) {
  killCount = findingCount = 0;
  memset(taken, 0, (size_t)pageCount);
  put("{\"events\":[");
}

static void noteReclaim(int p) {
  if (!taken[p]++) put("[\"reclaimed\",%d],", p);
}

static void noteKill(int t) {
  killCount++;
  put("[\"killed\",%d],", t);
}

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
  kpagecgroup.fd = openOrDie(AT_FDCWD, "/proc/kpagecgroup", O_RDONLY);
  kpageflags.fd = openOrDie(AT_FDCWD, "/proc/kpageflags", O_RDONLY);
  kpagecount.fd = openOrDie(AT_FDCWD, "/proc/kpagecount", O_RDONLY);
  console = openIn(AT_FDCWD, "/dev/kmsg", O_RDONLY | O_NONBLOCK);
  lseek(console, 0, SEEK_END);
}

// 0: the task is gone, and with it what it had mapped.
static int readPagemap(int t) {
  ssize_t want = pageCount * 8, got = pread(tasks[t].pagemap, seen[t], (size_t)want, SLOTS / PAGE * 8);
  if (got != want) memset(seen[t], 0, (size_t)want);
  return got == want;
}

static int present(int t, int p) { return (seen[t][p] & PRESENT) != 0; }

// What a file says of a frame, and with it of those beside it: pages that came one after another often lie together.
static uint64_t ofFrame(struct book *book, uint64_t frame) {
  uint64_t at = frame % BESIDE, from = frame - at;
  if (!book->count || book->from != from) book->count = pread(book->fd, book->words, sizeof book->words, (off_t)(from * 8)) / 8;
  book->from = from;
  if ((long)at >= book->count) die("cannot read about frame %lu", (unsigned long)frame);
  return book->words[at];
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

// The console: the kernel's own words since the last look.
static void listen(void) {
  static const char *const alarms[] = {"page_counter underflow", "Bad page state", "Bad page map", "Bad rss-counter", "BUG: ",
                                       "kernel BUG at", "refcount_t: ", "Oops", "WARNING: "};
  char record[2048];
  ssize_t n;
  while (console >= 0 && ((n = read(console, record, sizeof record - 1)) > 0 || (n < 0 && errno == EPIPE))) {
    record[n < 0 ? 0 : n] = 0;
    char *text = strchr(record, ';');
    if (text) text[1 + strcspn(text + 1, "\n")] = 0;
    for (size_t i = 0; text && i < sizeof alarms / sizeof *alarms; i++) {
      if (!strstr(text, alarms[i]) || (!strncmp(alarms[i], "WARNING", 7) && !strstr(text, "/mm/") && !strstr(text, " mm/"))) continue;
      find("KernelIsQuiet", "the console says:%.200s", text + 1);
      break;
    }
  }
}
