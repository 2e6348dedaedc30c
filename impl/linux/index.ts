// The real kernel as an implementation: cgroup v1's memory controller, driven page by page. What is needed of the machine says `probe`.

export { ACTIVE, type Census, ON_LIST, type Seen, SeenSchema, type Told, UNEVICTABLE } from './answer.ts';
export { BrokerError } from './broker.ts';
export { cacheFolder, compile, findCompiler } from './compile.ts';
export { type Facts, memoryMount, type Probe, probe } from './machine.ts';
export {
  type Command,
  MOST_GROUPS,
  MOST_PAGES,
  MOST_TASKS,
  NO_LIMIT,
  Session,
  type SessionOptions,
} from './session.ts';
