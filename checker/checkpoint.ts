// Checkpoints: one file with a line of JSON, the table's words and a checksum. Written aside and renamed, so a kill leaves the old or the new one.

import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { SavedDisk } from './disk.ts';
import { CheckpointError } from './error.ts';
import type { Find } from './harvest.ts';
import type { Model } from './model.ts';
import type { Plan } from './plan.ts';
import { wordsOf } from './symmetry.ts';
import type { Table } from './table.ts';
import { messageOf, moveText } from './text.ts';

const MAGIC = 'firsttouch-checkpoint-2';
const DIGEST = 32;
/** The identity stands at the beginning. */
const LONGEST_HEAD = 65_536;

/** A search between two slices, apart from its table. */
export interface Saved {
  readonly tally: readonly number[];
  readonly stored: number;
  readonly weighted: number;
  readonly levels: readonly number[];
  readonly levelStored: readonly number[];
  readonly todo: readonly number[];
  readonly next: readonly number[];
  readonly depth: number;
  readonly finds: readonly Find[];
  readonly levelFinds: readonly Find[];
  readonly branches: readonly string[];
  readonly seconds: number;
  /** Beyond memory: the states are in the folder beside the checkpoint, and none in it. */
  readonly disk?: SavedDisk;
}

/** What must be the same for a search to go on: each part with the word for it in a refusal. */
type Identity = readonly (readonly [part: string, value: string])[];

interface Header {
  readonly magic: string;
  readonly identity: Identity;
  readonly reserved: number;
  readonly saved: Saved;
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

function identityOf<State>(model: Model<State>, plan: Plan): Identity {
  const words = model.initial().map((state) => [...wordsOf(model, state)]);
  const { claims, deadlock, symmetry } = plan;
  return [
    ['model', model.name],
    ['moves', `${model.moves.length}:${digestOf(model.moves.map(moveText).join())}`],
    ['packed words', `${model.width}`],
    ['initial states', digestOf(JSON.stringify(words))],
    ['claims', [...claims, ...(deadlock ? ['NoDeadlock'] : [])].join(' ') || 'none'],
    ['symmetry', `${symmetry}`],
  ];
}

const asideOf = (path: string) => `${path}.tmp`;

export const cannotBeWritten = (path: string, why: string) =>
  new CheckpointError(`checkpoint ${path} cannot be written: ${why}`);

/** Refuses at once what would else fail at the first save, half a minute into the search. Leaves nothing behind. */
export function tryCheckpoint(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw cannotBeWritten(path, 'it is a folder');
  try {
    closeSync(openSync(asideOf(path), 'w'));
    rmSync(asideOf(path));
  } catch (error) {
    throw cannotBeWritten(path, messageOf(error));
  }
}

/** Writes a checkpoint, whole or not at all. */
export function saveCheckpoint<State>(
  path: string,
  model: Model<State>,
  plan: Plan,
  table: Table,
  saved: Saved,
): void {
  const inFile = saved.disk === undefined;
  const reserved = inFile ? table.reserved : 0;
  const header: Header = { magic: MAGIC, identity: identityOf(model, plan), reserved, saved };
  const aside = asideOf(path);
  try {
    const file = openSync(aside, 'w');
    const hash = createHash('sha256');
    writeAll(file, hash, Buffer.from(`${JSON.stringify(header)}\n`));
    for (const part of inFile ? table.parts() : [])
      writeAll(file, hash, Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    writeAll(file, null, hash.digest());
    fsyncSync(file);
    closeSync(file);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw cannotBeWritten(path, messageOf(error));
  }
}

function writeAll(file: number, hash: Hash | null, bytes: Buffer): void {
  hash?.update(bytes);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** What a checkpoint is of, by part; null if that cannot be read. `loadCheckpoint` says what is wrong with it. */
export function checkpointIdentity(path: string): ReadonlyMap<string, string> | null {
  try {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(LONGEST_HEAD);
      const text = head.toString('latin1', 0, readSync(file, head));
      const list = /^\{"magic":"[^"]*","identity":(\[(?:\["[^"]*","[^"]*"\],?)*\])/.exec(text);
      return list && new Map(JSON.parse(list[1]) as [string, string][]);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}

/** What fits a line, when a part lists very many names. */
function brief(value = ''): string {
  const names = value.split(' ');
  return names.length > 8 ? `${names.slice(0, 4).join(' ')} ... (${names.length} names)` : value;
}

/** Reads a checkpoint into an empty table. Refuses, with one line, whatever is not a whole checkpoint of this very search. */
export function loadCheckpoint<State>(path: string, model: Model<State>, plan: Plan, table: Table): Saved {
  const refuse = (why: string) => new CheckpointError(`checkpoint ${path} ${why}`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw refuse(`cannot be read: ${messageOf(error)}`);
  }
  if (!bytes.subarray(0, 64).toString('latin1').startsWith(`{"magic":"${MAGIC}"`)) {
    throw refuse('is not a checkpoint of this program, or of another version of it');
  }
  const body = bytes.subarray(0, -DIGEST);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(-DIGEST))) {
    throw refuse('is damaged: its checksum does not match');
  }
  const end = body.indexOf('\n');
  const header: Header = JSON.parse(body.toString('utf8', 0, end));
  identityOf(model, plan).forEach(([part, value], k) => {
    const theirs = header.identity[k]?.[1];
    if (theirs !== value)
      throw refuse(`is of another search: ${part} "${brief(theirs)}", here "${brief(value)}"`);
  });
  if (body.length - end - 1 !== header.reserved * 4 * (model.width + 1))
    throw refuse('is damaged: its length is wrong');
  table.restore(header.reserved, body.subarray(end + 1));
  return header.saved;
}
