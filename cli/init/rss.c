// An RSS controller that speaks firsttouch's line protocol: one JSON value a line, on stdin and stdout. README.md says how to run it.
// It knows the profile `letter` and declines the others. Sizes are fixed: a scope beyond them is declined, too.
// What is not built yet answers todo(...).
// The rule of each move stands above it; what begins with `in linux-v1`, `in linux-v2` or `in v3.1` is for those profiles, and not for `letter`.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTAINERS = 64, TASKS = 64, PAGES = 256, NONE = -1 };
enum { ACTIVE, INACTIVE };
static const long long UNLIMITED = 9223372036854775807LL;

struct list {
  int length, page[PAGES]; /* newest first */
};

static struct {
  int exists;
  long long limit;
  int failcnt, reclaimed;
  struct list list[2];
} containers[CONTAINERS];

static int home[TASKS]; /* the task's container; NONE: no such task */
static unsigned char maps[TASKS][PAGES], pins[TASKS][PAGES];
static int owner[PAGES];
static unsigned char referenced[PAGES];

static int killed[TASKS], kills, freed[PAGES], frees;
static const char *not_built; /* what todo() was told; NULL: nothing */

static const char *todo(const char *what) {
  if (!not_built) not_built = what;
  return "";
}

static void reset(void) {
  memset(containers, 0, sizeof containers);
  memset(maps, 0, sizeof maps);
  memset(pins, 0, sizeof pins);
  memset(referenced, 0, sizeof referenced);
  for (int t = 0; t < TASKS; t++) home[t] = NONE;
  for (int p = 0; p < PAGES; p++) owner[p] = NONE;
}

// Lists.

static void push(struct list *l, int p) {
  memmove(l->page + 1, l->page, (size_t)l->length++ * sizeof(int));
  l->page[0] = p;
}

static int take(struct list *l, int p) {
  for (int i = 0; i < l->length; i++) {
    if (l->page[i] != p) continue;
    memmove(l->page + i, l->page + i + 1, (size_t)(--l->length - i) * sizeof(int));
    return 1;
  }
  return 0;
}

static int usage(int c) { return containers[c].list[ACTIVE].length + containers[c].list[INACTIVE].length; }

// Mappings.

static int pinned(int p) {
  for (int t = 0; t < TASKS; t++) if (pins[t][p]) return 1;
  return 0;
}

// contract: reference
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

// contract: reclaim
static int reclaim(int c) {
  (void)c;
  todo("reclaim");
  return 0;
}

// contract: charge
static const char *charge(int t, int c) {
  (void)t;
  while (usage(c) + 1 > containers[c].limit) {
    containers[c].failcnt++;
    if (reclaim(c)) {
      containers[c].reclaimed++;
      continue;
    }
    return todo("the OOM killer, in charge");
  }
  return "ok";
}

static const char *fault(int t, int p) {
  int c = home[t];
  const char *outcome = charge(t, c);
  if (strcmp(outcome, "ok")) return outcome;
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

// contract: mkdir
static const char *move_mkdir(const long long *arg) {
  int c = (int)arg[0];
  if (containers[c].exists) return "EEXIST";
  memset(&containers[c], 0, sizeof containers[c]);
  containers[c].exists = 1;
  containers[c].limit = UNLIMITED;
  return "ok";
}

// contract: rmdir
static const char *move_rmdir(const long long *arg) {
  int c = (int)arg[0];
  if (!containers[c].exists) return "ENOENT";
  if (usage(c) > 0 || members(c) > 0) return "EBUSY";
  return todo("rmdir");
}

// contract: setLimit
static const char *move_setLimit(const long long *arg) {
  int c = (int)arg[0];
  if (!containers[c].exists) return "ENOENT";
  if (arg[1] < 0) return "EINVAL"; /* number() makes -1 of what is too large */
  return todo("setLimit");
}

// Tasks.

// contract: spawn
static const char *move_spawn(const long long *arg) {
  int t = (int)arg[0], c = (int)arg[1];
  if (home[t] != NONE) return "EEXIST";
  if (!containers[c].exists) return "ENOENT";
  home[t] = c;
  return "ok";
}

// contract: fork
static const char *move_fork(const long long *arg) {
  int t = (int)arg[0], child = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (home[child] != NONE) return "EEXIST";
  return todo("fork");
}

// contract: exit
static const char *move_exit(const long long *arg) {
  int t = (int)arg[0];
  if (home[t] == NONE) return "ESRCH";
  return todo("exit");
}

// contract: move
static const char *move_move(const long long *arg) {
  int t = (int)arg[0], c = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!containers[c].exists) return "ENOENT";
  return todo("move");
}

