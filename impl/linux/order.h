// Orders to tasks, by mailbox, and what comes of them: an answer, or a death.
#pragma once
#include "flush.h"
#include <poll.h>
#include <sys/wait.h>

static int patience = 15000; // ms: nothing is ever waited for longer, and a busy machine is no hang
#define KILLED -1000

static int isReady(int fd, int ms) { return poll(&(struct pollfd){fd, POLLIN, 0}, 1, ms) > 0; }

static void drain(int fd) {
  uint64_t n;
  if (isReady(fd, 0) && read(fd, &n, sizeof n) < 0) die("a drained eventfd: %s", strerror(errno));
}

static void post(int t, enum op op, long a, long b) {
  uint64_t one = 1;
  mailboxes[t].op = op, mailboxes[t].a = a, mailboxes[t].b = b;
  if (write(mailboxes[t].commands, &one, sizeof one) < 0) die("cannot post to t%d", t);
}

static int gone(struct task *task, int ms) { return isReady(task->pidfd, ms); }

static void strike(int t) {
  kill(tasks[t].pid, SIGKILL);
  if (tasks[t].worker) kill(tasks[t].worker, SIGKILL);
}

static void end(int t) {
  struct task *task = &tasks[t];
  strike(t); // even of a dead one: a worker that is a process may have outlived its leader
  if (!gone(task, patience)) die("t%d does not die", t);
  waitpid(task->pid, NULL, __WALL);
  if (task->worker) waitpid(task->worker, NULL, __WALL);
  close(task->pidfd), close(task->pagemap), close(task->clearRefs);
  memset(task, 0, sizeof *task);
  drain(mailboxes[t].commands), drain(mailboxes[t].answers);
}

// What comes of t within so many ms: its answer, or KILLED, it has died instead; 0: nothing.
static int answers(int t, int ms) {
  struct pollfd fds[] = {{mailboxes[t].answers, POLLIN, 0}, {tasks[t].pidfd, POLLIN, 0}};
  return poll(fds, 2, ms) <= 0 ? 0 : fds[0].revents ? 1 : KILLED;
}

static long answer(int t) {
  uint64_t n;
  int came = answers(t, patience);
  if (!came) die("t%d does not answer", t);
  if (came == KILLED) return KILLED;
  if (read(mailboxes[t].answers, &n, sizeof n) < 0) die("t%d: %s", t, strerror(errno));
  return mailboxes[t].result;
}

static long tell(int t, enum op op, long a) {
  post(t, op, a, 0);
  return answer(t);
}

// In v2 nothing switches a group's own killer off, but it passes by whom it must not kill. A broker is never a victim, nor is the nursery.
static void protect(int pid, int on) {
  int fd = openOf(pid, "oom_score_adj", O_WRONLY);
  if (writeText(fd, on ? "-1000" : "0") < 0 && isV2()) die("cannot protect %d from the kernel's killer", pid);
  close(fd);
}

static void adopt(int t, long pid) {
  struct task *task = &tasks[t];
  if (pid < 0) die("cannot fork: %s", strerror((int)-pid));
  task->pid = (int)pid, task->exists = 1, task->container = -1;
  task->pidfd = (int)syscall(SYS_pidfd_open, task->pid, 0);
  if (answer(t) == KILLED) die("t%d died before it lived", t);
  if (mailboxes[t].apart) task->worker = mailboxes[t].worker;
  task->pagemap = openOf(task->pid, "pagemap", O_RDONLY);
  task->clearRefs = openOf(task->pid, "clear_refs", O_WRONLY);
  if (task->pidfd < 0 || task->pagemap < 0 || task->clearRefs < 0) die("cannot watch t%d: %s", t, strerror(errno));
  tell(t, OP_UNMAP, MAX_PAGES); // its code is resident now: it does not grow in the command that weighs it
  protect(task->pid, t == NURSERY || (quiet && isV2()));
}

// Forgets the references of the acting task: reclaim then takes pages in the order in which they came.
static void forget(int t) {
  if (tasks[t].exists && write(tasks[t].clearRefs, "1", 1) < 0 && !gone(&tasks[t], 0)) die("clear_refs of t%d: %s", t, strerror(errno));
}

// Which pages the kernel has taken from living tasks since the last look; they are noted, and their empty slots left for normalise().
static int emptied;

static void noteReclaimed(void) {
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists || tasks[t].count == 0 || !readPagemap(t)) continue;
    for (int p = 0; p < pageCount; p++) {
      if (!tasks[t].maps[p] || tasks[t].maps[p] & EMPTIED || present(t, p)) continue;
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
