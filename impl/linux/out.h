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

// What cannot go on without the broker itself being wrong. What a kernel may do wrong is an event, never this.
static void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
static void die(const char *format, ...) {
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

// A list's items, each with its comma: closeList() takes the last one back.
static void putItem(long n) {
  putNumber(n);
  put(",");
}

static void putText(const char *text) {
  char one[2] = "";
  put("\"");
  for (; *text; text++) *one = *text == '"' || *text == '\\' || (unsigned char)*text < ' ' ? ' ' : *text, put(one);
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
