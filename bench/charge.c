/* The peer in C of bench/controller.ts: one container at its limit, every touch reclaims one page and charges one. It is equivalent step by step:
   records of pages (32 bytes), containers and tasks in tables found by id, lists closed by their heads, a chain of the pages that a task maps, the
   owner in the page, failcnt and reclaims, a journal of killed tasks and reclaimed pages that is emptied by every operation, the checks of the
   arguments, the profile's switches (batch, bounded scan, transient charge). What no touch of the bench reaches (growth, a page's further mappers,
   the OOM killer) is asked for at the same places and ends in abort(). Prints nanoseconds per touch. Usage: charge PAGES LIMIT TOUCHES */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { NONE = -1 };
/* Bits of a page's state, and where its owner stands in it. */
enum { REFERENCED = 1, ON_ACTIVE = 8, OWNER = 4 };
enum { OK = 0, NO_SUCH_TASK = 5 };

/* A page, or the head of a list: container c's inactive list is headed by record 2c, its active one by 2c + 1, pages come after. */
struct record {
  int32_t newer, older;
  int32_t state; /* owner << OWNER and bits */
  int32_t mapper, next_of_task, prev_of_task, others, pins;
};
struct container { int32_t length[2], usage, ceiling, first_member, parent, children, exists; int64_t failcnt, reclaims; };
struct task { int32_t container, next_member, prev_member, first_page, first_node, mapped, unused[2]; };
struct journal { int32_t *ids, length, room; };
struct switches { int32_t batch, bounded, transient; };
struct controller {
  struct record *records;
  struct container *containers;
  struct task *tasks;
  int32_t page_count, container_count, task_count;
  struct journal killed, reclaimed;
  struct switches switches;
};

static void push(struct journal *j, int32_t id) {
  if (j->length == j->room) j->ids = realloc(j->ids, sizeof *j->ids * (size_t)(j->room *= 2));
  j->ids[j->length++] = id;
}

static void link_page(struct controller *k, int32_t c, int32_t active, int32_t p, int32_t state) {
  struct record *r = k->records;
  int32_t list = 2 * c + active, newest = r[list].older;
  r[p].newer = list;
  r[p].older = newest;
  r[p].state = (state & ~ON_ACTIVE) | (active ? ON_ACTIVE : 0);
  r[newest].newer = p;
  r[list].older = p;
  k->containers[c].length[active]++;
}

static void unlink_page(struct controller *k, int32_t c, int32_t active, int32_t p) {
  struct record *r = k->records;
  int32_t newer = r[p].newer, older = r[p].older;
  r[newer].older = older;
  r[older].newer = newer;
  k->containers[c].length[active]--;
}

static void become_first(struct controller *k, int32_t t, int32_t p) {
  struct record *r = k->records;
  int32_t next = k->tasks[t].first_page;
  r[p].mapper = t;
  r[p].prev_of_task = NONE;
  r[p].next_of_task = next;
  if (next != NONE) r[next].prev_of_task = p;
  k->tasks[t].first_page = p;
  k->tasks[t].mapped++;
}

static void leave_first(struct controller *k, int32_t t, int32_t p) {
  struct record *r = k->records;
  int32_t next = r[p].next_of_task, prev = r[p].prev_of_task;
  if (prev == NONE) k->tasks[t].first_page = next;
  else r[prev].next_of_task = next;
  if (next != NONE) r[next].prev_of_task = prev;
  r[p].mapper = NONE;
  k->tasks[t].mapped--;
}

static void charge(struct controller *k, int32_t c, int32_t p) {
  k->containers[c].usage++;
  link_page(k, c, 1, p, c << OWNER);
}

static void free_page(struct controller *k, int32_t c, int32_t p) {
  struct record *r = k->records;
  if (r[p].others != NONE) abort();
  leave_first(k, r[p].mapper, p);
  unlink_page(k, c, (r[p].state & ON_ACTIVE) != 0, p);
  k->containers[c].usage--;
  r[p].state = 0;
  push(&k->reclaimed, p - 2 * k->container_count);
}

