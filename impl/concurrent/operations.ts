// The table of contents: every operation by its name.

import { mkdir, rmdir, setLimit } from './container.ts';
import { type Handle, NONE } from './layout.ts';
import { enterAlone, enterShared, leaveAlone, leaveShared } from './lock.ts';
import { RETRY_ALONE } from './outcome.ts';
import { copy, copyAlone, evict, pin, touch, touchAlone, unmap } from './page.ts';
import { exit, fork, move, spawn } from './task.ts';

export type Operation = readonly [name: string, ...args: (number | bigint)[]];

/** Does one operation; what it killed and reclaimed is in the handle. @throws RangeError for a name that is none, and for ids beyond the capacity. */
export function perform(h: Handle, operation: Operation): number {
  if (h.killed.length > 0) h.killed.length = 0;
  if (h.reclaimed.length > 0) h.reclaimed.length = 0;
  checkIds(h, operation);
  if (operation[0] === 'exit' || operation[0] === 'fork') return performAlone(h, operation);
  enterShared(h);
  const outcome = inside(h, operation, false);
  leaveShared(h);
  return outcome === RETRY_ALONE ? performAlone(h, operation) : outcome;
}

/** With everybody else outside. */
function performAlone(h: Handle, operation: Operation): number {
  enterAlone(h);
  const outcome = inside(h, operation, true);
  leaveAlone(h);
  return outcome;
}

function inside(h: Handle, operation: Operation, alone: boolean): number {
  const a = operation[1] as number;
  const b = operation[2] as number;
  const c = operation[3] as number;
  switch (operation[0]) {
    case 'touch':
      return alone ? touchAlone(h, a, b) : touch(h, a, b);
    case 'unmap':
      return unmap(h, a, b);
    case 'copy':
      return alone ? copyAlone(h, a, b, c) : copy(h, a, b, c);
    case 'pin':
      return pin(h, a, b, true);
    case 'unpin':
      return pin(h, a, b, false);
    case 'evict':
      return evict(h, a);
    case 'mkdir':
      return mkdir(h, a, b ?? NONE);
    case 'rmdir':
      return rmdir(h, a);
    case 'setLimit':
      return setLimit(h, a, operation[2] as number | bigint);
    case 'spawn':
      return spawn(h, a, b);
    case 'move':
      return move(h, a, b);
    case 'fork':
      return fork(h, a, b);
    default:
      return exit(h, a);
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
  const kind = kinds.get(operation[0]);
  if (kind === undefined) throw new RangeError(`no operation is called ${operation[0]}`);
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
