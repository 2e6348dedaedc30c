// A task of the broker: a leader that is moved between containers and sleeps, and a worker that stays in the pool and runs the commands.
// User pages are charged to the group of the leader (it owns the mm), kernel memory to that of the running thread: so a container is
// charged for touched pages and for nothing else. Nothing in here calls libc or writes to private memory: either would be charged too.
// The worker is a thread of the leader's in cgroup v1. In v2 threads cannot be in two groups: there it is a process of its own that shares the mm.
#pragma once
#include "group.h"
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define MAX_TASKS 64
#define NURSERY MAX_TASKS // the task that bears the others; it never leaves the pool
#define ANCHOR 0x4000000000L // a mapping that stays, so that the page tables of the slots beside it do; a guest ends at 512 GiB
#define SLOTS (ANCHOR + 0x10000L)
#define SLOT(p) (SLOTS + (long)(p) * PAGE)
#define STACK 4096

enum op { OP_MAP, OP_READ, OP_UNMAP, OP_LOCK, OP_UNLOCK, OP_PAGEOUT, OP_FORK };

// Where the broker and one worker talk. Shared memory, stacks included, that the broker touched first: no answer is charged to a container.
struct mailbox {
  int commands, answers; // eventfds, in the descriptor table that all tasks share
  int broker, worker; // process; thread, or process
  int apart;          // the worker is a process
  enum op op;
  long a, b, result;
  uint64_t word;
  char leaderStack[STACK] __attribute__((aligned(16)));
  char workerStack[STACK] __attribute__((aligned(16)));
} __attribute__((aligned(4096)));

static struct mailbox *mailboxes; // MAX_TASKS of them, and the nursery's

// As on x86_64, the only processor for which the broker is made.
static long call6(long n, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

// clone() onto a stack of its own; the child runs body(argument) and never returns.
static long cloneOnto(long flags, char *stackTop, void (*body)(void *), void *argument) {
  void **top = (void **)stackTop;
  *--top = argument;
  *--top = (void *)body;
  register long r10 __asm__("r10") = 0, r8 __asm__("r8") = 0;
  long result;
  __asm__ volatile("syscall\n test %%rax, %%rax\n jnz 1f\n xor %%ebp, %%ebp\n pop %%rax\n pop %%rdi\n call *%%rax\n hlt\n1:"
                   : "=a"(result)
                   : "a"((long)SYS_clone), "D"(flags), "S"(top), "d"(0L), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}

// MADV_RANDOM: no readahead, so that one fault is one charge; and no recency, so that an unmap is not taken for a reference.
static long mapAndRead(long fd, long p) {
  long at = call6(SYS_mmap, SLOT(p), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
  if (at < 0) return at;
  call6(SYS_madvise, at, PAGE, MADV_RANDOM, 0, 0, 0);
  return *(volatile char *)at;
}

static void leaderMain(void *);

static long bear(long slot) {
  struct mailbox *child = &mailboxes[slot];
  return cloneOnto(SIGCHLD | CLONE_PARENT | CLONE_FILES | CLONE_FS, child->leaderStack + STACK, leaderMain, child);
}

static long perform(struct mailbox *box) {
  switch (box->op) {
    case OP_MAP: return mapAndRead(box->a, box->b);
    case OP_READ: return *(volatile char *)SLOT(box->a);
    case OP_UNMAP: return call6(SYS_munmap, SLOT(box->a), PAGE, 0, 0, 0, 0);
    case OP_LOCK: return call6(SYS_mlock, SLOT(box->a), PAGE, 0, 0, 0, 0);
    case OP_UNLOCK: return call6(SYS_munlock, SLOT(box->a), PAGE, 0, 0, 0, 0);
    case OP_PAGEOUT: return call6(SYS_madvise, SLOT(box->a), PAGE, MADV_PAGEOUT, 0, 0, 0);
    case OP_FORK: return bear(box->a);
  }
  return -38;
}

// A process dies with its broker; if the broker has died already, at once.
static void dieWith(int broker) {
  call6(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0);
  if (call6(SYS_getppid, 0, 0, 0, 0, 0, 0) != broker) call6(SYS_exit_group, 1, 0, 0, 0, 0, 0);
}

static void workerMain(void *argument) {
  struct mailbox *box = argument;
  if (box->apart) dieWith(box->broker);
  box->worker = (int)call6(SYS_gettid, 0, 0, 0, 0, 0, 0);
  for (;;) { // the first answer says: I am here
    uint64_t *one = &box->word;
    *one = 1;
    call6(SYS_write, box->answers, (long)one, 8, 0, 0, 0);
    while (call6(SYS_read, box->commands, (long)one, 8, 0, 0, 0) != 8) {
    }
    box->result = perform(box);
  }
}

static void leaderMain(void *argument) {
  struct mailbox *box = argument;
  dieWith(box->broker);
  call6(SYS_prctl, PR_SET_THP_DISABLE, 1, 0, 0, 0, 0);
  long shared = CLONE_VM | CLONE_FS | CLONE_FILES;
  long flags = shared | (box->apart ? CLONE_PARENT | SIGCHLD : CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM);
  if (cloneOnto(flags, box->workerStack + STACK, workerMain, box) < 0) call6(SYS_exit_group, 1, 0, 0, 0, 0, 0);
  for (;;) call6(SYS_pause, 0, 0, 0, 0, 0, 0);
}
