// The file of a kernel run, read; without the driver, so that a page in a browser reads it, too. record.ts writes it.

import * as Schema from '@effect/schema/Schema';
import { type Seen, SeenSchema } from '../../../impl/linux/answer.ts';
import type { Move } from '../../../model/index.ts';
import { moveFromJson } from '../../trace/move.ts';

const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 64 }));
const { groups, pages, tasks, books } = SeenSchema.fields;

/** A step: the move, its outcome, its events; then groups, pages and tasks as they are afterwards, 0 for "as before"; of a guest the books, too. */
const StepSchema = Schema.Tuple([
  Schema.Array(Schema.Union([Schema.String, Schema.Number])),
  SeenSchema.fields.outcome,
  SeenSchema.fields.events,
  Schema.Union([Schema.Literal(0), groups]),
  Schema.Union([Schema.Literal(0), pages]),
  Schema.Union([Schema.Literal(0), tasks]),
  Schema.optionalKey(Schema.Union([Schema.Literal(0), books.schema])),
]);

export const KERNEL_FORMAT = 'firsttouch kernel run 1';

export const RecordingSchema = Schema.Struct({
  format: Schema.Literal(KERNEL_FORMAT),
  /** `uname -r` of the kernel that answered. */
  release: Schema.String,
  transparentHugePages: Schema.String,
  swap: Schema.String,
  generations: Schema.String,
  /** Of a guest: which cgroup; left out: v1 of the running kernel. */
  cgroup: Schema.optionalKey(Schema.Literals(['v1', 'v2'])),
  /** Who killed: `quiet` and `random` are the broker's choice, `kernel` the kernel's own. */
  oom: Schema.Literals(['quiet', 'random', 'kernel']),
  size: Schema.Struct({ containers: count, tasks: count, pages: count }),
  /** How many steps were drawn; the rest ends all tasks and removes all containers (I14). */
  drawn: Schema.Int,
  steps: Schema.Array(StepSchema).check(Schema.isMinLength(1)),
});
type Written = typeof RecordingSchema.Type;

export interface Recording extends Omit<Written, 'steps'> {
  readonly steps: readonly { readonly move: Move; readonly seen: Seen }[];
}

const decode = Schema.decodeUnknownSync(RecordingSchema, { onExcessProperty: 'error' });

/** @throws Error that names the file and the place in it */
export function parseRecording(text: string, file: string): Recording {
  let written: Written;
  try {
    written = decode(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  let seen: Omit<Seen, 'outcome' | 'events'> = { groups: [], pages: [], tasks: [] };
  const steps = written.steps.map(([move, outcome, events, groups, pages, tasks, books]) => {
    seen = { ...seen, groups: groups || seen.groups, pages: pages || seen.pages, tasks: tasks || seen.tasks };
    if (books) seen = { ...seen, books };
    return { move: moveFromJson(move), seen: { outcome, events, ...seen } };
  });
  return { ...written, steps };
}
