#!/usr/bin/env python3
# An RSS controller in Python that speaks firsttouch's line protocol: what `firsttouch init DIR --lang python` makes, with every move built.
#
#     npx firsttouch verify --impl "python3 examples/external/rss.py"
#
# It knows all four profiles, and containers within containers (trees). One JSON value a line, on stdin and stdout.
import json
import sys

UNLIMITED = 2**63 - 1

# What each profile has other than the letter (docs/contract.md, "Profiles").
PROFILES = {
    "letter": {},
    "v3.1": {"zero": "unlimited", "huge": "wraps", "scan": "13 passes", "shared": "charged for a moment"},
    "linux-v1": {"batch": 32, "nested": True, "lower": "reclaim or EBUSY"},
    "linux-v2": {"batch": 32, "nested": True, "lower": "reclaim, then kill", "inner tasks": "EBUSY"},
}


class Container:
    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent  # a Container, in nested profiles; the root has none
        self.children = []
        self.limit = UNLIMITED
        self.failcnt = self.reclaimed = 0
        self.active = []  # newest first
        self.inactive = []

    def usage(self):
        # The pages of its subtree: in a flat profile its own.
        return sum(each.own() for each in self.subtree())

    def own(self):
        return len(self.active) + len(self.inactive)

    def subtree(self):
        # It and all containers below it, in ascending order.
        below = [each for child in self.children for each in child.subtree()]
        return sorted([self, *below], key=lambda each: number(each.name))

    def path(self):
        # It, its parent, and so on up to the root.
        return [self, *(self.parent.path() if self.parent else [])]


class Refused(Exception):
    """The move is refused: args[0] is the errno."""


class Killed(Exception):
    """The acting task was the OOM victim."""


