// A worker thread of the search: builds the model anew, shares the table, and works on the slices it is sent.

import { parentPort, workerData } from 'node:worker_threads';
import { ModelDefect, StoodStill } from './error.ts';
import type { Harvest } from './harvest.ts';
import { Lane } from './lane.ts';
import type { Model, PackedTwin } from './model.ts';
import type { Plan } from './plan.ts';
import { SLICE, type Slice } from './ranges.ts';
import type { ModelSpec } from './report.ts';
import { PAUSE, Table, type TableView } from './table.ts';
import { messageOf } from './text.ts';

/** What a thread is born with. */
export interface Birth {
  readonly spec: ModelSpec;
  readonly plan: Plan;
  readonly moves: number;
  readonly view: TableView;
}

/** What a thread is asked: to work on a slice, or (null) to help fill the slots of a table that has grown. */
export interface Order {
  readonly slice: Slice | null;
  readonly view: TableView;
}

/** What a thread answers. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'harvest'; readonly harvest: Harvest }
  | { readonly kind: 'filled' }
  | { readonly kind: 'defect'; readonly what: string; readonly move: string | null; readonly state: string }
  | { readonly kind: 'stood still'; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface Loaded {
  readonly model: Model<unknown>;
  readonly twin: PackedTwin | null;
}

/** Calls the export that `spec` names; it gives a model, or a model with its twin. */
export async function loadModel(spec: ModelSpec): Promise<Loaded> {
  const module: Record<string, unknown> = await import(spec.module);
  const make = module[spec.export];
  if (typeof make !== 'function') throw new Error(`${spec.module} has no function ${spec.export}`);
  const made = await make(spec.args);
  return 'model' in made ? { model: made.model, twin: made.twin ?? null } : { model: made, twin: null };
}

const say = (answer: Answer) => parentPort!.postMessage(answer);

function sayWhy(control: Int32Array, error: unknown): void {
  Atomics.store(control, PAUSE, 1);
  if (error instanceof ModelDefect)
    say({ kind: 'defect', what: error.what, move: error.move, state: error.state });
  else if (error instanceof StoodStill) say({ kind: 'stood still', milliseconds: error.milliseconds });
  else say({ kind: 'failed', message: messageOf(error) });
}

async function live({ spec, plan, moves, view }: Birth): Promise<void> {
  const { model, twin } = await loadModel(spec);
  if (model.moves.length !== moves || model.width !== view.width) {
    throw new Error(
      `${spec.export} gives a worker another model: ${model.moves.length} moves of ${model.width} words`,
    );
  }
  const table = new Table(view.width, view);
  const lane = new Lane(model, twin, plan, table);
  parentPort!.on('message', (order: Order) => {
    try {
      table.adopt(order.view);
      if (order.slice === null) {
        table.fill();
        say({ kind: 'filled' });
        return;
      }
      while (lane.work(order.slice, performance.now() + SLICE) === 'more');
      say({ kind: 'harvest', harvest: lane.harvest() });
    } catch (error) {
      sayWhy(view.control, error);
    }
  });
  say({ kind: 'ready' });
}

if (parentPort !== null && workerData?.view !== undefined) {
  live(workerData).catch((error) => sayWhy(workerData.view.control, error));
}
