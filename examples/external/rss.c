// An RSS controller in C that speaks firsttouch's line protocol: what `firsttouch init DIR --lang c` makes, with every move built.
//
//     cc -O2 -o /tmp/rss examples/external/rss.c
//     npx firsttouch verify --impl /tmp/rss
//
// It knows all four profiles, and containers within containers (trees). Sizes are fixed: a scope beyond them is declined.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTAINERS = 64, ROOT = CONTAINERS, TASKS = 64, PAGES = 16384, NONE = -1 };
enum { ACTIVE, INACTIVE };
static const unsigned long long UNLIMITED = 9223372036854775807ULL;

// What each profile has other than the letter (docs/contract.md, "Profiles").
static const struct profile {
  const char *name;
  int batch, nested, leaves_only, busy, kills;                      /* the linux profiles */
  int zero_is_unlimited, wraps, thirteen_passes, charges_for_a_moment; /* v3.1 */
} profiles[] = {
    {"\"letter\"", .batch = 1},
    {"\"v3.1\"", .batch = 1, .zero_is_unlimited = 1, .wraps = 1, .thirteen_passes = 1, .charges_for_a_moment = 1},
    {"\"linux-v1\"", .batch = 32, .nested = 1, .busy = 1},
    {"\"linux-v2\"", .batch = 32, .nested = 1, .kills = 1, .leaves_only = 1},
};
static const struct profile *rules = profiles;

struct list {
  int length, page[PAGES]; /* newest first */
};

static struct {
  int exists, parent, children; /* parent: NONE of the root, and in flat profiles */
  unsigned long long limit;
  int failcnt, reclaimed;
  struct list list[2];
} containers[CONTAINERS + 1];

static int home[TASKS]; /* the task's container; NONE: no such task */
static unsigned char maps[TASKS][PAGES], pins[TASKS][PAGES];
static int owner[PAGES];
static unsigned char referenced[PAGES];

static int pages = PAGES; /* those of the scope */

static int killed[TASKS], kills, freed[PAGES], frees;

static void make(int c, int parent) {
  containers[c].exists = 1;
  containers[c].children = containers[c].failcnt = containers[c].reclaimed = 0;
  containers[c].list[ACTIVE].length = containers[c].list[INACTIVE].length = 0;
  containers[c].parent = parent;
  containers[c].limit = UNLIMITED;
  if (parent != NONE) containers[parent].children++;
}

static void reset(void) {
  for (int c = 0; c <= ROOT; c++) containers[c].exists = 0;
  if (rules->nested) make(ROOT, NONE);
  memset(maps, 0, sizeof maps);
  memset(pins, 0, sizeof pins);
  memset(referenced, 0, sizeof referenced);
  for (int t = 0; t < TASKS; t++) home[t] = NONE;
  for (int p = 0; p < pages; p++) owner[p] = NONE;
}

// Lists.

static void push(struct list *l, int p) {
  memmove(l->page + 1, l->page, (size_t)l->length++ * sizeof(int));
  l->page[0] = p;
}

static int pop(struct list *l) { return l->page[--l->length]; }

static int take(struct list *l, int p) {
  for (int i = 0; i < l->length; i++) {
    if (l->page[i] != p) continue;
    memmove(l->page + i, l->page + i + 1, (size_t)(--l->length - i) * sizeof(int));
    return 1;
  }
  return 0;
}

static int own(int c) { return containers[c].list[ACTIVE].length + containers[c].list[INACTIVE].length; }

// Container c is in the subtree of container top.
static int below(int c, int top) {
  while (c != NONE && c != top) c = containers[c].parent;
  return c == top;
}

// The pages of its subtree: in a flat profile its own.
static int usage(int top) {
  int n = 0;
  for (int c = 0; c <= ROOT; c++) if (containers[c].exists && below(c, top)) n += own(c);
  return n;
}

// Mappings.

static int mapped(int p) {
  for (int t = 0; t < TASKS; t++) if (maps[t][p]) return 1;
  return 0;
}

static int pinned(int p) {
  for (int t = 0; t < TASKS; t++) if (pins[t][p]) return 1;
  return 0;
}

static void uncharge(int p) {
  for (int l = 0; l < 2; l++) take(&containers[owner[p]].list[l], p);
  owner[p] = NONE;
  referenced[p] = 0;
}

static void drop(int t, int p) {
  maps[t][p] = pins[t][p] = 0;
  if (!mapped(p)) uncharge(p);
}

static void free_page(int p) {
  for (int t = 0; t < TASKS; t++) maps[t][p] = pins[t][p] = 0;
  uncharge(p);
  freed[frees++] = p;
}