class Controller:
    rules = PROFILES["letter"]

    def __init__(self):
        self.containers = {}  # name -> Container
        if "nested" in self.rules:
            self.containers["root"] = Container("root")
        self.home = {}  # task -> name of its container
        self.maps = {}  # task -> pages it maps
        self.pins = {}  # task -> pages it has locked
        self.owner = {}  # page -> name of the container that is accounted for it
        self.referenced = set()
        self.shown = {"containers": {}, "pages": {}}  # the last view

    # Containers.

    def mkdir(self, c, parent="root"):
        # A new container: usage 0, no limit, both counters 0, empty lists. In linux-v1, linux-v2: a second argument
        # names its parent (left out: the root). Answers besides ok, in this order: EEXIST; in linux-v1, linux-v2:
        # ENOENT: no such parent; in linux-v2: EBUSY: a task is in the parent (the kernel says so when the parent's
        # children are given memory).
        if c in self.containers:
            raise Refused("EEXIST")
        above = self.container(parent) if "nested" in self.rules else None
        if "inner tasks" in self.rules and parent != "root" and parent in self.home.values():
            raise Refused("EBUSY")
        self.containers[c] = Container(c, above)
        if above:
            above.children.append(self.containers[c])

    def rmdir(self, c):
        # The container is gone. In linux-v1, linux-v2: the pages it owns pass to the parent: order, list and bit kept,
        # to the heads of its lists. Answers besides ok, in this order: ENOENT; EBUSY: a task is in it, or it owns a
        # page (in linux-v1, linux-v2: a task or a child is in it, or it is the root).
        container = self.container(c)
        if c == "root" or container.children or c in self.home.values():
            raise Refused("EBUSY")
        if container.own() > 0 and "nested" not in self.rules:
            raise Refused("EBUSY")
        if container.parent:
            self.pass_to(container, container.parent)
            container.parent.children.remove(container)
        del self.containers[c]

    def pass_to(self, container, parent):
        # In its usage, and in those above it, they were counted before.
        for p in container.active + container.inactive:
            self.owner[p] = parent.name
        parent.active[:0] = container.active
        parent.inactive[:0] = container.inactive

    def setLimit(self, c, n):
        # Writes the limit, 0 to 2^63 - 1; 2^63 - 1 is no limit. What happens if usage is above it: see lowering.
        # Answers besides ok, in this order: ENOENT; EINVAL: below 0, above 2^63 - 1 (in v3.1: taken modulo 2^64; in
        # linux-v1, linux-v2: or the root); in linux-v1: EBUSY: usage cannot be brought down to it.
        container = self.container(c)
        n = int(n)  # beyond 2^53 it comes as a string of digits
        if c == "root" or n < 0 or (n > UNLIMITED and "huge" not in self.rules):
            raise Refused("EINVAL")
        if "lower" in self.rules:
            self.lower(container, n)
        container.limit = n % 2**64

    def lower(self, container, n):
        # Reclaim in batches until the usage fits or a reclaim frees nothing. Then linux-v1 refuses; linux-v2 kills, and
        # reclaims again. It counts neither in failcnt nor in reclaimed.
        while container.usage() > n:
            if self.reclaim(container):
                continue
            if self.rules["lower"] == "reclaim or EBUSY":
                raise Refused("EBUSY")
            if self.kill(container) is None:
                break

    def container(self, c):
        if c not in self.containers:
            raise Refused("ENOENT")
        return self.containers[c]

    # Tasks.

    def spawn(self, t, c):
        # A new task in the container, without mappings. Answers besides ok, in this order: EEXIST; ENOENT; in linux-v2:
        # EBUSY: the container has children.
        if t in self.home:
            raise Refused("EEXIST")
        self.takes_tasks(c)
        self.home[t], self.maps[t], self.pins[t] = c, set(), set()

    def fork(self, t, u):
        # The second is a new task in the first one's container and maps what that maps. Nobody is charged, pins are not
        # inherited. Answers besides ok, in this order: ESRCH; EEXIST.
        self.live(t)
        if u in self.home:
            raise Refused("EEXIST")
        self.home[u], self.maps[u], self.pins[u] = self.home[t], set(self.maps[t]), set()

    def exit(self, t):
        # Unmaps all its pages one by one, then it is gone. Answers besides ok, in this order: ESRCH.
        self.live(t)
        for p in list(self.maps[t]):
            self.drop(t, p)
        del self.home[t], self.maps[t], self.pins[t]

    def move(self, t, c):
        # Its future charges go to the container. Its pages stay where they are charged. No limit is looked at. Answers
        # besides ok, in this order: ESRCH; ENOENT; in linux-v2: EBUSY: the container has children.
        self.live(t)
        self.takes_tasks(c)
        self.home[t] = c

    def takes_tasks(self, c):
        if self.container(c).children and c != "root" and "inner tasks" in self.rules:
            raise Refused("EBUSY")

    def live(self, t):
        if t not in self.home:
            raise Refused("ESRCH")

    # Pages.

    def touch(self, t, p):
        # Nobody maps the page: charge (below) the task's container, which owns it from now on; it goes to the head of
        # active, its bit clear. The task maps it already: a reference. Others map it: the task maps it too, owner and
        # lists stay, and it is a reference. Answers besides ok, in this order: ESRCH; KILLED.
        self.live(t)
        if p not in self.owner or ("shared" in self.rules and p not in self.maps[t]):
            return self.fault(t, p)
        self.maps[t].add(p)
        self.reference(p)

    def unmap(self, t, p):
        # The task maps it no more, its pin goes too. The last mapper: the page leaves its list and its owner is
        # uncharged. Not mapped by the task: nothing happens. Answers besides ok, in this order: ESRCH.
        self.live(t)
        if p in self.maps[t]:
            self.drop(t, p)

    def copy(self, t, p, q):
        # Copy-on-write: charge the task's container for the second page, map it as a first touch does, then unmap the
        # first, if the charge has not reclaimed it meanwhile. Answers besides ok, in this order: ESRCH; EINVAL: the
        # task does not map the first, or somebody maps the second; KILLED.
        self.live(t)
        if p not in self.maps[t] or q in self.owner:
            raise Refused("EINVAL")
        self.fault(t, q)
        if p in self.maps[t]:
            self.drop(t, p)

    def pin(self, t, p):
        # Locks a page that the task maps. Twice is once. Answers besides ok, in this order: ESRCH; ENOMEM: not mapped
        # by the task.
        self.mapped(t, p)
        self.pins[t].add(p)

    def unpin(self, t, p):
        # Takes the task's own lock off. Answers besides ok, in this order: ESRCH; ENOMEM: not mapped by the task.
        self.mapped(t, p)
        self.pins[t].discard(p)

    def evict(self, p):
        # A shortage of the whole machine: a mapped page that nobody has pinned is reclaimed, whatever its owner's limit
        # is; no counter changes. Otherwise nothing happens.
        if p in self.owner and not self.pinned(p):
            self.free(p)

    def mapped(self, t, p):
        self.live(t)
        if p not in self.maps[t]:
            raise Refused("ENOMEM")

    def pinned(self, p):
        return any(p in pages for pages in self.pins.values())

    def reference(self, p):
        # On a reference: an inactive page whose bit is set moves to the head of its owner's active list, and the bit is
        # cleared. For any other page the bit is set.
        container = self.containers[self.owner[p]]
        if p in container.inactive and p in self.referenced:
            container.inactive.remove(p)
            container.active.insert(0, p)
            self.referenced.remove(p)
        else:
            self.referenced.add(p)

    def drop(self, t, p):
        self.maps[t].discard(p)
        self.pins[t].discard(p)
        if not any(p in pages for pages in self.maps.values()):
            self.uncharge(p)

    def uncharge(self, p):
        container = self.containers[self.owner.pop(p)]
        for pages in (container.active, container.inactive):
            if p in pages:
                pages.remove(p)
        self.referenced.discard(p)

    def free(self, p):
        for t in self.maps:
            self.maps[t].discard(p)
            self.pins[t].discard(p)
        self.uncharge(p)
        self.freed.append(p)

    # The charge: reclaim first, then kill.

    def fault(self, t, p):
        name = self.home[t]
        self.charge(t, self.containers[name])
        if p in self.owner:  # the charge was for a moment only: others map the page
            self.maps[t].add(p)
            return self.reference(p)
        self.owner[p] = name
        self.containers[name].active.insert(0, p)
        self.maps[t].add(p)

    def charge(self, t, container):
        #    touch t0 p9          usage = limit = 3
        #         |
        #         v                                            yes
        #    usage + 1 <= limit? ------------------------------------> usage + 1, p9 to the head of active
        #         | no
        #         v
        #    failcnt + 1
        #         |
        #         v                       yes
        #    reclaim from the container: did it free a page? --------> reclaimed + 1, ask again
        #         | no: every page is pinned
        #         v
        #    kill the member that maps the most pages, whoever owns them (among equals the lowest id)
        #         |
        #         +-- it was t0: the answer is KILLED, nothing stays charged
        #         +-- it was another: ask again
        #
        # usage = limit is legal. With limit 0 nothing fits. failcnt counts every refused attempt, also when the charge
        # succeeds in the end. The counter reclaimed counts reclaims that freed something, not pages (in the answer of a
        # program, "reclaimed" is the list of the pages that this move freed). To kill a task is its exit. Tasks
        # elsewhere may map pages of the container: killing a member frees nothing then, and the loop goes on until the
        # charging task itself is the victim.
        # In nested profiles the first of the path without room refuses and pays: its failcnt, its reclaimed, its subtree.
        path = container.path()
        while container := next((each for each in path if not self.fits(each)), None):
            container.failcnt += 1
            if self.reclaim(container):
                container.reclaimed += 1
                continue
            if self.kill(container) == t:
                raise Killed()

    def fits(self, container):
        if container.limit == 0 and "zero" in self.rules:
            return True
        return container.usage() + 1 <= container.limit

    def kill(self, container):
        below = [each.name for each in container.subtree()]
        members = sorted((u for u in self.home if self.home[u] in below), key=number)
        if not members:
            return None
        victim = max(members, key=lambda u: len(self.maps[u]))
        self.killed.append(victim)
        self.exit(victim)
        return victim

    def reclaim(self, container):
        # A reclaim frees up to a batch of pages. One pass: (a) from the tail of active, max(1, |active| - |inactive|)
        # pages (none if active is empty): a page with its bit set goes to the head of active, bit cleared; any other to
        # the head of inactive. (b) From the tail of inactive, each page that was there after (a) at most once, until
        # the batch is full: pinned, to the head of inactive; bit set, to the head of active, bit cleared; else it is
        # freed. Passes are repeated until one frees a page, or one changes nothing: no bit, and no page to the other
        # list (to the head of the same list is no change).
        # In nested profiles a round is a pass over each container of the subtree, in ascending order, until the batch is full.
        if "scan" in self.rules:
            return self.thirteen_passes(container)
        batch = self.rules.get("batch", 1)
        while True:
            freed, changed = 0, False
            for each in container.subtree():
                if freed < batch:
                    changed |= self.shrink_active(each, len(each.active) - len(each.inactive))
                    some, moved = self.shrink_inactive(each, len(each.inactive), batch - freed)
                    freed, changed = freed + some, changed or moved
            if freed or not changed:
                return freed > 0

    def thirteen_passes(self, container):
        for priority in range(12, -1, -1):
            self.shrink_active(container, (len(container.active) >> priority) + 1)
            count = min(len(container.inactive), (len(container.inactive) >> priority) + 1)
            freed, _ = self.shrink_inactive(container, count, 1)
            if freed:
                return True
        return False

    def shrink_active(self, container, count):
        count = min(max(count, 1), len(container.active))
        for _ in range(count):
            p = container.active.pop()
            if p in self.referenced:
                self.referenced.remove(p)
                container.active.insert(0, p)
            else:
                container.inactive.insert(0, p)
        return count > 0

    def shrink_inactive(self, container, count, batch):
        freed, changed = 0, False
        for _ in range(count):
            if freed == batch:
                break
            p = container.inactive[-1]
            if self.pinned(p):
                container.inactive.insert(0, container.inactive.pop())
            elif p in self.referenced:
                self.referenced.remove(p)
                container.active.insert(0, container.inactive.pop())
                changed = True
            else:
                self.free(p)
                freed += 1
        return freed, changed

    # What an observer sees.

    def view(self):
        containers = {
            name: {
                "usage": c.usage(),
                "limit": c.limit,
                "failcnt": c.failcnt,
                "reclaimed": c.reclaimed,
                "tasks": sorted((t for t in self.home if self.home[t] == name), key=number),
                "active": list(c.active),
                "inactive": list(c.inactive),
            }
            for name, c in self.containers.items()
        }
        if "nested" in self.rules:
            for name, c in self.containers.items():
                containers[name]["own"] = c.own()
                containers[name]["parent"] = c.parent.name if c.parent else None
        pages = {
            p: {
                "owner": owner,
                "mappers": [t for t in self.maps if p in self.maps[t]],
                "pins": [t for t in self.pins if p in self.pins[t]],
                "referenced": p in self.referenced,
            }
            for p, owner in self.owner.items()
        }
        return {"containers": containers, "pages": pages}

    def look(self, view):
        """The whole view; what is other than in the last one ("changes"; null: it is gone); or none."""
        if view == "none":
            return {}
        before, now = self.shown, self.view()
        self.shown = now
        return {"view": now if view == "whole" else {part: changes(before[part], now[part]) for part in now}}

    def do(self, name, *args):
        self.killed, self.freed = [], []
        try:
            getattr(self, name)(*args)
            outcome = "ok"
        except Refused as refusal:
            outcome = refusal.args[0]
        except Killed:
            outcome = "KILLED"
        return {"outcome": outcome, "killed": self.killed, "reclaimed": self.freed}


def changes(before, now):
    return {name: now.get(name) for name in {**before, **now} if now.get(name) != before.get(name)}


def number(name):
    return -1 if name == "root" else int(name[1:])


def main():
    controller = Controller()
    for line in sys.stdin:
        message = json.loads(line)
        if "firsttouch" in message:
            if message["profile"] in PROFILES:
                Controller.rules = PROFILES[message["profile"]]
                controller = Controller()
                answer = {"ok": True, "trees": True, "changes": True}
            else:
                answer = {"skip": f"profile {message['profile']} is not implemented, these are: {', '.join(PROFILES)}"}
        elif "reset" in message:
            controller = Controller()
            answer = {"ok": True}
        elif "move" in message:
            answer = controller.do(*message["move"])
            answer.update(controller.look(message.get("view", "whole")))
        else:
            answer = controller.look(message["view"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
