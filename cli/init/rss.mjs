// An RSS controller that speaks firsttouch's line protocol: one JSON value a line, on stdin and stdout. README.md says how to run it.
// It knows the profile `letter` and declines the others. What is not built yet throws Todo.
// The rule of each move stands above it; what begins with `in linux-v1`, `in linux-v2` or `in v3.1` is for those profiles, and not for `letter`.
import { createInterface } from 'node:readline';

const UNLIMITED = 2n ** 63n - 1n;

/** The move is refused, by this errno. */
class Refused extends Error {}
/** The acting task was the OOM victim. */
class Killed extends Error {}
/** Not built yet: the message says what. */
class Todo extends Error {}

class Controller {
  /** By name: { limit, failcnt, reclaimed, active, inactive }; the lists are newest first. */
  containers = new Map();
  /** By task: { home: the name of its container, maps: pages it maps, pins: pages it has locked }. */
  tasks = new Map();
  /** By page: the name of the container that is accounted for it. */
  owner = new Map();
  referenced = new Set();
  killed = [];
  freed = [];

  // Containers.

  // contract: mkdir
  mkdir(c) {
    if (this.containers.has(c)) throw new Refused('EEXIST');
    this.containers.set(c, { limit: UNLIMITED, failcnt: 0, reclaimed: 0, active: [], inactive: [] });
  }

  // contract: rmdir
  rmdir(c) {
    if (usage(this.container(c)) > 0 || this.members(c).length > 0) throw new Refused('EBUSY');
    throw new Todo('rmdir');
  }

  // contract: setLimit
  setLimit(c, n) {
    this.container(c);
    const limit = BigInt(n); // beyond 2^53 it comes as a string of digits
    if (limit < 0n || limit > UNLIMITED) throw new Refused('EINVAL');
    throw new Todo('setLimit');
  }

  container(c) {
    const container = this.containers.get(c);
    if (!container) throw new Refused('ENOENT');
    return container;
  }

  members(c) {
    return [...this.tasks].filter(([, { home }]) => home === c).map(([t]) => t);
  }

  // Tasks.

  // contract: spawn
  spawn(t, c) {
    if (this.tasks.has(t)) throw new Refused('EEXIST');
    this.container(c);
    this.tasks.set(t, { home: c, maps: new Set(), pins: new Set() });
  }

  // contract: fork
  fork(t, u) {
    this.live(t);
    if (this.tasks.has(u)) throw new Refused('EEXIST');
    throw new Todo('fork');
  }

  // contract: exit
  exit(t) {
    this.live(t);
    throw new Todo('exit');
  }

  // contract: move
  move(t, c) {
    this.live(t);
    this.container(c);
    throw new Todo('move');
  }

  live(t) {
    const task = this.tasks.get(t);
    if (!task) throw new Refused('ESRCH');
    return task;
  }

  // Pages.

  // contract: touch
  touch(t, p) {
    const task = this.live(t);
    if (!this.owner.has(p)) return this.fault(t, p);
    task.maps.add(p);
    this.reference(p);
  }

  // contract: unmap
  unmap(t, p) {
    if (this.live(t).maps.has(p)) throw new Todo('unmap');
  }

  // contract: copy
  copy(t, p, q) {
    if (!this.live(t).maps.has(p) || this.owner.has(q)) throw new Refused('EINVAL');
    throw new Todo('copy');
  }

  // contract: pin
  pin(t, p) {
    this.mapped(t, p);
    throw new Todo('pin');
  }

  // contract: unpin
  unpin(t, p) {
    this.mapped(t, p);
    throw new Todo('unpin');
  }

  // contract: evict
  evict(p) {
    if (this.owner.has(p) && !this.pinned(p)) throw new Todo('evict');
  }

  mapped(t, p) {
    const task = this.live(t);
    if (!task.maps.has(p)) throw new Refused('ENOMEM');
    return task;
  }

  pinned(p) {
    return [...this.tasks.values()].some(({ pins }) => pins.has(p));
  }

  // contract: reference
  reference(p) {
    const { active, inactive } = this.containers.get(this.owner.get(p));
    if (inactive.includes(p) && this.referenced.has(p)) {
      inactive.splice(inactive.indexOf(p), 1);
      active.unshift(p);
      this.referenced.delete(p);
    } else {
      this.referenced.add(p);
    }
  }

  // The charge: reclaim first, then kill.

  fault(t, p) {
    const { home, maps } = this.tasks.get(t);
    const container = this.containers.get(home);
    this.charge(t, container);
    this.owner.set(p, home);
    container.active.unshift(p);
    maps.add(p);
  }

  // contract: charge
  charge(_t, container) {
    while (BigInt(usage(container)) + 1n > container.limit) {
      container.failcnt += 1;
      if (this.reclaim(container)) {
        container.reclaimed += 1;
        continue;
      }
      throw new Todo('the OOM killer, in charge');
    }
  }

  // contract: reclaim
  reclaim(_container) {
    throw new Todo('reclaim');
  }

  // What an observer sees.

  view() {
    const containers = [...this.containers].map(([name, { limit, ...c }]) => [
      name,
      { usage: usage(c), limit: String(limit), ...c, tasks: this.members(name) },
    ]);
    const having = (p, what) => [...this.tasks].filter(([, task]) => task[what].has(p)).map(([t]) => t);
    const pages = [...this.owner].map(([p, owner]) => [
      p,
      { owner, mappers: having(p, 'maps'), pins: having(p, 'pins'), referenced: this.referenced.has(p) },
    ]);
    return { containers: Object.fromEntries(containers), pages: Object.fromEntries(pages) };
  }

  do([name, ...args]) {
    this.killed = [];
    this.freed = [];
    let outcome = 'ok';
    try {
      this[name](...args);
    } catch (error) {
      if (error instanceof Todo) return { todo: error.message };
      if (error instanceof Killed) outcome = 'KILLED';
      else if (error instanceof Refused) outcome = error.message;
      else throw error;
    }
    return { outcome, killed: this.killed, reclaimed: this.freed, view: this.view() };
  }
}

const usage = ({ active, inactive }) => active.length + inactive.length;

let controller = new Controller();

function answer(message) {
  if ('firsttouch' in message) {
    if (message.profile === 'letter') return { ok: true };
    return { skip: `only profile letter is implemented, not ${message.profile}` };
  }
  if ('move' in message) return controller.do(message.move);
  controller = new Controller();
  return { ok: true };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
