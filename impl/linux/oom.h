// Out of memory: whom the broker kills where the kernel's own killer must not, and what the kernel's killer has done where it may.
#pragma once
#include "order.h"

static unsigned luck; // 0: the victim is the member that maps most; else the state of a random draw

static int victimIn(int top) {
  int best = -1, seen = 0;
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists || tasks[t].container < 0 || !isBelow(tasks[t].container, top)) continue;
    if (luck) {
      if (rand_r(&luck) % ++seen == 0) best = t;
    } else if (best < 0 || held(t) > held(best)) best = t;
  }
  return best;
}

static long oomsSeen[ROOT + 1];

// The highest group on the path of c that has been out of memory since forgetOoms(), or NOBODY. In v2 a fault that finds no memory is tried again
// and again, and each time it is counted. A first count may be of a try that began before the last kill was over; the second is not.
static int outOfMemory(int c) {
  for (int at = c, top = NOBODY; ; at = groups[at].parent) {
    if (oomsOf(at) >= oomsSeen[at] + (isV2() ? 2 : 1)) top = at;
    if (at == ROOT) return top;
  }
}

static void forgetOoms(int c) {
  for (;; c = groups[c].parent) {
    oomsSeen[c] = oomsOf(c);
    if (c == ROOT) return;
  }
}

static int hasRoom(int c) {
  for (; c != ROOT; c = groups[c].parent) if (usageOf(c) >= limitOf(c)) return 0;
  return 1;
}

// v1: the toucher sleeps in its fault until memory is found. What the dead left unlocked can be reclaimed now, although nothing was uncharged that
// would wake it; switching the killer on wakes it. Where something was uncharged, the kernel itself must wake it.
static void wake(int toucher, int c, int top) {
  if (hasRoom(c)) {
    kill(tasks[toucher].pid, SIGCONT);
    if (answers(toucher, 1000)) return;
    find("SleepersAreWoken", "t%d sleeps on, although there is room on the path of c%d again", toucher, c);
  }
  writeText(groups[top].oom, "0");
  writeText(groups[top].oom, "1");
  kill(tasks[toucher].pid, SIGCONT);
}

// v1: the worker itself is told to stop: a signal to the process waits for the leader to run, and on a busy machine the worker wakes first, and the
// kernel's killer strikes. v2: the fault is being tried again and again, and would reclaim what the dying unlock before they give it back.
static void halt(int toucher) {
  int worker = mailboxes[toucher].worker;
  if (!isV2()) syscall(SYS_tgkill, tasks[toucher].pid, worker, SIGSTOP);
  else kill(worker, SIGSTOP);
  for (long until = now() + patience; isV2() && now() < until && waitpid(worker, NULL, WUNTRACED | WNOHANG | __WALL) == 0;) pause1ms();
}

// Kills a member of the group that is out of memory, and lets the fault of the toucher try again; meanwhile it stands still.
static int killOne(int toucher, int c, int top) {
  noteReclaimed();
  int t = victimIn(top);
  if (t < 0) return find("OomKillsOnlyMembers", "c%d is out of memory and has no member", top), strike(toucher), toucher;
  noteKill(t);
  if (t == toucher) return end(t), t;
  halt(toucher);
  end(t);
  flush();
  forgetOoms(c);
  isV2() ? (void)kill(mailboxes[toucher].worker, SIGCONT) : wake(toucher, c, top);
  return t;
}

// How often the kernel's own killer has struck in the tree.
static long strikes(void) {
  long sum = 0;
  for (int c = 0; c <= ROOT; c++) if (groups[c].exists) sum += statLine(readText(groups[c].oom), "", "oom_kill");
  return sum;
}

// What the kernel's own killer goes by: resident pages and page tables. Read before a command, for the killer looks before it strikes.
static long weight[MAX_TASKS];

static void weigh(void) {
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists) continue;
    char *text = readOnce(openOf(tasks[t].pid, "status", O_RDONLY)), *rss = strstr(text, "VmRSS:"), *tables = strstr(text, "VmPTE:");
    weight[t] = rss && tables ? (strtol(rss + 6, NULL, 10) + strtol(tables + 6, NULL, 10)) * 1024 / PAGE : 0;
  }
}

static void judgeVictim(int victim) {
  int c = tasks[victim].container;
  for (int t = 0; t < taskCount; t++)
    if (tasks[t].exists && tasks[t].container == c && weight[t] > weight[victim])
      find("VictimIsTheLargest", "t%d was killed, which had %ld pages, and t%d beside it has %ld", victim, weight[victim], t, weight[t]);
}

static void reapOne(int t, int isOnly) {
  if (!tasks[t].exists || !gone(&tasks[t], 0)) return;
  if (isOnly) judgeVictim(t); // of several nobody knows the order
  noteKill(t);
  end(t);
}

// Notes whoever has died unasked, the acting task last: with it the kernel has no reason left. Where the kernel's killer has struck, as many deaths
// are waited for; a stranger's is the rest.
static void reap(long strikes, int acting) {
  siginfo_t any = {0};
  if (strikes == 0 && waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 && any.si_pid == 0) return;
  for (long until = now() + patience / 10; strikes > 0 && now() < until;) {
    int dead = 0;
    for (int t = 0; t < taskCount; t++) dead += tasks[t].exists && gone(&tasks[t], 0);
    if (dead >= strikes) break;
    pause1ms();
  }
  for (int t = 0; t < taskCount; t++) if (t != acting) reapOne(t, strikes == 1);
  if (acting != NOBODY) reapOne(acting, strikes == 1);
  if (killCount < strikes) noteKill(NOBODY);
}

// The answer to an order that may be charged to container c.
static long answerOrDie(int t, int c) {
  for (long until = 0; quiet && !answers(t, 1);) {
    if (!until) until = now() + patience;
    if (now() > until) die("t%d hangs in its fault", t);
    int top = outOfMemory(c);
    if (top == NOBODY) continue;
    if (killOne(t, c, top) == t) return KILLED;
    until = now() + patience;
  }
  return answer(t);
}
