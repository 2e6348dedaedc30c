// What the broker says, line by line, as a Schema.

import * as Schema from '@effect/schema/Schema';

const { Int, Literals, String: Text, Struct, Tuple } = Schema;
const Ids = Schema.Array(Int);

/** A group: id (-1 is the root), usage, limit, failcnt, active, inactive and unevictable (pages; from memory.stat), tasks. */
const Group = Tuple([Int, Int, Int, Int, Int, Int, Int, Ids]);
/** A mapped page: id, owner (-1: root, -2: none of our groups), mapcount, flags. */
const Page = Tuple([Int, Int, Int, Int]);
/** A live task: id, the pages present in its slots, those that it has locked. */
const Task = Tuple([Int, Ids, Ids]);
const Event = Tuple([Literals(['reclaimed', 'killed']), Int]);

/**
 * Of a group: id, parent, how often it was out of memory (v1: or one above it), its highest usage (v1: in this move), memory and swap; pages, and -1
 * for what this kernel does not count.
 */
const Books = Tuple([Int, Int, Int, Int, Int]);
/** What the broker found to be wrong by itself: the claim, and the witness. */
const Finding = Tuple([Text, Text]);

export const SeenSchema = Struct({
  outcome: Text,
  events: Schema.Array(Event),
  found: Schema.optionalKey(Schema.Array(Finding)),
  books: Schema.optionalKey(Schema.Array(Books)),
  groups: Schema.Array(Group),
  pages: Schema.Array(Page),
  tasks: Schema.Array(Task),
});
/** A command's outcome, what happened on the way in its order, and everything that can be seen afterwards. */
export type Seen = typeof SeenSchema.Type;

/** A command's answer without the observation. */
export const ToldSchema = Struct({ outcome: Text, events: Schema.Array(Event) });
export type Told = typeof ToldSchema.Type;

const Facts = Struct({ facts: Tuple([Text, Text, Text, Text]) });
const Dying = Struct({ dying: Int });
const Done = Struct({ ok: Schema.Literal(true) });

export const CensusSchema = Struct({
  /** Group and how many frames of the whole machine are charged to it. */
  census: Schema.Array(Tuple([Int, Int])),
  /** Task and the pages whose mapping the kernel shows as locked. */
  locked: Schema.Array(Tuple([Int, Ids])),
});
export type Census = typeof CensusSchema.Type;

const Failed = Struct({ error: Text });

export const decodeSeen = Schema.decodeUnknownSync(SeenSchema);
export const decodeTold = Schema.decodeUnknownSync(ToldSchema);
export const decodeDone = Schema.decodeUnknownSync(Done);
export const decodeFacts = Schema.decodeUnknownSync(Facts);
export const decodeDying = Schema.decodeUnknownSync(Dying);
export const decodeCensus = Schema.decodeUnknownSync(CensusSchema);
export const isFailed = Schema.is(Failed);

/** Bits of a page's flags. */
export const ON_LIST = 1;
export const ACTIVE = 2;
export const UNEVICTABLE = 4;
