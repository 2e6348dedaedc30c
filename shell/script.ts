// A script or a transcript: told apart, cut into commands with their expected output, its profile found; and run.

import { nearest } from './nearest.ts';
import type { Shell } from './shell.ts';
import { parseCommand, verbs } from './words.ts';

/** A command at its line (from 1), and in a transcript the output that is to follow it. */
export interface Entry {
  readonly line: number;
  readonly command: string;
  /** Each ended by a newline; empty in a plain script. */
  readonly expected: string;
  /** The lines below the command, comments and blank lines among them, as they stand. */
  readonly below: readonly string[];
}

export interface Script {
  readonly isTranscript: boolean;
  /** The text before the first command: comments. */
  readonly head: readonly string[];
  readonly entries: readonly Entry[];
  /** What `// profile: NAME` says, and where. */
  readonly profile: { readonly name: string; readonly line: number } | null;
}

/** A text that is neither commands nor a transcript, with the line that shows it. */
export class ScriptError extends Error {
  override name = 'ScriptError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

const isComment = (line: string): boolean => line.trimStart().startsWith('//');
const isPrompt = (line: string): boolean => line === '$' || line.startsWith('$ ');
const isSilent = (line: string): boolean => line.trim() === '' || isComment(line);

/** Lines that begin with `$ ` make it a transcript. */
export function parseScript(text: string): Script {
  const binary = text.indexOf('\0');
  if (binary >= 0) throw new ScriptError(text.slice(0, binary).split('\n').length, 'a NUL: this is no text');
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  const isTranscript = lines.some(isPrompt);
  const starts: number[] = [];
  lines.forEach((line, i) => {
    if (isTranscript ? isPrompt(line) : !isSilent(line)) starts.push(i);
  });
  const first = starts[0] ?? lines.length;
  const stray = lines.slice(0, first).findIndex((line) => !isSilent(line));
  if (stray >= 0) {
    throw new ScriptError(
      stray + 1,
      `"${lines[stray]}" stands before the first command; in a transcript commands begin with "$ "`,
    );
  }
  const entries = starts.map((at, i): Entry => {
    const below = lines.slice(at + 1, starts[i + 1] ?? lines.length);
    const expected = below.filter((line) => !isSilent(line)).map((line) => `${line}\n`);
    return {
      line: at + 1,
      command: isTranscript ? lines[at].slice(1).trim() : lines[at],
      expected: isTranscript ? expected.join('') : '',
      below,
    };
  });
  if (!isTranscript) mustKnowOne(entries);
  return { isTranscript, head: lines.slice(0, first), entries, profile: profileOf(lines.slice(0, first)) };
}

/** A file that has commands, but not one of ours, is no script: most likely the wrong file. */
function mustKnowOne(entries: readonly Entry[]): void {
  const known: readonly string[] = verbs;
  if (
    entries.length === 0 ||
    entries.some(({ command }) => known.includes(parseCommand(command)?.verb ?? ''))
  )
    return;
  const { line, command } = entries[0];
  const verb = parseCommand(command)?.verb ?? command;
  const near = nearest(verb, known);
  throw new ScriptError(
    line,
    `no command is called ${verb.slice(0, 40)}${near ? `; the nearest legal one is ${near}` : ''}; legal are: ${known.join(', ')}`,
  );
}

function profileOf(head: readonly string[]): Script['profile'] {
  for (const [i, line] of head.entries()) {
    const name = /^\s*\/\/\s*profile:\s*(\S*)\s*$/.exec(line)?.[1];
    if (name !== undefined) return { name, line: i + 1 };
  }
  return null;
}

/** The first command whose output is not the expected one, and how many there are. */
export interface Difference {
  readonly entry: Entry;
  readonly actual: string;
}

/** Runs all commands. `hear` gets each output as it comes; what differs from a transcript is returned. */
export async function runScript(
  shell: Shell,
  script: Script,
  hear: (output: string, entry: Entry) => void = () => {},
): Promise<readonly Difference[]> {
  const differences: Difference[] = [];
  for (const entry of script.entries) {
    const actual = await shell.run(entry.command);
    hear(actual, entry);
    if (script.isTranscript && actual !== entry.expected) differences.push({ entry, actual });
    if (shell.end && !script.isTranscript) break;
  }
  return differences;
}
