// Files: opened in a folder or of a process, read and written whole; and the time.
#pragma once
#include "out.h"
#include <fcntl.h>
#include <time.h>

// `name` is in the folder `dir`, or absolute.
static int openIn(int dir, const char *name, int flags) { return openat(dir, name, flags | O_CLOEXEC); }

static int openOrDie(int dir, const char *name, int flags) {
  int fd = openIn(dir, name, flags);
  if (fd < 0) die("cannot open %s: %s", name, strerror(errno));
  return fd;
}

static int openOf(int pid, const char *name, int flags) {
  char path[128];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  return openIn(AT_FDCWD, path, flags);
}

// Whoever writes is told 0, or the error as a negative number.
static int writeText(int fd, const char *text) { return pwrite(fd, text, strlen(text), 0) < 0 ? -errno : 0; }

static int writeNumber(int fd, long n) {
  char text[24];
  snprintf(text, sizeof text, "%ld", n);
  return writeText(fd, text);
}

static int writeIn(int dir, const char *name, const char *text) {
  int fd = openIn(dir, name, O_WRONLY), result = fd < 0 ? -errno : writeText(fd, text);
  if (fd >= 0) close(fd);
  return result;
}

// Of a file that is not open: nothing.
static char *readText(int fd) {
  static char text[8192];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  text[n < 0 ? 0 : n] = 0;
  return text;
}

static char *readOnce(int fd) {
  char *text = readText(fd);
  if (fd >= 0) close(fd);
  return text;
}

// The number in a line that begins with `prefix` and `name`.
static long statLine(const char *text, const char *prefix, const char *name) {
  size_t ahead = strlen(prefix), width = strlen(name);
  for (const char *at = text; at && *at; at = strchr(at, '\n')) {
    at += *at == '\n';
    if (!strncmp(at, prefix, ahead) && !strncmp(at + ahead, name, width) && at[ahead + width] == ' ')
      return strtol(at + ahead + width, NULL, 10);
  }
  return 0;
}

static long now(void) { // ms
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause1ms(void) { nanosleep(&(struct timespec){0, 1000000}, NULL); }
