// Keeps a guest: takes all its processes and the run's folder away when it ends, or whoever started it. usage: keeper FOLDER COMMAND ARGS...
// There are two of it, an outer and an inner one, so that one is left whichever of the processes is killed.
#define _GNU_SOURCE
#include "processor.h"
#include <ftw.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static int removeOne(const char *path, const struct stat *stat, int kind, struct FTW *ftw) {
  (void)stat, (void)kind, (void)ftw;
  return remove(path);
}

static pid_t *guest; // shared by both keepers

// UML leads a session of its own, and its helpers outlive it.
static void sweep(int signal) {
  if (*guest > 0) kill(-*guest, SIGKILL), kill(*guest, SIGKILL);
  nftw(folder, removeOne, 8, FTW_DEPTH | FTW_PHYS);
  if (signal) _exit(0);
}

// UML before 6.13 keeps 2,696 bytes of floating point registers. A processor with more (AMX) has the host refuse them, and the first program of the
// guest dies. Where the host says that it has no such set at all, UML does with the old one, which is all that the broker needs.
static void hideExtendedRegisters(void) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 5),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_GETREGSET, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NT_X86_XSTATE, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static void startGuest(char **argv) {
  pid_t child = fork();
  if (child) {
    *guest = child;
    return;
  }
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  personality(ADDR_NO_RANDOMIZE); // else UML 6.1 takes its memory for smaller than it is
  if (getenv("FT_FEW_REGISTERS")) hideExtendedRegisters();
  if (getenv("FT_ONE_PROCESSOR")) stayOnThisProcessor(); // each call of a guest's program is handed from process to process and back
  execvp(argv[0], argv);
  perror(argv[0]);
  _exit(127);
}

static pid_t inner;

static void passOn(int signal) { kill(inner, signal); }

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  folder = argv[1];
  guest = mmap(NULL, sizeof *guest, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t parent = getppid(), outer = getpid();
  signal(SIGINT, SIG_IGN), signal(SIGHUP, SIG_IGN);
  inner = fork();
  if (!inner) setsid(); // who kills the whole group of the suite leaves this one
  signal(SIGTERM, inner ? passOn : sweep);
  prctl(PR_SET_PDEATHSIG, inner ? SIGKILL : SIGTERM);
  if (getppid() != (inner ? parent : outer)) return sweep(0), 0;
  if (!inner) startGuest(argv + 2);
  close(0), close(1); // the guest's alone
  while (waitpid(inner ? inner : *guest, NULL, 0) < 0 && errno == EINTR) {}
  sweep(0);
  return 0;
}
