// What a command is: a table (name, flags with their decoders, help: NAME.ts), a call (NAME-call.ts, loaded when it runs) and a report (NAME-report.ts).

import type { styleText } from 'node:util';

/** Exit statuses: `firsttouch --help` and README tell them. */
export const HOLDS = 0;
export const VIOLATED = 1;
export const USAGE = 2;
export const UNKNOWN = 3;
export const SKIPPED = 4;
export const DEFECT = 70;
export const INTERRUPTED = 130;
export const SHELL_KILLED = 137;

/** By verdict. Whoever was interrupted meanwhile exits so: main.ts sees to it. */
export const EXIT = { holds: HOLDS, violated: VIOLATED, unknown: UNKNOWN } as const;

/** The verdict of several parts: violated before unknown before holds. */
export function worst(verdicts: readonly string[]): 'holds' | 'violated' | 'unknown' {
  if (verdicts.includes('violated')) return 'violated';
  return verdicts.includes('unknown') ? 'unknown' : 'holds';
}

/** What the user wrote or gave to read cannot be used: one line to stderr, exit 2. Say the place, the cause and what is legal. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** One flag. `decode` gets the text as it was written, and for a repeatable flag what the earlier ones made; it throws a UsageError. */
export interface Flag<T = unknown> {
  /** What stands for the value in the help; null: a switch that takes no value. */
  readonly placeholder: string | null;
  /** What the value counts, for the help: `runs`, `minutes`. */
  readonly unit?: string;
  readonly default: T;
  /** The default in words, where the value itself says nothing. */
  readonly shown?: string;
  readonly help: string;
  readonly repeatable?: boolean;
  decode(text: string, name: string, sofar: T): T | Promise<T>;
}

/** What a number may be, both ends included. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

export type Flags = Readonly<Record<string, Flag>>;

export type Values<F extends Flags> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

export interface Positional {
  readonly name: string;
  readonly help: string;
  readonly min: number;
  readonly max: number;
}

export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** One line on stderr, redrawn in place, and only on a terminal. Call `report` as often as you like. */
export interface Progress {
  /** `done` of `total` (or of nobody knows how many) `unit`; the rate is worked out here. */
  report(done: number, unit: string, total?: number, note?: string): void;
  clear(): void;
}

export interface Context<F extends Flags = Flags> {
  readonly flags: Values<F>;
  readonly positionals: readonly string[];
  /** Results: stdout. The newline is yours. */
  readonly out: (text: string) => void;
  /** Remarks: stderr. The newline is yours. */
  readonly err: (text: string) => void;
  /** Colors a text that goes to stdout, if --color, NO_COLOR and the terminal agree. */
  readonly style: Style;
  /** Standard output is a terminal. */
  readonly isTTY: boolean;
  /** Aborted by the first Ctrl-C (or SIGTERM): print and save what was found, then return. A synchronous loop never hears it: yield. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface Command<F extends Flags = Flags> {
  readonly name: string;
  /** One line without a full stop, for both helps. */
  readonly summary: string;
  readonly positional?: Positional;
  readonly flags: F;
  /** More lines for the command's own help: examples, what the exit status means here. */
  readonly details?: string;
  readonly run: (context: Context<F>) => Promise<number>;
}

/** What is to be judged cannot run here: the reason, and the exit status. */
export function skipped({ out }: Pick<Context, 'out'>, json: boolean, reason: string): number {
  out(json ? `${JSON.stringify({ verdict: 'skipped', reason })}\n` : `skipped: ${reason}\n`);
  return SKIPPED;
}

/** Checks a command's types and forgets its flags' names, so that commands of any kind fit one table. */
export function define<F extends Flags>(command: Command<F>): Command {
  return command as unknown as Command;
}
