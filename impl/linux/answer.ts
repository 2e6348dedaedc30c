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

/**
 * What the broker answers: a group's lists are those of all below it, too, a page's owner is an inode; `inodes` says whose it is. books.ts makes a Seen
 * of it.
 */
const ShownSchema = Struct({
  ...seen,
  books: Schema.Array(Books),
  inodes: Schema.Array(Tuple([Int, Int])),
});
export type Shown = typeof ShownSchema.Type;
/** The groups and pages once more, with fresh statistics. */
const Again = Struct({ groups: Groups, pages: Pages });

/** A command's answer without the observation. */
export const ToldSchema = Struct({ outcome: Text, events: Schema.Array(Event) });
export type Told = typeof ToldSchema.Type;

const File = Struct({ text: Text });
const Done = Struct({ ok: Schema.Literal(true) });
const Failed = Struct({ error: Text });

export const decodeShown = Schema.decodeUnknownSync(ShownSchema);
export const decodeAgain = Schema.decodeUnknownSync(Again);
export const decodeGroups = Schema.decodeUnknownSync(Struct({ groups: Groups }));
export const decodeTold = Schema.decodeUnknownSync(ToldSchema);
export const decodeDone = Schema.decodeUnknownSync(Done);
export const decodeFile = Schema.decodeUnknownSync(File);
export const isFailed = Schema.is(Failed);

/** Bits of a page's flags. */
export const ON_LIST = 1;
export const ACTIVE = 2;
export const UNEVICTABLE = 4;
