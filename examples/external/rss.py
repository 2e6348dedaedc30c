#!/usr/bin/env python3
"""An RSS controller in Python that speaks firsttouch's line protocol: a complete example of testing YOUR controller.

    npx firsttouch verify --profile letter --impl "python3 examples/external/rss.py"

It knows the profile `letter` and declines the others. One JSON value a line, on stdin and stdout.
"""
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
        if c in self.containers:
            raise Refused("EEXIST")
        self.containers[c] = Container()

    def rmdir(self, c):
        if self.container(c).usage() > 0 or c in self.home.values():
            raise Refused("EBUSY")
        del self.containers[c]

    def setLimit(self, c, n):
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
        if t in self.home:
            raise Refused("EEXIST")
        self.container(c)
        self.home[t], self.maps[t], self.pins[t] = c, set(), set()

    def fork(self, t, u):
        self.live(t)
        if u in self.home:
            raise Refused("EEXIST")
        self.home[u], self.maps[u], self.pins[u] = self.home[t], set(self.maps[t]), set()

    def exit(self, t):
        self.live(t)
        for p in list(self.maps[t]):
            self.drop(t, p)
        del self.home[t], self.maps[t], self.pins[t]

    def move(self, t, c):
        self.live(t)
        self.container(c)
        self.home[t] = c

    def live(self, t):
        if t not in self.home:
            raise Refused("ESRCH")

    # Pages.

    def touch(self, t, p):
        self.live(t)
        if p not in self.owner:
            return self.fault(t, p)
        self.maps[t].add(p)
        self.reference(p)

    def unmap(self, t, p):
        self.live(t)
        if p in self.maps[t]:
            self.drop(t, p)

    def copy(self, t, p, q):
        self.live(t)
        if p not in self.maps[t] or q in self.owner:
            raise Refused("EINVAL")
        self.fault(t, q)
        if p in self.maps[t]:
            self.drop(t, p)

    def pin(self, t, p):
        self.mapped(t, p)
        self.pins[t].add(p)

    def unpin(self, t, p):
        self.mapped(t, p)
        self.pins[t].discard(p)

    def evict(self, p):
        if p in self.owner and not self.pinned(p):
            self.free(p)

    def mapped(self, t, p):
        self.live(t)
        if p not in self.maps[t]:
            raise Refused("ENOMEM")

    def pinned(self, p):
        return any(p in pages for pages in self.pins.values())

    def reference(self, p):
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