static void end_task(int t) {
  for (int p = 0; p < pages; p++) if (maps[t][p]) drop(t, p);
  home[t] = NONE;
}

// On a reference: an inactive page whose bit is set moves to the head of its owner's active list, and the bit is
// cleared. For any other page the bit is set.
static void reference(int p) {
  struct list *l = containers[owner[p]].list;
  if (referenced[p] && take(&l[INACTIVE], p)) {
    push(&l[ACTIVE], p);
    referenced[p] = 0;
  } else {
    referenced[p] = 1;
  }
}

// The charge: reclaim first, then kill.

static int shrink_active(int c, int count) {
  struct list *active = &containers[c].list[ACTIVE], *inactive = &containers[c].list[INACTIVE];
  if (count < 1) count = 1;
  if (count > active->length) count = active->length;
  for (int left = count; left > 0; left--) {
    int p = pop(active), again = referenced[p];
    referenced[p] = 0;
    push(again ? active : inactive, p);
  }
  return count > 0;
}

static int shrink_inactive(int c, int count, int batch, int *changed) {
  struct list *active = &containers[c].list[ACTIVE], *inactive = &containers[c].list[INACTIVE];
  int n = 0;
  for (int left = count; left > 0 && n < batch; left--) {
    int p = inactive->page[inactive->length - 1];
    if (pinned(p)) {
      push(inactive, pop(inactive));
    } else if (referenced[p]) {
      referenced[p] = 0;
      push(active, pop(inactive));
      *changed = 1;
    } else {
      free_page(p);
      n++;
    }
  }
  return n;
}

static int thirteen_passes(int c) {
  const struct list *lists = containers[c].list;
  for (int priority = 12, changed; priority >= 0; priority--) {
    shrink_active(c, (lists[ACTIVE].length >> priority) + 1);
    int count = (lists[INACTIVE].length >> priority) + 1;
    if (count > lists[INACTIVE].length) count = lists[INACTIVE].length;
    if (shrink_inactive(c, count, 1, &changed)) return 1;
  }
  return 0;
}

// A reclaim frees up to a batch of pages. One pass: (a) from the tail of active, max(1, |active| - |inactive|)
// pages (none if active is empty): a page with its bit set goes to the head of active, bit cleared; any other to
// the head of inactive. (b) From the tail of inactive, each page that was there after (a) at most once, until
// the batch is full: pinned, to the head of inactive; bit set, to the head of active, bit cleared; else it is
// freed. Passes are repeated until one frees a page, or one changes nothing: no bit, and no page to the other
// list (to the head of the same list is no change).
// In nested profiles a round is a pass over each container of the subtree, in ascending order, until the batch is full.
static int reclaim(int top) {
  if (rules->thirteen_passes) return thirteen_passes(top);
  for (;;) {
    int n = 0, changed = 0;
    for (int c = 0; c < CONTAINERS && n < rules->batch; c++) {
      if (!containers[c].exists || !below(c, top)) continue;
      const struct list *lists = containers[c].list;
      changed |= shrink_active(c, lists[ACTIVE].length - lists[INACTIVE].length);
      n += shrink_inactive(c, lists[INACTIVE].length, rules->batch - n, &changed);
    }
    if (n || !changed) return n > 0;
  }
}

static int mapped_pages(int t) {
  int n = 0;
  for (int p = 0; p < pages; p++) n += maps[t][p];
  return n;
}

static int kill_one(int top) {
  int victim = NONE;
  for (int t = 0; t < TASKS; t++) {
    if (home[t] == NONE || !below(home[t], top)) continue;
    if (victim == NONE || mapped_pages(t) > mapped_pages(victim)) victim = t;
  }
  if (victim == NONE) return 0;
  killed[kills++] = victim;
  end_task(victim);
  return 1;
}

static int fits(int c) {
  if (containers[c].limit == 0 && rules->zero_is_unlimited) return 1;
  return (unsigned long long)usage(c) + 1 <= containers[c].limit;
}

// The first of c's path, from c upwards, that has no room for a page more; NONE if all have.
static int refuser(int c) {
  while (c != NONE && fits(c)) c = containers[c].parent;
  return c;
}

