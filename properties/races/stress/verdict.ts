// Judges what a run left behind: each window's structure and history, and at the end that nothing leaked.

import { Controller } from '../../../impl/concurrent/index.ts';
import { type Container, type Move, type State, type Task, UNLIMITED } from '../../../model/index.ts';
import type { Answer } from '../../view/answer.ts';
import { View } from '../../view/view.ts';
import { stateOf } from '../linearize/contract.ts';
import type { Call } from '../linearize/history.ts';
import { linearizeInParts } from '../linearize/partition.ts';
import type { Books, Plan, Recorder } from './record.ts';
import { leftIn, lookAt } from './subject.ts';

/** What was seen so far. */
export interface Tally {
  operations: number;
  windows: number;
  judged: number;
  /** Windows whose history was too long to judge. */
  unknown: number;
  /** Operations during which another thread's operation was invoked or had not responded. */
  overlapping: number;
  /** Configurations that the judge looked at. */
  visits: number;
  outcomes: Record<string, number>;
}

export interface Flaw {
  readonly claim: 'ImplementationAlive' | 'StructureIsSound' | 'Linearizable' | 'NothingLeaks';
  readonly witness: string;
  /** The history that shows it, with the states before and after. */
  readonly window: {
    readonly calls: readonly Call<Move, Answer>[];
    readonly before: string;
    readonly after: string;
  } | null;
}

/** Every window that all workers finished, in order; the first flaw ends it. */
export function judgeRun(
  plan: Plan,
  recorder: Recorder,
  books: Books,
  tally: Tally,
  visits?: number,
): Flaw | null {
  const pictures = new Int32Array(books.pictures);
  const words = pictures.length / plan.windows;
  const empty = Controller.create({ ...plan.size, workers: plan.workers });
  const view = new View(plan.size);
  let before = seen(empty, view);
  let last = empty;
  for (let window = 0; window < plan.windows; window++) {
    // A picture that was not taken: the run was stopped here.
    if (pictures[window * words] === 0) return null;
    const k = Controller.on(pictures.slice(window * words, (window + 1) * words));
    const calls = recorder.window(window);
    count(calls, tally);
    const after = seen(k, view);
    const flaw = judgeWindow(k, calls, before, after, tally, visits);
    if (flaw) return flaw;
    before = after;
    last = k;
  }
  return leaks(plan, last);
}

function seen(k: Controller, view: View): State {
  lookAt(k, view);
  return stateOf(view);
}

function count(calls: readonly Call<Move, Answer>[], tally: Tally): void {
  tally.windows++;
  tally.operations += calls.length;
  const ordered = [...calls].sort((a, b) => a.invoked - b.invoked);
  let until = 0;
  let by = -1;
  for (const [i, call] of ordered.entries()) {
    const next = ordered[i + 1];
    if ((until > call.invoked && by !== call.thread) || (next && next.invoked < call.responded))
      tally.overlapping++;
    if (call.responded > until) {
      until = call.responded;
      by = call.thread;
    }
    const { outcome, killed, reclaimed } = call.output;
    bump(tally, outcome);
    if (killed.length > 0) bump(tally, 'a kill');
    if (reclaimed.length > 0) bump(tally, 'a reclaim');
  }
}

const bump = ({ outcomes }: Tally, what: string): void => {
  outcomes[what] = (outcomes[what] ?? 0) + 1;
};

function judgeWindow(
  k: Controller,
  calls: readonly Call<Move, Answer>[],
  before: State,
  after: State,
  tally: Tally,
  visits: number | undefined,
): Flaw | null {
  const window = { calls, before: inWords(before), after: inWords(after) };
  const unsound = k.verify();
  if (unsound !== null) return { claim: 'StructureIsSound', witness: unsound, window };
  const result = linearizeInParts(calls, before, after, visits === undefined ? {} : { visits });
  tally.visits += result.visited;
  if (result.verdict === 'unknown') tally.unknown++;
  else tally.judged++;
  if (result.verdict !== 'violated') return null;
  const placed = `${result.longest.length} of its operations could be placed`;
  return {
    claim: 'Linearizable',
    witness: `no order of ${calls.length} operations leads to what was seen; at most ${placed}`,
    window,
  };
}

/** Every task exits, every container is removed, and nothing is left. */
function leaks({ size }: Plan, k: Controller): Flaw | null {
  for (let t = 0; t < size.tasks; t++) k.perform(['exit', t]);
  for (let c = 0; c < size.containers; c++) k.perform(['rmdir', c]);
  const witness = leftIn(k, size.containers);
  return witness === null ? null : { claim: 'NothingLeaks', witness, window: null };
}

/** A state between two windows, in letters; the order of lists and the bits are not looked at here. */
function inWords({ containers, tasks }: State): string {
  const names = (pages: readonly number[]): string =>
    sorted(pages)
      .map((p) => ` p${p}`)
      .join('');
  return [
    ...sorted([...containers.keys()]).map((id) => {
      const { limit, failcnt, reclaimed, active, inactive } = containers.get(id) as Container;
      const bound = limit === UNLIMITED ? 'unlimited' : `limit ${limit}`;
      return `c${id} ${bound}, failcnt ${failcnt}, reclaimed ${reclaimed}, owns${names([...active, ...inactive]) || ' nothing'}`;
    }),
    ...sorted([...tasks.keys()]).map((id) => {
      const { container, maps, pins } = tasks.get(id) as Task;
      const locked = pins.length === 0 ? '' : `, locks${names(pins)}`;
      return `t${id} in c${container}, maps${names(maps) || ' nothing'}${locked}`;
    }),
  ].join('; ');
}

const sorted = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);
