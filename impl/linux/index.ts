// A real kernel as an implementation, the running one or one in a guest: its memory controller, cgroup v1 or v2, driven page by page.

export { ACTIVE, ON_LIST, type Seen, SeenSchema, type Told, UNEVICTABLE } from './answer.ts';
export { BrokerError } from './broker.ts';
export { cacheFolder, compile, findCompiler } from './compile.ts';
export { kindOf, NoGuest, onPath } from './guest.ts';
export { type Cgroup, type Facts, memoryMount, type Probe, probe } from './machine.ts';
export {
  type Command,
  MOST_GROUPS,
  MOST_PAGES,
  MOST_TASKS,
  NO_LIMIT,
  Session,
  type SessionOptions,
} from './session.ts';