static void reference(struct controller *k, int32_t p) {
  struct record *r = k->records;
  if ((r[p].state & (REFERENCED | ON_ACTIVE)) == REFERENCED) {
    int32_t c = r[p].state >> OWNER;
    unlink_page(k, c, 0, p);
    link_page(k, c, 1, p, r[p].state & ~REFERENCED);
  } else {
    r[p].state |= REFERENCED;
  }
}

static int32_t share(int32_t length, int priority) { return (length >> priority) + 1; }

static int32_t reclaim(struct controller *k, int32_t c, const struct switches *policy) {
  struct record *r = k->records;
  int32_t *length = k->containers[c].length, inactive = 2 * c, active = 2 * c + 1;
  for (int priority = 12;; priority--) {
    int32_t progress = 0, freed = 0;
    int32_t left = policy->bounded ? share(length[1], priority) : length[1] - length[0];
    do {
      int32_t p = r[active].newer;
      if (p == active) break;
      int32_t state = r[p].state;
      unlink_page(k, c, 1, p);
      link_page(k, c, state & REFERENCED ? 1 : 0, p, state & ~REFERENCED);
      progress++;
    } while (--left > 0);
    left = length[0];
    if (policy->bounded && share(length[0], priority) < left) left = share(length[0], priority);
    for (; left > 0 && freed < policy->batch; left--) {
      int32_t p = r[inactive].newer, state = r[p].state;
      if (r[p].pins > 0) {
        unlink_page(k, c, 0, p);
        link_page(k, c, 0, p, state);
      } else if (state & REFERENCED) {
        unlink_page(k, c, 0, p);
        link_page(k, c, 1, p, state & ~REFERENCED);
        progress++;
      } else {
        free_page(k, c, p);
        freed++;
      }
    }
    if (freed > 0) return freed;
    if (policy->bounded ? priority == 0 : progress == 0) return 0;
  }
}

static int fault(struct controller *k, int32_t t, int32_t p) {
  int32_t c = k->tasks[t].container;
  struct container *its = &k->containers[c];
  while (its->usage + 1 > its->ceiling) {
    its->failcnt++;
    if (reclaim(k, c, &k->switches) == 0) abort();
    its->reclaims++;
  }
  if (k->records[p].mapper != NONE) abort();
  become_first(k, t, p);
  charge(k, c, p);
  return OK;
}

int touch(struct controller *k, int32_t t, int32_t id) {
  k->killed.length = k->reclaimed.length = 0;
  if (t < 0 || t >= k->task_count || k->tasks[t].container == NONE) return NO_SUCH_TASK;
  if (id >= k->page_count) abort();
  int32_t p = id + 2 * k->container_count;
  struct record *page = &k->records[p];
  if (page->mapper != NONE) {
    if (page->mapper == t) return reference(k, p), OK;
    if (page->others != NONE || !k->switches.transient) abort();
  }
  return fault(k, t, p);
}

static struct journal empty_journal(void) { return (struct journal){malloc(16 * sizeof(int32_t)), 0, 16}; }

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: %s PAGES LIMIT TOUCHES\n", argv[0]), 2;
  int32_t count = atoi(argv[1]), touches = atoi(argv[3]);
  struct controller k = {.page_count = count, .container_count = 1, .task_count = 1, .switches = {.batch = 1}};
  k.records = calloc((size_t)count + 2, sizeof *k.records);
  for (int32_t p = 2; p < count + 2; p++) k.records[p].mapper = k.records[p].others = NONE;
  for (int32_t head = 0; head < 2; head++) k.records[head].newer = k.records[head].older = head;
  k.containers = calloc(1, sizeof *k.containers);
  k.containers[0].ceiling = atoi(argv[2]);
  k.tasks = calloc(1, sizeof *k.tasks);
  k.tasks[0].first_page = NONE;
  k.killed = empty_journal();
  k.reclaimed = empty_journal();
  for (int32_t i = 0; i < count; i++) touch(&k, 0, i);
  struct timespec a, b;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
  for (int32_t i = 0, p = 0; i < touches; i++, p = p + 1 == count ? 0 : p + 1) touch(&k, 0, p);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
  double ns = ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / touches;
  struct container *c = &k.containers[0];
  printf("{\"ns\":%.2f,\"usage\":%d,\"failcnt\":%lld,\"reclaims\":%lld}\n", ns, c->usage, (long long)c->failcnt, (long long)c->reclaims);
  return 0;
}
