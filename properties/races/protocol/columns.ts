// A trace of the protocol as columns, one a thread, with the machine after each step in the last: who did what, in which order.

import type { TraceStep } from '../../../checker/index.ts';
import type { Scope } from '../../../model/protocol/index.ts';

interface Row {
  readonly thread: number;
  readonly text: string;
  readonly machine: string;
}

const rowOf = ({ move, outcome, show }: TraceStep): Row => {
  const [thread, ...args] = move.args;
  // An inner step is indented under the operation that it belongs to.
  const name = move.name.startsWith('.') ? `  ${move.name.slice(1)}` : [move.name, ...args].join(' ');
  return {
    thread: Number(String(thread).slice(1)),
    text: outcome === 'ok' && move.name.startsWith('.') ? name : `${name}: ${outcome}`,
    machine: show ?? '',
  };
};

/** The heading and a line a step; threads that take no step have no column. */
export function columns(scope: Scope, trace: readonly TraceStep[]): string[] {
  const rows = trace.map(rowOf);
  const shown = scope.threads.map((_, k) => k).filter((k) => rows.some(({ thread }) => thread === k));
  const heading = (k: number) =>
    scope.threads[k].task === null ? `k${k} shell` : `k${k} of t${scope.threads[k].task}`;
  const widths = shown.map((k) =>
    Math.max(heading(k).length, ...rows.filter(({ thread }) => thread === k).map(({ text }) => text.length)),
  );
  const line = (cell: (k: number) => string, last: string) =>
    [...shown.map((k, i) => cell(k).padEnd(widths[i])), last].join(' | ').trimEnd();
  return [
    line(heading, 'after it'),
    ...rows.map(({ thread, text, machine }) => line((k) => (k === thread ? text : ''), machine)),
  ];
}