// Pages.

// contract: touch
static const char *move_touch(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (owner[p] == NONE) return fault(t, p);
  maps[t][p] = 1;
  reference(p);
  return "ok";
}

// contract: unmap
static const char *move_unmap(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p]) return "ok";
  return todo("unmap");
}

// contract: copy
static const char *move_copy(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1], q = (int)arg[2];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p] || owner[q] != NONE) return "EINVAL";
  return todo("copy");
}

// contract: pin
static const char *move_pin(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p]) return "ENOMEM";
  return todo("pin");
}

// contract: unpin
static const char *move_unpin(const long long *arg) {
  int t = (int)arg[0], p = (int)arg[1];
  if (home[t] == NONE) return "ESRCH";
  if (!maps[t][p]) return "ENOMEM";
  return todo("unpin");
}

// contract: evict
static const char *move_evict(const long long *arg) {
  int p = (int)arg[0];
  if (owner[p] == NONE || pinned(p)) return "ok";
  return todo("evict");
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
  not_built = NULL;
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

static int tasks_with(unsigned char table[TASKS][PAGES], int p, int *out) {
  int n = 0;
  for (int t = 0; t < TASKS; t++) if (table[t][p]) out[n++] = t;
  return n;
}

static void show(void) {
  int ids[TASKS];
  const char *comma = "";
  printf("\"view\":{\"containers\":{");
  for (int c = 0; c < CONTAINERS; c++) {
    if (!containers[c].exists) continue;
    int n = 0;
    for (int t = 0; t < TASKS; t++) if (home[t] == c) ids[n++] = t;
    printf("%s\"c%d\":{\"usage\":%d,\"limit\":%lld,\"failcnt\":%d,\"reclaimed\":%d,", comma, c, usage(c),
           containers[c].limit, containers[c].failcnt, containers[c].reclaimed);
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
  for (int p = 0; p < PAGES; p++) {
    if (owner[p] == NONE) continue;
    printf("%s\"p%d\":{\"owner\":\"c%d\",\"referenced\":%s,", comma, p, owner[p], referenced[p] ? "true" : "false");
    names("mappers", 't', ids, tasks_with(maps, p, ids));
    printf(",");
    names("pins", 't', ids, tasks_with(pins, p, ids));
    printf("}");
    comma = ",";
  }
  printf("}}");
}

// A number, with or without a letter and quotes: limits beyond 2^53 come as a string of digits. One that is too large for us is -1.
static long long number(const char *text) {
  errno = 0;
  long long n = strtoll(text + strspn(text, "\" ctp"), NULL, 10);
  return errno == ERANGE ? -1 : n;
}

// {"move":["touch","t1","p0"]}: the name, then numbers.
static void do_move(char *text) {
  char name[32] = "";
  long long arg[3] = {0, 0, 0};
  char *at = strchr(text, '[');
  if (!at || sscanf(at, "[\"%31[a-zA-Z]", name) != 1) exit(2);
  at = strchr(at, ',');
  for (int i = 0; i < 3 && at; i++, at = strchr(at + 1, ',')) arg[i] = number(at + 1);
  const char *outcome = apply(name, arg);
  if (not_built) {
    printf("{\"todo\":\"%s\"}\n", not_built);
    return;
  }
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
    if (at && atoi(at + strlen(sizes[i].key)) > sizes[i].most) {
      puts("{\"skip\":\"the scope is larger than the tables\"}");
      return;
    }
  }
  puts(strstr(line, "\"letter\"") ? "{\"ok\":true}" : "{\"skip\":\"only profile letter is implemented\"}");
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
