// The scopes in which the protocol is explored: a drawing of who may do what, very small numbers.

import type { Menu, Operation, Scope, ThreadScope } from '../../../model/protocol/index.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const once = (...operations: Operation[]): Menu[] => operations.map((operation) => [operation]);
const shell = (...program: Menu[]): ThreadScope => ({ task: null, program });
const on = (task: number, ...program: Menu[]): ThreadScope => ({ task, program });

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
    threads: [...numbers(tasks).map((t) => on(t, touches, [...unmaps, ...touches])), shell(errands, errands)],
  };
}

const apart = [{ container: 0 }, { container: 1 }];
const touchAndUnmap = once(['touch', 0], ['unmap', 0]);

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
        [
          ['move', 0, 1],
          ['move', 1, 0],
          ['setLimit', 0, 0],
          ['setLimit', 1, 0],
        ],
        [
          ['move', 0, 1],
          ['move', 1, 0],
          ['rmdir', 0],
          ['rmdir', 1],
        ],
        [
          ['mkdir', 0],
          ['mkdir', 1],
          ['rmdir', 0],
        ],
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
      on(
        0,
        [['touch', 0]],
        [
          ['unmap', 1],
          ['touch', 1],
        ],
      ),
      on(1, [
        ['touch', 0],
        ['touch', 1],
        ['unmap', 1],
      ]),
      shell([
        ['scan', 0],
        ['age', 0],
        ['setLimit', 0, 0],
        ['move', 0, 1],
        ['rmdir', 0],
      ]),
    ],
  },
  {
    // c0 is full with p1, which t1 has locked: nothing can be reclaimed, somebody must die.
    name: 'oom',
    containers: [1, 1],
    pages: 2,
    tasks: [{ container: 0 }, { container: 0, maps: [1], pins: [1] }],
    threads: [
      on(0, [['touch', 0]], [['unmap', 0], ['exit']]),
      on(1, [['unmap', 1], ['touch', 0], ['exit']]),
      shell([
        ['setLimit', 0, 2],
        ['setLimit', 0, 0],
        ['move', 0, 1],
        ['move', 1, 1],
        ['scan', 0],
      ]),
    ],
  },
  {
    // The same with two charges: one death makes room for one of them, and then for the other by reclaim.
    name: 'two charges',
    containers: [1],
    pages: 3,
    tasks: [{ container: 0, maps: [2], pins: [2] }, { container: 0 }, { container: 0 }],
    threads: [
      on(0),
      on(1, [['touch', 0]]),
      on(2, [
        ['touch', 0],
        ['touch', 1],
      ]),
    ],
  },
  {
    name: 'truncate',
    containers: [1, 2],
    pages: 1,
    tasks: apart,
    threads: [
      on(0, ...touchAndUnmap),
      on(1, [['touch', 0]]),
      shell(
        [['truncate', 0]],
        [
          ['truncate', 0],
          ['age', 0],
          ['scan', 0],
          ['move', 0, 1],
        ],
      ),
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
      on(
        0,
        [
          ['touch', 0],
          ['unmap', 0],
        ],
        [
          ['touch', 0],
          ['unmap', 0],
        ],
      ),
      on(
        1,
        [
          ['touch', 0],
          ['unmap', 0],
        ],
        [['touch', 0]],
      ),
      shell(
        [
          ['age', 0],
          ['scan', 0],
        ],
        [
          ['age', 0],
          ['scan', 0],
        ],
      ),
    ],
  },
  {
    name: 'fork',
    containers: [2, 2],
    pages: 1,
    tasks: [{ container: 0, maps: [0] }, { container: null }],
    threads: [
      on(
        0,
        [['fork', 1]],
        [
          ['unmap', 0],
          ['touch', 0],
        ],
      ),
      on(1, [
        ['touch', 0],
        ['unmap', 0],
      ]),
      shell(
        [
          ['move', 0, 1],
          ['scan', 0],
        ],
        [
          ['rmdir', 0],
          ['move', 1, 0],
        ],
        [['mkdir', 0]],
      ),
    ],
  },
  {
    // Two threads of one mm fault the same page; the page table is theirs together.
    name: 'siblings',
    containers: [1, 1],
    pages: 1,
    tasks: apart,
    threads: [
      on(0, [['touch', 0]], [['unmap', 0]]),
      on(0, [['touch', 0]]),
      on(1, [['touch', 0]]),
      shell([
        ['move', 0, 1],
        ['setLimit', 0, 0],
        ['scan', 0],
      ]),
    ],
  },
  {
    // Three threads that have nothing to do with each other but the clock; one list is aged meanwhile.
    name: 'apart',
    containers: [1, 2, 2],
    pages: 3,
    tasks: [{ container: 0 }, { container: 1 }, { container: 2 }],
    threads: [
      on(0, [['touch', 0]], [['unmap', 0]]),
      on(1, [['touch', 1]], [['unmap', 1]]),
      on(2, [['touch', 2]], [['unmap', 2]]),
      shell([['age', 2]]),
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
      on(2, [['touch', 0]]),
      shell([
        ['move', 0, 1],
        ['move', 1, 0],
        ['rmdir', 1],
        ['setLimit', 0, 1],
      ]),
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
