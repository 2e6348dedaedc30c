// A counterexample on paper: a trace of moves with choices and outcomes, what it breaks, and why nobody saw it before. Decoded strictly.

import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import { type Move, profileNames, type Scope } from '../../model/index.ts';
import type { Answer } from '../view/answer.ts';
import { makeFolder } from './folder.ts';
import { type MoveJson, moveFromJson, moveToJson, outsideScope, ScopeSchema } from './move.ts';

/** Raised when the shape changes; an older program refuses a newer file instead of misreading it. */
export const FORMAT = 1;

/** What a new file says of why earlier checks did not see it, until somebody knows. */
export const NOT_ASKED = 'not looked into yet';

const Told = Schema.String.check(Schema.isMinLength(1));
/** On one line, and nothing that a terminal would obey. */
const Line = Schema.String.check(Schema.isPattern(/^[^\p{Cc}]+$/u));
const Outcome = Schema.String.check(Schema.isPattern(/^[\w ()-]{1,40}$/));
const Slug = Schema.String.check(Schema.isPattern(/^[a-z0-9]+(-[a-z0-9.]+)*$/));
const Ids = (letter: string) =>
  Schema.Array(Schema.String.check(Schema.isPattern(new RegExp(`^${letter}[0-9]{1,9}$`))));

const StepSchema = Schema.Struct({
  move: Schema.Array(Schema.Union([Schema.String, Schema.Number])),
  outcome: Outcome,
  killed: Schema.optionalKey(Ids('t')),
  reclaimed: Schema.optionalKey(Ids('p')),
});

export const CounterexampleSchema = Schema.Struct({
  format: Schema.Literal(FORMAT),
  /** The mistake, as a slug: the file's name. */
  mistake: Slug,
  /** The claim that it breaks. */
  breaks: Line,
  /** Whose trace it is: controller, lru, contract, concurrent, linux, `mutant:ID`, or the command of a program. */
  subject: Line,
  profile: Schema.Literals(profileNames),
  /** What a replay must see: `holds` (found once, mended since), or `violation` (a false claim, a historic profile, a mutant). */
  expect: Schema.Literals(['holds', 'violation']),
  why: Told,
  /** Why earlier checks did not see it. */
  missed: Told,
  found: Told,
  scope: ScopeSchema,
  trace: Schema.Array(StepSchema).check(Schema.isMinLength(1)),
  /** Runs that come before it in the same process, each from a reset: the program keeps something. */
  before: Schema.optionalKey(
    Schema.Array(Schema.Array(Schema.Array(Schema.Union([Schema.String, Schema.Number])))),
  ),
  /** What the subject showed after the last move, drawn; files of before have it not. */
  shown: Schema.optionalKey(Schema.Array(Schema.String)),
});

type Written = typeof CounterexampleSchema.Type;

/** A counterexample in memory: the written one, with its moves and answers decoded. */
export interface Counterexample extends Omit<Written, 'trace' | 'scope' | 'before'> {
  readonly before?: readonly (readonly Move[])[];
  readonly scope: Scope;
  readonly moves: readonly Move[];
  readonly answers: readonly Answer[];
}

/** A file that cannot be used: its message says where, what, and what would be legal. */
export class BadCounterexample extends Error {
  override readonly name = 'BadCounterexample';
}

const decode = Schema.decodeUnknownSync(CounterexampleSchema, { onExcessProperty: 'error' });

/** @throws BadCounterexample with the file's name, the place in it, and what would be legal. */
export function readCounterexample(file: string): Counterexample {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
  return parseCounterexample(text, file);
}

/** Pages times containers, or tasks: a view of more has no room in memory. */
const MOST_PLACES = 2 ** 24;

export function parseCounterexample(text: string, file: string): Counterexample {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BadCounterexample(`${file}: not JSON: ${reason(error)}`);
  }
  const format = (json as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > FORMAT) {
    throw new BadCounterexample(
      `${file}: format ${format} is newer than this program, which reads ${FORMAT}`,
    );
  }
  let written: Written;
  try {
    written = decode(json);
  } catch (error) {
    throw new BadCounterexample(`${file}: ${reason(error)}`);
  }
  const { trace: _, before, ...head } = written;
  const { containers, tasks, pages } = head.scope;
  if (Math.max(containers, tasks) * pages > MOST_PLACES)
    throw new BadCounterexample(
      `${file}: scope ${containers}/${tasks}/${pages}: every page is looked at in every container and task; legal are up to ${MOST_PLACES.toLocaleString('en')} places together`,
    );
  return { ...head, ...decodeTrace(written, file), ...(before ? { before: earlierRuns(before, file) } : {}) };
}

