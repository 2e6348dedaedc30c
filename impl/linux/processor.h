// One processor: who is charged and what is seen is then in order, and what is handed to and fro has no way to go.
#pragma once
#include <sched.h>

// 0, or -1 with errno. Whoever is born later stays here, too.
static int stayOnThisProcessor(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET((size_t)sched_getcpu(), &set);
  return sched_setaffinity(0, sizeof set, &set);
}
