#!/usr/bin/env python3
# An RSS controller that speaks firsttouch's line protocol: one JSON value a line, on stdin and stdout. README.md says how to run it.
# It knows the profile `letter` and declines the others. What is not built yet raises Todo.
# The rule of each move stands above it; what begins with `in linux-v1`, `in linux-v2` or `in v3.1` is for those profiles, and not for `letter`.
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


class Todo(Exception):
    """Not built yet: args[0] says what. Delete it when nothing raises it any more."""


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
        # contract: mkdir
        if c in self.containers:
            raise Refused("EEXIST")
        self.containers[c] = Container()

    def rmdir(self, c):
        # contract: rmdir
        if self.container(c).usage() > 0 or c in self.home.values():
            raise Refused("EBUSY")
        raise Todo("rmdir")

    def setLimit(self, c, n):
        # contract: setLimit
        container = self.container(c)
        if not 0 <= int(n) <= UNLIMITED:  # beyond 2^53 it comes as a string of digits
            raise Refused("EINVAL")
        raise Todo("setLimit")

    def container(self, c):
        if c not in self.containers:
            raise Refused("ENOENT")
        return self.containers[c]

    # Tasks.

    def spawn(self, t, c):
        # contract: spawn
        if t in self.home:
            raise Refused("EEXIST")
        self.container(c)
        self.home[t], self.maps[t], self.pins[t] = c, set(), set()

    def fork(self, t, u):
        # contract: fork
        self.live(t)
        if u in self.home:
            raise Refused("EEXIST")
        raise Todo("fork")

    def exit(self, t):
        # contract: exit
        self.live(t)
        raise Todo("exit")

    def move(self, t, c):
        # contract: move
        self.live(t)
        self.container(c)
        raise Todo("move")

    def live(self, t):
        if t not in self.home:
            raise Refused("ESRCH")

    # Pages.

    def touch(self, t, p):
        # contract: touch
        self.live(t)
        if p not in self.owner:
            return self.fault(t, p)
        self.maps[t].add(p)
        self.reference(p)

    def unmap(self, t, p):
        # contract: unmap
        self.live(t)
        if p in self.maps[t]:
            raise Todo("unmap")

    def copy(self, t, p, q):
        # contract: copy
        self.live(t)
        if p not in self.maps[t] or q in self.owner:
            raise Refused("EINVAL")
        raise Todo("copy")

    def pin(self, t, p):
        # contract: pin
        self.mapped(t, p)
        raise Todo("pin")

    def unpin(self, t, p):
        # contract: unpin
        self.mapped(t, p)
        raise Todo("unpin")

    def evict(self, p):
        # contract: evict
        if p in self.owner and not self.pinned(p):
            raise Todo("evict")

    def mapped(self, t, p):
        self.live(t)
        if p not in self.maps[t]:
            raise Refused("ENOMEM")

    def pinned(self, p):
        return any(p in pages for pages in self.pins.values())

    def reference(self, p):
        # contract: reference
        container = self.containers[self.owner[p]]
        if p in container.inactive and p in self.referenced:
            container.inactive.remove(p)
            container.active.insert(0, p)
            self.referenced.remove(p)
        else:
            self.referenced.add(p)

    # The charge: reclaim first, then kill.

    def fault(self, t, p):
        name = self.home[t]
        self.charge(t, self.containers[name])
        self.owner[p] = name
        self.containers[name].active.insert(0, p)
        self.maps[t].add(p)

    def charge(self, t, container):
        # contract: charge
        while container.usage() + 1 > container.limit:
            container.failcnt += 1
            if self.reclaim(container):
                container.reclaimed += 1
                continue
            raise Todo("the OOM killer, in charge")

    def reclaim(self, container):
        # contract: reclaim
        raise Todo("reclaim")

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
        except Todo as todo:
            return {"todo": todo.args[0]}
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
