/* An RSS controller in C that speaks firsttouch's line protocol: a complete example of testing YOUR controller.

       cc -O2 -o /tmp/rss examples/external/rss.c
       npx firsttouch verify --profile letter --impl /tmp/rss

   It knows the profile `letter` and declines the others. One JSON value a line, on stdin and stdout. Sizes are fixed: what a scope asks for
   beyond them is declined, too. */
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

static void reset(void) {
  memset(containers, 0, sizeof containers);
  memset(maps, 0, sizeof maps);
  memset(pins, 0, sizeof pins);
  memset(referenced, 0, sizeof referenced);
  for (int t = 0; t < TASKS; t++) home[t] = NONE;
  for (int p = 0; p < PAGES; p++) owner[p] = NONE;
}

/* Lists. */

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

static int usage(int c) { return containers[c].list[ACTIVE].length + containers[c].list[INACTIVE].length; }

/* Mappings. */

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

static void reference(int p) {
  struct list *l = containers[owner[p]].list;
  if (referenced[p] && take(&l[INACTIVE], p)) {
    push(&l[ACTIVE], p);
    referenced[p] = 0;
  } else {
    referenced[p] = 1;
  }
}

static void end_task(int t) {
  for (int p = 0; p < PAGES; p++) if (maps[t][p]) drop(t, p);
  home[t] = NONE;
}

/* The charge: reclaim first, then kill. */

static int shrink_active(int c) {
  struct list *active = &containers[c].list[ACTIVE], *inactive = &containers[c].list[INACTIVE];
  int count = active->length - inactive->length;
  if (count < 1) count = active->length > 0;
  for (int left = count; left > 0; left--) {
    int p = pop(active), again = referenced[p];
    referenced[p] = 0;
    push(again ? active : inactive, p);
  }
  return count > 0;
}

static int reclaim(int c) {
  struct list *active = &containers[c].list[ACTIVE], *inactive = &containers[c].list[INACTIVE];
  for (;;) {
    int changed = shrink_active(c);
    for (int left = inactive->length; left > 0; left--) {
      int p = inactive->page[inactive->length - 1];
      if (pinned(p)) {
        push(inactive, pop(inactive));
      } else if (referenced[p]) {
        referenced[p] = 0;
        push(active, pop(inactive));
        changed = 1;
      } else {
        free_page(p);
        return 1;
      }
    }
    if (!changed) return 0;
  }
}

static int mapped_pages(int t) {
  int n = 0;
  for (int p = 0; p < PAGES; p++) n += maps[t][p];
  return n;
}

static void kill_one(int c) {
  int victim = NONE;
  for (int t = 0; t < TASKS; t++) {
    if (home[t] == c && (victim == NONE || mapped_pages(t) > mapped_pages(victim))) victim = t;
  }
  killed[kills++] = victim;
  end_task(victim);
}

static const char *fault(int t, int p) {
  int c = home[t];
  while (usage(c) + 1 > containers[c].limit) {
    containers[c].failcnt++;
    if (reclaim(c)) {
      containers[c].reclaimed++;
      continue;
    }
    kill_one(c);
    if (home[t] == NONE) return "KILLED";
  }
  owner[p] = c;
  push(&containers[c].list[ACTIVE], p);
  maps[t][p] = 1;
  return "ok";
}

/* The moves. */

static int members(int c) {
  int n = 0;
  for (int t = 0; t < TASKS; t++) n += home[t] == c;
  return n;
}

static const char *on_container(const char *name, int c, long long n) {
  if (!strcmp(name, "mkdir")) {
    if (containers[c].exists) return "EEXIST";
    memset(&containers[c], 0, sizeof containers[c]);
    containers[c].exists = 1;
    containers[c].limit = UNLIMITED;
    return "ok";
  }
  if (!containers[c].exists) return "ENOENT";
  if (!strcmp(name, "setLimit")) {
    if (n < 0) return "EINVAL";
    containers[c].limit = n;
    return "ok";
  }
  if (usage(c) > 0 || members(c) > 0) return "EBUSY";
  containers[c].exists = 0;
  return "ok";
}

static const char *on_task(const char *name, int t, int other) {
  if (!strcmp(name, "spawn")) {
    if (home[t] != NONE) return "EEXIST";
    if (!containers[other].exists) return "ENOENT";
    home[t] = other;
    return "ok";
  }
  if (home[t] == NONE) return "ESRCH";
  if (!strcmp(name, "exit")) {
    end_task(t);
  } else if (!strcmp(name, "move")) {
    if (!containers[other].exists) return "ENOENT";
    home[t] = other;
  } else {
    if (home[other] != NONE) return "EEXIST";
    home[other] = home[t];
    memcpy(maps[other], maps[t], PAGES);
  }
  return "ok";
}

static const char *on_page(const char *name, int t, int p, int q) {
  if (home[t] == NONE) return "ESRCH";
  if (!strcmp(name, "touch")) {
    if (owner[p] == NONE) return fault(t, p);
    maps[t][p] = 1;
    reference(p);
  } else if (!strcmp(name, "unmap")) {
    if (maps[t][p]) drop(t, p);
  } else if (!strcmp(name, "copy")) {
    if (!maps[t][p] || owner[q] != NONE) return "EINVAL";
    const char *outcome = fault(t, q);
    if (!strcmp(outcome, "ok") && maps[t][p]) drop(t, p);
    return outcome;
  } else {
    if (!maps[t][p]) return "ENOMEM";
    pins[t][p] = !strcmp(name, "pin");
  }
  return "ok";
}

static const char *apply(const char *name, const long long *arg) {
  int a = (int)arg[0], b = (int)arg[1], c = (int)arg[2];
  kills = frees = 0;
  if (!strcmp(name, "mkdir") || !strcmp(name, "rmdir") || !strcmp(name, "setLimit")) return on_container(name, a, arg[1]);
  if (!strcmp(name, "spawn") || !strcmp(name, "fork") || !strcmp(name, "exit") || !strcmp(name, "move"))
    return on_task(name, a, b);
  if (!strcmp(name, "evict")) {
    if (owner[a] != NONE && !pinned(a)) free_page(a);
    return "ok";
  }
  return on_page(name, a, b, c);
}

/* The protocol. */

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

/* A number, with or without a letter and quotes: limits beyond 2^53 come as a string of digits. One that is too large for us is no limit: -1. */
static long long number(const char *text) {
  errno = 0;
  long long n = strtoll(text + strspn(text, "\" ctp"), NULL, 10);
  return errno == ERANGE ? -1 : n;
}

/* {"move":["touch","t1","p0"]}: the name, then numbers. */
static void do_move(char *text) {
  char name[32] = "";
  long long arg[3] = {0, 0, 0};
  char *at = strchr(text, '[');
  if (!at || sscanf(at, "[\"%31[a-zA-Z]", name) != 1) exit(2);
  at = strchr(at, ',');
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

int main(void) {
  static char line[65536];
  reset();
  while (fgets(line, sizeof line, stdin)) {
    if (strstr(line, "\"firsttouch\"")) {
      int known = strstr(line, "\"letter\"") != NULL;
      puts(known ? "{\"ok\":true}" : "{\"skip\":\"only profile letter is implemented\"}");
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
