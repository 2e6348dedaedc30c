// What the broker says, line by line, as a Schema.

import * as Schema from '@effect/schema/Schema';

const { Int, Literals, String: Text, Struct, Tuple } = Schema;
const Ids = Schema.Array(Int);

/** A group: id (-1 is the root), usage, limit, failcnt, active, inactive and unevictable of its own (pages; from memory.stat), tasks. */
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

const Groups = Schema.Array(Group);
const Pages = Schema.Array(Page);
const seen = {
  outcome: Text,
  events: Schema.Array(Event),
  found: Schema.optionalKey(Schema.Array(Finding)),
  books: Schema.optionalKey(Schema.Array(Books)),
  groups: Groups,
  pages: Pages,
  tasks: Schema.Array(Task),
};
export const SeenSchema = Struct(seen);
/** A command's outcome, what happened on the way in its order, and everything that can be seen afterwards. */
export type Seen = typeof SeenSchema.Type;

/** A group as the broker tells of it: id, its directory's inode, then what is in its Books and in its Group; its lists are those of all below it, too. */
const Row = Tuple([Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Ids]);
const rows = { leaf: Int, groups: Schema.Array(Row) };
/** The groups and pages once more, with fresh statistics. */
const Again = Struct({ ...rows, pages: Pages });

/**
 * What the broker answers: a page's owner is an inode, `leaf` that of the group in which the tasks of the root are. books.ts makes a Seen of it.
 */
const { books: _, ...alike } = seen;
const ShownSchema = Struct({ ...alike, ...rows });
export type Shown = typeof ShownSchema.Type;

/** A command's answer without the observation. */
export const ToldSchema = Struct({ outcome: Text, events: Schema.Array(Event) });
export type Told = typeof ToldSchema.Type;

const File = Struct({ text: Text });
const Done = Struct({ ok: Schema.Literal(true) });
const Failed = Struct({ error: Text });

export const decodeShown = Schema.decodeUnknownSync(ShownSchema);
export const decodeAgain = Schema.decodeUnknownSync(Again);
export const decodeGroups = Schema.decodeUnknownSync(Struct(rows));
export const decodeTold = Schema.decodeUnknownSync(ToldSchema);
export const decodeDone = Schema.decodeUnknownSync(Done);
export const decodeFile = Schema.decodeUnknownSync(File);
export const isFailed = Schema.is(Failed);

/** Bits of a page's flags. */
export const ON_LIST = 1;
export const ACTIVE = 2;
export const UNEVICTABLE = 4;