//    touch t0 p9          usage = limit = 3
//         |
//         v                                            yes
//    usage + 1 <= limit? ------------------------------------> usage + 1, p9 to the head of active
//         | no
//         v
//    failcnt + 1
//         |
//         v                       yes
//    reclaim from the container: did it free a page? --------> reclaimed + 1, ask again
//         | no: every page is pinned
//         v
//    kill the member that maps the most pages, whoever owns them (among equals the lowest id)
//         |
//         +-- it was t0: the answer is KILLED, nothing stays charged
//         +-- it was another: ask again
//
// usage = limit is legal. With limit 0 nothing fits. failcnt counts every refused attempt, also when the charge
// succeeds in the end. The counter reclaimed counts reclaims that freed something, not pages (in the answer of a
// program, "reclaimed" is the list of the pages that this move freed). To kill a task is its exit. Tasks
// elsewhere may map pages of the container: killing a member frees nothing then, and the loop goes on until the
// charging task itself is the victim.
// In nested profiles the first of the path without room refuses and pays: its failcnt, its reclaimed, its subtree.
static const char *charge(int t, int home_of_t) {
  for (int c = refuser(home_of_t); c != NONE; c = refuser(home_of_t)) {
    containers[c].failcnt++;
    if (reclaim(c)) {
      containers[c].reclaimed++;
      continue;
    }
    kill_one(c);
    if (home[t] == NONE) return "KILLED";
  }
  return "ok";
}

static const char *fault(int t, int p) {
  int c = home[t];
  const char *outcome = charge(t, c);
  if (strcmp(outcome, "ok")) return outcome;
  if (owner[p] != NONE) { /* the charge was for a moment only: others map the page */
    maps[t][p] = 1;
    reference(p);
    return "ok";
  }
  owner[p] = c;
  push(&containers[c].list[ACTIVE], p);
  maps[t][p] = 1;
  return "ok";
}

// Containers.

static int members(int c) {
  int n = 0;
  for (int t = 0; t < TASKS; t++) n += home[t] == c;
  return n;
}

// A new container: usage 0, no limit, both counters 0, empty lists. In linux-v1, linux-v2: a second argument
// names its parent (left out: the root). Answers besides ok, in this order: EEXIST; in linux-v1, linux-v2:
// ENOENT: no such parent; in linux-v2: EBUSY: a task is in the parent (the kernel says so when the parent's
// children are given memory).
static const char *move_mkdir(const long long *arg) {
  int c = (int)arg[0], parent = (int)arg[1];
  if (containers[c].exists) return "EEXIST";
  if (rules->nested && !containers[parent].exists) return "ENOENT";
  if (rules->leaves_only && parent != ROOT && members(parent) > 0) return "EBUSY";
  make(c, rules->nested ? parent : NONE);
  return "ok";
}

// The pages of a container that goes pass to its parent. In the parent's usage, and in those above it, they were counted before.
static void pass(int c, int parent) {
  for (int l = 0; l < 2; l++) {
    while (containers[c].list[l].length > 0) {
      int p = pop(&containers[c].list[l]);
      push(&containers[parent].list[l], p);
      owner[p] = parent;
    }
  }
  containers[parent].children--;
}

// The container is gone. In linux-v1, linux-v2: the pages it owns pass to the parent: order, list and bit kept,
// to the heads of its lists. Answers besides ok, in this order: ENOENT; EBUSY: a task is in it, or it owns a
// page (in linux-v1, linux-v2: a task or a child is in it, or it is the root).
static const char *move_rmdir(const long long *arg) {
  int c = (int)arg[0];
  if (!containers[c].exists) return "ENOENT";
  if (c == ROOT || containers[c].children > 0 || members(c) > 0) return "EBUSY";
  if (own(c) > 0 && !rules->nested) return "EBUSY";
  if (rules->nested) pass(c, containers[c].parent);
  containers[c].exists = 0;
  return "ok";
}

// Writes the limit, 0 to 2^63 - 1; 2^63 - 1 is no limit. What happens if usage is above it: see lowering.
// Answers besides ok, in this order: ENOENT; EINVAL: below 0, above 2^63 - 1 (in v3.1: taken modulo 2^64; in
// linux-v1, linux-v2: or the root); in linux-v1: EBUSY: usage cannot be brought down to it.
static int huge, negative; /* number() has read a number above 2^63 - 1, or below 0 */

static const char *move_setLimit(const long long *arg) {
  int c = (int)arg[0];
  if (!containers[c].exists) return "ENOENT";
  unsigned long long limit = (unsigned long long)arg[1];
  if (c == ROOT || negative || (huge && !rules->wraps)) return "EINVAL";
  while ((rules->busy || rules->kills) && (unsigned long long)usage(c) > limit) {
    if (reclaim(c)) continue;
    if (rules->busy) return "EBUSY";
    if (!kill_one(c)) break;
  }
  containers[c].limit = limit;
  return "ok";
}

// Tasks.

