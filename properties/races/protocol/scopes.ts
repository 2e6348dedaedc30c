// The scopes in which the protocol is explored: a drawing of who may do what, very small numbers.

import type { Menu, Operation, Scope, ThreadScope } from '../../../model/protocol/index.ts';
import { operationOf } from './moves.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const menus = (program: readonly string[]): Menu[] =>
  program.map((menu) => menu.split(' or ').map(operationOf));

/** A thread of a task, and a shell; what they do, one text after the other, each of which leaves a choice: `touch p0 or unmap p0`. */
export const on = (task: number, ...program: string[]): ThreadScope => ({ task, program: menus(program) });
export const shell = (...program: string[]): ThreadScope => ({ task: null, program: menus(program) });

/**
 * `--scope C/T/P/L`: C containers with limit L, T tasks with a thread each, task i in container i modulo C, P pages that nobody maps yet.
 * Each thread does two operations: it touches a page, then it touches or unmaps one. A shell does two of: move any task to any container, set any limit
 * to 0 or L, rmdir, mkdir, whenever it likes.
 */
export function scopeOf(containers: number, tasks: number, pages: number, limit: number): Scope {
  const touches = numbers(pages).map((p): Operation => ['touch', p]);
  const unmaps = numbers(pages).map((p): Operation => ['unmap', p]);
  const errands = numbers(containers).flatMap((c): Operation[] => [
    ...numbers(tasks).map((t): Operation => ['move', t, c]),
    ...[...new Set([0, limit])].map((n): Operation => ['setLimit', c, n]),
    ['rmdir', c],
    ['mkdir', c],
  ]);
  return {
    name: `${containers}/${tasks}/${pages}/${limit}`,
    containers: numbers(containers).map(() => limit),
    pages,
    tasks: numbers(tasks).map((t) => ({ container: t % containers })),
    threads: [
      ...numbers(tasks).map((t) => ({ task: t, program: [touches, [...unmaps, ...touches]] })),
      { task: null, program: [errands, errands] },
    ],
  };
}

const apart = [{ container: 0 }, { container: 1 }];
const touchAndUnmap = ['touch p0', 'unmap p0'];

export const scopes: readonly Scope[] = [
  {
    name: 'first touch',
    containers: [1, 1],
    pages: 1,
    tasks: apart,
    threads: [
      on(0, ...touchAndUnmap),
      on(1, ...touchAndUnmap),
      shell(
        'move t0 c1 or move t1 c0 or setLimit c0 0 or setLimit c1 0',
        'move t0 c1 or move t1 c0 or rmdir c0 or rmdir c1',
        'mkdir c0 or mkdir c1 or rmdir c0',
      ),
    ],
  },
  {
    // c0 is full with p1, which t1 of c1 maps too: a charge of c0 takes it from both.
    name: 'reclaim',
    containers: [1, 2],
    pages: 2,
    tasks: [
      { container: 0, maps: [1] },
      { container: 1, maps: [1] },
    ],
    threads: [
      on(0, 'touch p0', 'unmap p1 or touch p1'),
      on(1, 'touch p0 or touch p1 or unmap p1'),
      shell('scan c0 or age c0 or setLimit c0 0 or move t0 c1 or rmdir c0'),
    ],
  },
  {
    // c0 is full with p1, which t1 has locked: nothing can be reclaimed, somebody must die.
    name: 'oom',
    containers: [1, 1],
    pages: 2,
    tasks: [{ container: 0 }, { container: 0, maps: [1], pins: [1] }],
    threads: [
      on(0, 'touch p0', 'unmap p0 or exit'),
      on(1, 'unmap p1 or touch p0 or exit'),
      shell('setLimit c0 2 or setLimit c0 0 or move t0 c1 or move t1 c1 or scan c0'),
    ],
  },
  {
    // The same with two charges: one death makes room for one of them, and then for the other by reclaim.
    name: 'two charges',
    containers: [1],
    pages: 3,
    tasks: [{ container: 0, maps: [2], pins: [2] }, { container: 0 }, { container: 0 }],
    threads: [on(0), on(1, 'touch p0'), on(2, 'touch p0 or touch p1')],
  },
  {
    name: 'truncate',
    containers: [1, 2],
    pages: 1,
    tasks: apart,
    threads: [
      on(0, ...touchAndUnmap),
      on(1, 'touch p0'),
      shell('truncate p0', 'truncate p0 or age c0 or scan c0 or move t0 c1'),
    ],
  },
  {
    // An activation by one mapper, while the other leaves, a scan takes the page, and a third party touches it again.
    name: 'activation',
    containers: [2, 2],
    pages: 1,
    tasks: [
      { container: 0, maps: [0] },
      { container: 1, maps: [0] },
    ],
    threads: [
      on(0, 'touch p0 or unmap p0', 'touch p0 or unmap p0'),
      on(1, 'touch p0 or unmap p0', 'touch p0'),
      shell('age c0 or scan c0', 'age c0 or scan c0'),
    ],
  },
  {
    name: 'fork',
    containers: [2, 2],
    pages: 1,
    tasks: [{ container: 0, maps: [0] }, { container: null }],
    threads: [
      on(0, 'fork t1', 'unmap p0 or touch p0'),
      on(1, 'touch p0 or unmap p0'),
      shell('move t0 c1 or scan c0', 'rmdir c0 or move t1 c0', 'mkdir c0'),
    ],
  },
  {
    // Two threads of one mm fault the same page; the page table is theirs together.
    name: 'siblings',
    containers: [1, 1],
    pages: 1,
    tasks: apart,
    threads: [
      on(0, 'touch p0', 'unmap p0'),
      on(0, 'touch p0'),
      on(1, 'touch p0'),
      shell('move t0 c1 or setLimit c0 0 or scan c0'),
    ],
  },
  {
    // Three threads that have nothing to do with each other but the clock; one list is aged meanwhile.
    name: 'apart',
    containers: [1, 2, 2],
    pages: 3,
    tasks: [{ container: 0 }, { container: 1 }, { container: 2 }],
    threads: [
      on(0, 'touch p0', 'unmap p0'),
      on(1, 'touch p1', 'unmap p1'),
      on(2, 'touch p2', 'unmap p2'),
      shell('age c2'),
    ],
  },
  {
    name: 'three threads',
    containers: [2, 1],
    pages: 1,
    tasks: [{ container: 0 }, { container: 1 }, { container: 0 }],
    threads: [
      on(0, ...touchAndUnmap),
      on(1, ...touchAndUnmap),
      on(2, 'touch p0'),
      shell('move t0 c1 or move t1 c0 or rmdir c1 or setLimit c0 1'),
    ],
  },
];

export const scopeNamed = (name: string): Scope => {
  const scope = scopes.find((one) => one.name === name);
  if (!scope)
    throw new RangeError(
      `no scope is called ${name}; there are: ${scopes.map((one) => one.name).join(', ')}`,
    );
  return scope;
};
