#!/usr/bin/env python3
# An RSS controller in Python that speaks firsttouch's line protocol: what `firsttouch init DIR --lang python` makes, with every move built.
#
#     npx firsttouch verify --profile letter --impl "python3 examples/external/rss.py"
#
# It knows the profile `letter` and declines the others. One JSON value a line, on stdin and stdout.
import json
import sys

UNLIMITED = 2**63 - 1


class Container:
    def __init__(self):
        self.limit = UNLIMITED
        self.failcnt = self.reclaimed = 0
        self.active = []  # newest first
        self.inactive = []

    def usage(self):
        return len(self.active) + len(self.inactive)


class Refused(Exception):
    """The move is refused: args[0] is the errno."""


class Killed(Exception):
    """The acting task was the OOM victim."""


class Controller:
    def __init__(self):
        self.containers = {}  # name -> Container
        self.home = {}  # task -> name of its container
        self.maps = {}  # task -> pages it maps
        self.pins = {}  # task -> pages it has locked
        self.owner = {}  # page -> name of the container that is accounted for it
        self.referenced = set()
        self.shown = {"containers": {}, "pages": {}}  # the last view

    # Containers.

    def mkdir(self, c):
        # A new container: usage 0, no limit, both counters 0, empty lists. In nested profiles a second argument names
        # its parent (left out: the root). Answers besides ok, in this order: EEXIST; ENOENT: no such parent; EBUSY:
        # linux-v2, a task is in the parent.
        if c in self.containers:
            raise Refused("EEXIST")
        self.containers[c] = Container()

    def rmdir(self, c):
        # The container is gone. In the linux profiles the pages it owns pass to the parent: order, list and bit kept,
        # to the heads of its lists. Answers besides ok, in this order: ENOENT; EBUSY: a task or a child is in it, or
        # (letter, v3.1) it owns a page; the root.
        if self.container(c).usage() > 0 or c in self.home.values():
            raise Refused("EBUSY")
        del self.containers[c]

    def setLimit(self, c, n):
        # Writes the limit, 0 to 2^63 - 1; 2^63 - 1 is no limit. What happens if usage is above it: see lowering.
        # Answers besides ok, in this order: ENOENT; EINVAL: below 0, above 2^63 - 1 (v3.1: taken modulo 2^64), or the
        # root; EBUSY: linux-v1, usage cannot be brought down to it.
        container = self.container(c)
        if not 0 <= int(n) <= UNLIMITED:  # beyond 2^53 it comes as a string of digits
            raise Refused("EINVAL")
        container.limit = int(n)

    def container(self, c):
        if c not in self.containers:
            raise Refused("ENOENT")
        return self.containers[c]

    # Tasks.

    def spawn(self, t, c):
        # A new task in the container, without mappings. Answers besides ok, in this order: EEXIST; ENOENT; EBUSY:
        # linux-v2, the container has children.
        if t in self.home:
            raise Refused("EEXIST")
        self.container(c)
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
        # besides ok, in this order: ESRCH; ENOENT; EBUSY: linux-v2, the container has children.
        self.live(t)
        self.container(c)
        self.home[t] = c

    def live(self, t):
        if t not in self.home:
            raise Refused("ESRCH")

    # Pages.

    def touch(self, t, p):
        # Nobody maps the page: charge (below) the task's container, which owns it from now on; it goes to the head of
        # active, its bit clear. The task maps it already: a reference. Others map it: the task maps it too, owner and
        # lists stay, and it is a reference. Answers besides ok, in this order: ESRCH; KILLED.
        self.live(t)
        if p not in self.owner:
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
        # is. Otherwise nothing happens.
        if p in self.owner and not self.pinned(p):
            self.free(p)

    def mapped(self, t, p):
        self.live(t)
        if p not in self.maps[t]:
            raise Refused("ENOMEM")

    def pinned(self, p):
        return any(p in pages for pages in self.pins.values())

    def reference(self, p):
        # A reference sets the page's bit if the page is active, or inactive with its bit clear. An inactive page whose
        # bit is set moves to the head of its owner's active list, and the bit is cleared.
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
        #    kill the member with the most mapped pages (among equals the lowest id)
        #         |
        #         +-- it was t0: the answer is KILLED, nothing stays charged
        #         +-- it was another: ask again
        #
        # usage = limit is legal. With limit 0 nothing fits. failcnt counts every refused attempt, also when the charge
        # succeeds in the end; reclaimed counts reclaims that freed something, not pages. To kill a task is its exit.
        # Tasks elsewhere may map pages of the container: killing a member frees nothing then, and the loop goes on
        # until the charging task itself is the victim.
        while container.usage() + 1 > container.limit:
            container.failcnt += 1
            if self.reclaim(container):
                container.reclaimed += 1
                continue
            members = sorted((u for u in self.home if self.containers[self.home[u]] is container), key=number)
            victim = max(members, key=lambda u: len(self.maps[u]))
            self.killed.append(victim)
            self.exit(victim)
            if victim == t:
                raise Killed()

    def reclaim(self, container):
        # A reclaim frees up to a batch of pages. One pass: (a) from the tail of active, as many pages as active has
        # more than inactive, at least one if there is any: a page with its bit set goes to the head of active, bit
        # cleared; any other to the head of inactive. (b) From the tail of inactive, each page that was there after (a)
        # at most once, until the batch is full: pinned, to the head of inactive; bit set, to the head of active, bit
        # cleared; else it is freed. Passes go on until one freed a page, or one changed no bit and moved no page from
        # list to list.
        while True:
            changed = self.shrink_active(container)
            for _ in range(len(container.inactive)):
                p = container.inactive[-1]
                if self.pinned(p):
                    container.inactive.insert(0, container.inactive.pop())
                elif p in self.referenced:
                    self.referenced.remove(p)
                    container.active.insert(0, container.inactive.pop())
                    changed = True
                else:
                    self.free(p)
                    return True
            if not changed:
                return False

    def shrink_active(self, container):
        count = max(len(container.active) - len(container.inactive), 1 if container.active else 0)
        for _ in range(count):
            p = container.active.pop()
            if p in self.referenced:
                self.referenced.remove(p)
                container.active.insert(0, p)
            else:
                container.inactive.insert(0, p)
        return count > 0

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
    return int(name[1:])


def main():
    controller = Controller()
    for line in sys.stdin:
        message = json.loads(line)
        if "firsttouch" in message:
            if message["profile"] == "letter":
                answer = {"ok": True, "changes": True}
            else:
                answer = {"skip": f"only profile letter is implemented, not {message['profile']}"}
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
