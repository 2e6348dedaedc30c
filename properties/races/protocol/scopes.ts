// The scopes in which the protocol is explored (scopes.txt), and how such a text is read.

import { readFileSync } from 'node:fs';
import type { Menu, Operation, Scope, TaskScope, ThreadScope } from '../../../model/protocol/index.ts';
import { saidOf, type Written, writtenIn } from '../../subjects/written.ts';
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

/**
 * `limits: 1 1`, a number for each container; `pages: 1`; then a line a thread: `t0 in c0 maps p0: unmap p0, touch p0 or unmap p0`, another one of the
 * same task as `t0: touch p0`, `t1 unborn: nothing`, `shell: rmdir c0`.
 */
export function scopeIn(written: Written, name: string): Scope {
  const threads = written.said.filter(([who]) => /^(t\d|shell)/.test(who));
  return {
    name,
    containers: (saidOf(written, 'limits') ?? '').split(' ').map(Number),
    pages: Number(saidOf(written, 'pages')),
    tasks: threads
      .map(([who]) => who)
      .filter((who) => /^t\d /.test(who))
      .map(taskIn),
    threads: threads.map(([who, text]) => {
      const program = text === 'nothing' ? [] : text.split(', ');
      return who === 'shell' ? shell(...program) : on(Number(who[1]), ...program);
    }),
  };
}

function taskIn(text: string): TaskScope {
  const all = (pattern: RegExp) => Array.from(text.matchAll(pattern), ([, id]) => Number(id));
  const [container = null] = all(/in c(\d)/g);
  const [maps, pins] = [all(/maps p(\d)/g), all(/pins p(\d)/g)];
  return { container, ...(maps.length > 0 ? { maps } : {}), ...(pins.length > 0 ? { pins } : {}) };
}

const file = new URL('./scopes.txt', import.meta.url);

export const scopes: readonly Scope[] = writtenIn(readFileSync(file, 'utf8'), 'protocol/scopes.txt').map(
  (written) => scopeIn(written, written.head),
);

export const scopeNamed = (name: string): Scope => {
  const scope = scopes.find((one) => one.name === name);
  if (!scope)
    throw new RangeError(
      `no scope is called ${name}; there are: ${scopes.map((one) => one.name).join(', ')}`,
    );
  return scope;
};