function earlierRuns(runs: NonNullable<Written['before']>, file: string): Move[][] {
  try {
    return runs.map((run) => run.map(moveFromJson));
  } catch (error) {
    throw new BadCounterexample(`${file}: before: ${reason(error)}`);
  }
}

function decodeTrace(written: Written, file: string): { moves: Move[]; answers: Answer[] } {
  const moves: Move[] = [];
  const answers: Answer[] = [];
  for (const [i, { move, outcome, killed, reclaimed }] of written.trace.entries()) {
    const place = `${file}: trace, step ${i + 1}`;
    try {
      const decoded = moveFromJson(move);
      const outside = outsideScope(decoded, written.scope);
      if (outside) throw new SyntaxError(outside);
      moves.push(decoded);
    } catch (error) {
      throw new BadCounterexample(`${place}: ${reason(error)}`);
    }
    answers.push({ outcome, killed: (killed ?? []).map(idOf), reclaimed: (reclaimed ?? []).map(idOf) });
  }
  return { moves, answers };
}

const idOf = (text: string): number => Number(text.slice(1));

const unreadable = (path: string, error: unknown): BadCounterexample => {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code ?? reason(error)})`;
  return new BadCounterexample(`${path}: ${why}; a counterexample, or a folder of them, is read here`);
};

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');

/** The file's text: one line a step, so that two traces can be compared by eye. */
export function counterexampleText(example: Counterexample): string {
  const { moves, answers, shown, before, ...head } = example;
  const steps = moves.map((move, i) => stepJson(move, answers[i]));
  const { scope, ...rest } = head;
  const fields = Object.entries({ ...rest, scope }).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`);
  const list = (name: string, items: readonly string[]) => `  "${name}": [\n${items.join(',\n')}\n  ]`;
  const runs = before?.map((run) => `    ${JSON.stringify(run.map(moveToJson))}`);
  const lists = [...(runs ? [list('before', runs)] : []), list('trace', lines)];
  if (shown)
    lists.push(
      list(
        'shown',
        shown.map((line) => `    ${JSON.stringify(line)}`),
      ),
    );
  return `{\n${[...fields, ...lists].join(',\n')}\n}\n`;
}

function stepJson(move: Move, answer: Answer | undefined): { move: MoveJson; outcome: string } {
  const { outcome, killed, reclaimed } = answer ?? { outcome: 'no answer', killed: [], reclaimed: [] };
  return {
    move: moveToJson(move),
    outcome,
    ...(killed.length > 0 ? { killed: killed.map((t) => `t${t}`) } : {}),
    ...(reclaimed.length > 0 ? { reclaimed: reclaimed.map((p) => `p${p}`) } : {}),
  };
}

/**
 * Saves into a folder as `MISTAKE.json`; a name that another counterexample has gets a number. Written aside, then given its name, which the
 * system gives to one: two runs at once cannot damage or replace each other's files. Returns the file's path.
 */
export function saveCounterexample(folder: string, example: Counterexample): string {
  makeFolder(folder);
  const text = counterexampleText(example);
  for (let n = 1; ; n++) {
    const file = join(folder, `${example.mistake}${n === 1 ? '' : `-${n}`}.json`);
    if (writeNew(file, text) || textOf(file) === text) return file;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A file appears whole or not at all; one that is there is replaced. */
export const writeAside = (file: string, text: string): void =>
  written(file, text, (aside) => renameSync(aside, file));

/** A new file, unless one of that name is there: then false. It appears whole where a file can have a second name, else it is copied. */
export function writeNew(file: string, text: string): boolean {
  try {
    written(file, text, (aside) => nameOnce(aside, file));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Not every file system can give a file a second name. */
function nameOnce(aside: string, file: string): void {
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    copyFileSync(aside, file, constants.COPYFILE_EXCL);
  }
}

function written(file: string, text: string, name: (aside: string) => void): void {
  const aside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(aside, text, { flag: 'wx' });
    name(aside);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** The counterexamples that an argument names: a file, or the `.json` files of a folder in order of their names. */
export function filesOf(path: string): string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
  if (!isFolder) return [path];
  const files = readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(path, name));
  if (files.length === 0) throw new BadCounterexample(`${path}: a folder without a counterexample (*.json)`);
  return files;
}

/** A name of the code, or a text, as a file's name: `FirstToucherOwns` is `first-toucher-owns`. */
export const slugOf = (text: string): string =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');

/** `FirstToucherOwns` broken at a `touch`: `first-toucher-owns-at-touch`. */
export function mistakeOf(claim: string, moves: readonly Move[]): string {
  const last = moves.at(-1)?.[0];
  return last ? `${slugOf(claim)}-at-${last.toLowerCase()}` : slugOf(claim);
}

export const nameOf = (file: string): string => basename(file, '.json');