// A new task in the container, without mappings. Answers besides ok, in this order: EEXIST; ENOENT; in linux-v2:
// EBUSY: the container has children.
static const char *move_spawn(const long long *arg) {
  int t = (int)arg[0], c = (int)arg[1];
  if (home[t] != NONE) return "EEXIST";
  if (!containers[c].exists) return "ENOENT";
  if (rules->leaves_only && c != ROOT && containers[c].children > 0) return "EBUSY";
  home[t] = c;
  return "ok";
}

// The second is a new task in the first one's container and maps what that maps. Nobody is charged, pins are not
// inherited. Answers besides ok, in this order: ESRCH; EEXIST.
static const char *move_fork(const long long *arg) {
  int t = (int)arg[0], child = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (home[child] != NONE) return "EEXIST";
  home[child] = home[t];
  memcpy(maps[child], maps[t], sizeof maps[t]);
  return "ok";
}

// Unmaps all its pages one by one, then it is gone. Answers besides ok, in this order: ESRCH.
static const char *move_exit(const long long *arg) {
  int t = (int)arg[0];
  if (home[t] == NONE) return "ESRCH";
  end_task(t);
  return "ok";
}

// Its future charges go to the container. Its pages stay where they are charged. No limit is looked at. Answers
// besides ok, in this order: ESRCH; ENOENT; in linux-v2: EBUSY: the container has children.
static const char *move_move(const long long *arg) {
  int t = (int)arg[0], c = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!containers[c].exists) return "ENOENT";
  if (rules->leaves_only && c != ROOT && containers[c].children > 0) return "EBUSY";
  home[t] = c;
  return "ok";
}

// Pages.

// Nobody maps the page: charge (below) the task's container, which owns it from now on; it goes to the head of
// active, its bit clear. The task maps it already: a reference. Others map it: the task maps it too, owner and
// lists stay, and it is a reference. Answers besides ok, in this order: ESRCH; KILLED.
static const char *move_touch(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (owner[p] == NONE || (rules->charges_for_a_moment && !maps[t][p])) return fault(t, p);
  maps[t][p] = 1;
  reference(p);
  return "ok";
}

// The task maps it no more, its pin goes too. The last mapper: the page leaves its list and its owner is
// uncharged. Not mapped by the task: nothing happens. Answers besides ok, in this order: ESRCH.
static const char *move_unmap(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p]) return "ok";
  drop(t, p);
  return "ok";
}

// Copy-on-write: charge the task's container for the second page, map it as a first touch does, then unmap the
// first, if the charge has not reclaimed it meanwhile. Answers besides ok, in this order: ESRCH; EINVAL: the
// task does not map the first, or somebody maps the second; KILLED.
static const char *move_copy(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1], q = (int)arg[2];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p] || owner[q] != NONE) return "EINVAL";
  const char *outcome = fault(t, q);
  if (!strcmp(outcome, "ok") && maps[t][p]) drop(t, p);
  return outcome;
}

// Locks a page that the task maps. Twice is once. Answers besides ok, in this order: ESRCH; ENOMEM: not mapped
// by the task.
static const char *move_pin(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p]) return "ENOMEM";
  pins[t][p] = 1;
  return "ok";
}

// Takes the task's own lock off. Answers besides ok, in this order: ESRCH; ENOMEM: not mapped by the task.
static const char *move_unpin(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p]) return "ENOMEM";
  pins[t][p] = 0;
  return "ok";
}

// A shortage of the whole machine: a mapped page that nobody has pinned is reclaimed, whatever its owner's limit
// is; no counter changes. Otherwise nothing happens.
static const char *move_evict(const long long *arg) {
  int p = (int)arg[0];
  if (owner[p] == NONE || pinned(p)) return "ok";
  free_page(p);
  return "ok";
}

static const struct {
  const char *name;
  const char *(*run)(const long long *arg);
} moves[] = {
    {"mkdir", move_mkdir}, {"rmdir", move_rmdir}, {"setLimit", move_setLimit}, {"spawn", move_spawn}, {"fork", move_fork},
    {"exit", move_exit},   {"move", move_move},   {"touch", move_touch},       {"unmap", move_unmap}, {"copy", move_copy},
    {"pin", move_pin},     {"unpin", move_unpin}, {"evict", move_evict},
};

static const char *apply(const char *name, const long long *arg) {
  kills = frees = 0;
  for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) if (!strcmp(moves[i].name, name)) return moves[i].run(arg);
  fprintf(stderr, "no such move: %s\n", name);
  exit(2);
}

// The protocol.

static void names(const char *key, char letter, const int *ids, int count) {
  printf("\"%s\":[", key);
  for (int i = 0; i < count; i++) printf("%s\"%c%d\"", i ? "," : "", letter, ids[i]);
  printf("]");
}

