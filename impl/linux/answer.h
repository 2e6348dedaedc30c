// The answer: everything that the kernel shows, as lists of numbers.
#pragma once
#include "flush.h"

static int idOf(int c) { return c == ROOT ? -1 : c; }

// `tasks` is opened anew each time: an open file keeps the list of its first read.
static void putTasks(int c) {
  put("[");
  for (char *at = readOnce(openTasks(c, O_RDONLY)); *at; at = strchr(at, '\n') + 1) {
    int pid = (int)strtol(at, NULL, 10), t = 0;
    while (t < taskCount && tasks[t].pid != pid) t++;
    put("%d,", t < taskCount ? t : NOBODY);
    if (!strchr(at, '\n')) break;
  }
  closeList();
}

// A group's row: id, inode, parent; how often it was out of memory (v1: or one above it), the highest usage (v1: in this command), memory and swap
// together, -1 where this kernel does not count it; usage, limit, failcnt; active, inactive, unevictable of it and all below it; tasks. The root has no
// usage of its own. In v2 its tasks, and what they are charged for, are in a leaf below it.
static void putGroups(void) {
  put("\"leaf\":%ld,\"groups\":[", inodeOf(rootTasks));
  for (int c = 0; c <= ROOT; c++) {
    struct group *g = &groups[c];
    if (!g->exists) continue;
    struct lists all = readLists(g->stat);
    long usage = c == ROOT ? 0 : usageOf(c), peak = g->peak < 0 ? -1 : readNumber(g->peak) / PAGE;
    long swap = g->swap < 0 ? -1 : readNumber(g->swap) / PAGE;
    if (g->peak >= 0 && !isV2()) writeText(g->peak, "0"); // the next one is of the next command
    put("[%d,%ld,%d,%ld,%ld,%ld,", idOf(c), g->inode, idOf(g->parent), oomsOf(c), peak, swap);
    put("%ld,%ld,%ld,%ld,%ld,%ld,", usage, limitOf(c), failuresOf(c), all.active, all.inactive, all.unevictable);
    putTasks(c);
    closeList();
  }
  closeList();
}

// A page's row: id, inode of the group that is charged, mapcount, flags: 1 on a list, 2 active, 4 unevictable.
static void putPages(void) {
  put("\"pages\":[");
  kpagecgroup.count = kpageflags.count = kpagecount.count = 0; // what was read before is old
  for (int p = 0; p < pageCount; p++) {
    uint64_t frame = frameOf(p);
    if (!frame) continue;
    uint64_t flags = ofFrame(&kpageflags, frame);
    long bits = (flags >> KPF_LRU & 1) | (flags >> KPF_ACTIVE & 1) << 1 | (flags >> KPF_UNEVICTABLE & 1) << 2;
    put("[%d,%ld,%ld,%ld],", p, (long)ofFrame(&kpagecgroup, frame), (long)ofFrame(&kpagecount, frame), bits);
  }
  closeList();
}

// A task's row: id, the pages in its slots, and those of them that it has locked.
static void putMaps(void) {
  put("\"tasks\":[");
  for (int t = 0; t < taskCount; t++) {
    if (!tasks[t].exists) continue;
    put("[%d,[", t);
    for (int p = 0; p < pageCount; p++) if (tasks[t].count && present(t, p)) put("%d,", p);
    closeList();
    put("[");
    for (int p = 0; p < pageCount; p++) if (tasks[t].maps[p] & LOCKED) put("%d,", p);
    closeList();
    closeList();
  }
  closeList();
}

static void answerWith(const char *outcome) {
  closeList();
  put("\"outcome\":\"%s\",\"found\":[", outcome);
  for (int i = 0; i < findingCount; i++) put("["), putText(findings[i].claim), putText(findings[i].text), closeList();
  closeList();
  if (!brief) putGroups(), putPages(), putMaps();
  send();
}

// The groups and the pages once more, with fresh statistics; where there are thousands of pages, the groups alone.
static void answerAgain(void) {
  flush();
  put("{");
  putGroups();
  if (!brief) putPages();
  send();
}

// Whatever else the kernel tells in a file, of itself or of the run's directory.
static void answerText(const char *path) {
  put("{\"text\":");
  putText(readOnce(openIn(base, path, O_RDONLY)));
  send();
}
