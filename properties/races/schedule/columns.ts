// Replays a schedule exactly and prints it, one column a thread.

import { Execution } from './execution.ts';
import type { Schedule } from './explore.ts';
import type { Program } from './program.ts';
import type { Scenario } from './scenarios.ts';

/** The interleaving as text: each row one atomic operation in its thread's column, with the word's value before and after. */
export function columns(program: Program, scenario: Scenario, schedule: Schedule): string {
  const x = new Execution(program, scenario);
  x.start();
  const rows: string[][] = [scenario.threads.map((_, i) => `thread ${i}`)];
  const row = (thread: number, text: string) =>
    rows.push(scenario.threads.map((_, i) => (i === thread ? text : '')));
  for (const i of schedule) {
    const thread = x.threads[i];
    if (x.isBetween(i)) row(i, `${thread.moves[thread.next].join(' ')}`);
    const { kind, word, at } = x.pendingOf(i);
    const before = x.memory[at];
    const finished = x.calls.length;
    try {
      x.step(i);
    } catch (error) {
      row(i, `  throws ${error instanceof Error ? error.message : String(error)}`);
      break;
    }
    const after = x.memory[at];
    row(
      i,
      `  ${kind} ${word} ${before === after ? before : `${before} > ${after}`}${x.threads[i].asleepOn < 0 ? '' : ', sleeps'}`,
    );
    const call = x.calls[finished];
    if (call) {
      const { outcome, killed, reclaimed } = call.output;
      row(
        i,
        `= ${outcome}${killed.map((t) => ` killed t${t}`).join('')}${reclaimed.map((p) => ` reclaimed p${p}`).join('')}`,
      );
    }
  }
  const width = rows.reduce((most, cells) => Math.max(most, ...cells.map((cell) => cell.length)), 0) + 2;
  return rows
    .map((cells) =>
      cells
        .map((cell) => cell.padEnd(width))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
