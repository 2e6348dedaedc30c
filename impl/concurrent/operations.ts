// The table of contents: every operation by its name.

import { mkdir, rmdir, setLimit } from './container.ts';
import { type Handle, NONE } from './layout.ts';
import { copy, evict, pin, touch, unmap, unpin } from './page.ts';
import { exit, fork, move, spawn } from './task.ts';

export type Operation = readonly [name: string, ...args: (number | bigint)[]];

/** Does one operation; what it killed and reclaimed is in the handle. @throws RangeError for a name that is none, and for ids beyond the capacity. */
export function perform(h: Handle, operation: Operation): number {
  if (h.killed.length > 0) h.killed.length = 0;
  if (h.reclaimed.length > 0) h.reclaimed.length = 0;
  const a = operation[1] as number;
  const b = operation[2] as number;
  checkIds(h, operation);
  switch (operation[0]) {
    case 'mkdir':
      return mkdir(h, a, b ?? NONE);
    case 'rmdir':
      return rmdir(h, a);
    case 'spawn':
      return spawn(h, a, b);
    case 'fork':
      return fork(h, a, b);
    case 'exit':
      return exit(h, a);
    case 'move':
      return move(h, a, b);
    case 'touch':
      return touch(h, a, b);
    case 'unmap':
      return unmap(h, a, b);
    case 'copy':
      return copy(h, a, b, operation[3] as number);
    case 'pin':
      return pin(h, a, b);
    case 'unpin':
      return unpin(h, a, b);
    case 'setLimit':
      return setLimit(h, a, operation[2] as number | bigint);
    case 'evict':
      return evict(h, a);
    default:
      throw new RangeError(`no operation is called ${operation[0]}`);
  }
}

const kinds = new Map(
  Object.entries({
    mkdir: 'cc',
    rmdir: 'c',
    spawn: 'tc',
    fork: 'tt',
    exit: 't',
    move: 'tc',
    touch: 'tp',
    unmap: 'tp',
    copy: 'tpp',
    pin: 'tp',
    unpin: 'tp',
    setLimit: 'c',
    evict: 'p',
  }),
);

const checkIds = (h: Handle, operation: Operation): void => {
  const kind = kinds.get(operation[0]) ?? '';
  for (let i = 0; i < kind.length; i++) {
    const room = kind[i] === 'c' ? h.containers : kind[i] === 't' ? h.tasks : h.pages;
    const id = operation[i + 1];
    if (id === undefined && operation[0] === 'mkdir' && i === 1) continue;
    if (typeof id !== 'number' || !(id >= 0 && id < room)) {
      throw new RangeError(
        `${operation.join(' ')}: ${String(id)} is out of range, there is room for ${room}`,
      );
    }
  }
};
