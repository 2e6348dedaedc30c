// What the broker says: its answer, one line of JSON, and its last words.
#pragma once
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char out[1 << 20];
static int length;

// What a JSON string cannot hold becomes a blank.
static void clean(char *text) {
  for (; *text; text++) if (*text == '"' || *text == '\\' || (unsigned char)*text < ' ') *text = ' ';
}

// What cannot go on without the broker itself being wrong. What a kernel may do wrong is an event, never this.
__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...) {
  char text[512];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  clean(text);
  printf("{\"error\":\"%s\"}\n", text);
  fflush(stdout);
  exit(1); // atexit: leave()
}

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...) {
  size_t room = sizeof out - (size_t)length;
  va_list list;
  va_start(list, format);
  int n = vsnprintf(out + length, room, format, list);
  va_end(list);
  if (n < 0 || (size_t)n >= room) die("the answer is too long");
  length += n;
}

// A list's items, each with its comma: closeList() takes the last one back.
static void putText(const char *text) {
  int from = length + 1;
  put("\"%s", text);
  clean(out + from);
  put("\",");
}

static void closeList(void) {
  if (out[length - 1] == ',') length--;
  put("],");
}

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

static void sendDone(void) {
  put("{\"ok\":true");
  send();
}