static const char *container_name(int c) {
  static char name[16];
  if (c == ROOT) return "root";
  snprintf(name, sizeof name, "c%d", c);
  return name;
}

static int tasks_with(unsigned char table[TASKS][PAGES], int p, int *out) {
  int n = 0;
  for (int t = 0; t < TASKS; t++) if (table[t][p]) out[n++] = t;
  return n;
}

static void show(void) {
  int ids[TASKS];
  const char *comma = "";
  printf("\"view\":{\"containers\":{");
  for (int c = 0; c <= ROOT; c++) {
    if (!containers[c].exists) continue;
    int n = 0;
    for (int t = 0; t < TASKS; t++) if (home[t] == c) ids[n++] = t;
    printf("%s\"%s\":{\"usage\":%d,\"limit\":%llu,\"failcnt\":%d,\"reclaimed\":%d,", comma, container_name(c), usage(c),
           containers[c].limit, containers[c].failcnt, containers[c].reclaimed);
    if (rules->nested) printf("\"own\":%d,", own(c));
    if (rules->nested && c != ROOT) printf("\"parent\":\"%s\",", container_name(containers[c].parent));
    names("tasks", 't', ids, n);
    for (int l = 0; l < 2; l++) {
      printf(",");
      names(l == ACTIVE ? "active" : "inactive", 'p', containers[c].list[l].page, containers[c].list[l].length);
    }
    printf("}");
    comma = ",";
  }
  printf("},\"pages\":{");
  comma = "";
  for (int p = 0; p < pages; p++) {
    if (owner[p] == NONE) continue;
    printf("%s\"p%d\":{\"owner\":\"%s\",\"referenced\":%s,", comma, p, container_name(owner[p]), referenced[p] ? "true" : "false");
    names("mappers", 't', ids, tasks_with(maps, p, ids));
    printf(",");
    names("pins", 't', ids, tasks_with(pins, p, ids));
    printf("}");
    comma = ",";
  }
  printf("}}");
}

// A number, with or without a letter and quotes: limits beyond 2^53 come as a string of digits. Modulo 2^64; `root` is ROOT.
static long long number(const char *text) {
  text += strspn(text, "\" ctp");
  if (!strncmp(text, "root", 4)) return ROOT;
  negative = *text == '-';
  unsigned long long n = 0;
  for (; *text >= '0' && *text <= '9'; text++) {
    unsigned digit = (unsigned)(*text - '0');
    if (n > (UNLIMITED - digit) / 10) huge = 1;
    n = n * 10 + digit;
  }
  return (long long)n;
}

// {"move":["touch","t1","p0"]}: the name, then numbers.
static void do_move(char *text) {
  char name[32] = "";
  long long arg[3] = {0, 0, 0};
  char *at = strchr(text, '[');
  if (!at || sscanf(at, "[\"%31[a-zA-Z]", name) != 1) exit(2);
  at = strchr(at, ',');
  huge = 0;
  for (int i = 0; i < 3 && at; i++, at = strchr(at + 1, ',')) arg[i] = number(at + 1);
  const char *outcome = apply(name, arg);
  printf("{\"outcome\":\"%s\",", outcome);
  names("killed", 't', killed, kills);
  printf(",");
  names("reclaimed", 'p', freed, frees);
  printf(",");
  show();
  printf("}\n");
}

// {"firsttouch":1,"profile":"letter","scope":{"containers":3,"tasks":4,"pages":8,"limit":9}}
static void greet(const char *line) {
  static const struct { const char *key; int most; } sizes[] = {{"\"containers\":", CONTAINERS}, {"\"tasks\":", TASKS}, {"\"pages\":", PAGES}};
  for (int i = 0; i < 3; i++) {
    const char *at = strstr(line, sizes[i].key);
    if (at && i == 2) pages = atoi(at + strlen(sizes[i].key));
    if (at && atoi(at + strlen(sizes[i].key)) > sizes[i].most) {
      puts("{\"skip\":\"the scope is larger than the tables\"}");
      return;
    }
  }
  for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
    if (!strstr(line, profiles[i].name)) continue;
    rules = &profiles[i];
    reset();
    puts("{\"ok\":true,\"trees\":true}");
    return;
  }
  puts("{\"skip\":\"a profile that is not implemented\"}");
}

int main(void) {
  static char line[65536];
  reset();
  while (fgets(line, sizeof line, stdin)) {
    if (strstr(line, "\"firsttouch\"")) {
      greet(line);
    } else if (strstr(line, "\"reset\"")) {
      reset();
      puts("{\"ok\":true}");
    } else {
      do_move(line);
    }
    fflush(stdout);
  }
  return 0;
}
