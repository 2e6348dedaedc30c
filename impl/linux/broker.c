// The broker: makes groups and tasks of a kernel, moves them as a line on stdin says, and answers with what it sees, one JSON line each.
#define _GNU_SOURCE
#include "answer.h"
#include "run.h"

static void obeyMove(const struct moveKind *kind, const long *a) {
  startAnswer();
  long before = quiet ? 0 : strikes();
  if (!quiet) weigh();
  int result = makeMove(kind, a);
  compact();
  reap(quiet ? 0 : strikes() - before, (*kind->args | ' ') == 't' ? (int)a[0] : NOBODY);
  noteReclaimed();
  normalise();
  flush();
  listen();
  answerWith(outcomeOf(result));
}

static void obey(const char *line) {
  char name[16];
  long a[6] = {0};
  int at = 0, count = sscanf(line, "%15s %n%ld %ld %ld %ld %ld %ld", name, &at, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]) - 1;
  const struct moveKind *kind = kindOf(name);
  if (kind && count == (int)strlen(kind->args)) return obeyMove(kind, a);
  if (!strcmp(name, "read") && at) return answerText(line + at);
  if (!strcmp(name, "look")) return answerAgain();
  if (!strcmp(name, "reset") && count == 2) reset((int)a[0], (int)a[1]);
  else if (!strcmp(name, "drive") && count == 6)
    quiet = (int)a[0], luck = (unsigned)a[1], exact = (int)a[2], activate = (int)a[3], migrate = (int)a[4], brief = (int)a[5];
  else die("no such command: %s", line);
  sendDone();
}

int main(int argc, char **argv) {
  char line[512];
  if (argc < 3) return fprintf(stderr, "usage: broker MEMORY_MOUNT FILES [PATIENCE_MS]\n"), 2;
  if (argc > 3) patience = atoi(argv[3]);
  files = argv[2];
  prctl(PR_SET_NAME, "firsttouch");
  umask(077);
  if (stayOnThisProcessor() < 0) die("cannot stay on one processor");
  enter(argv[1]);
  openEyes();
  protect(getpid(), 1);
  bearNursery();
  prepareFlush();
  sendDone();
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (!strcmp(line, "quit")) break;
    if (*line) obey(line);
  }
  return 0; // atexit: leave()
}
