// The shell on a terminal: a prompt, history, completion of commands, tasks and paths. Ctrl-C stops a command, Ctrl-D leaves.

import { createInterface } from 'node:readline';
import { fileNames, parsePath, verbs } from '../shell/index.ts';
import type { ShellMachine } from '../shell/machine.ts';
import { Interrupted, Shell } from '../shell/shell.ts';
import { type Context, HOLDS, SHELL_KILLED } from './command.ts';
import { paragraphs } from './wrap.ts';

const PROMPT = '$ ';

export async function converse(
  machine: ShellMachine,
  { out, style, signal }: Context,
  help: string,
): Promise<number> {
  let current = new AbortController();
  const shell = new Shell(machine, () => current.signal.aborted || signal.aborted);
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: PROMPT,
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: (line: string, callback: (error: null, result: [string[], string]) => void) => {
      complete(shell, line).then((result) => callback(null, result));
    },
  });
  const running = { command: false };
  lines.on('SIGINT', () => {
    if (running.command) current.abort();
    else {
      lines.write(null, { ctrl: true, name: 'e' });
      lines.write(null, { ctrl: true, name: 'u' });
      out('^C\n');
      lines.prompt();
    }
  });
  signal.addEventListener('abort', () => lines.close());

  out(
    style(
      'dim',
      `${machine.name}, profile ${machine.profile}; help lists the commands, tab completes, Ctrl-D leaves\n`,
    ),
  );
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() === 'help') {
      out(`${paragraphs(help, process.stdout.columns || 80)}\n`);
      lines.prompt();
      continue;
    }
    current = new AbortController();
    running.command = true;
    try {
      out(await shell.run(line));
      const hint = shell.hintFor(line);
      if (hint) out(style('dim', `${hint}\n`));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      out(style('dim', 'interrupted; what was done stays\n'));
    }
    running.command = false;
    if (shell.end || signal.aborted) break;
    lines.prompt();
  }
  lines.close();
  if (!shell.end) out('\n');
  return shell.end === 'killed' ? SHELL_KILLED : HOLDS;
}

/** What could stand in place of the last word. */
export async function complete(shell: Shell, line: string): Promise<[string[], string]> {
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const isFirst =
    line
      .slice(0, line.length - word.length)
      .replace(/^\s*[A-Za-z0-9_]+:/, '')
      .trim() === '';
  const starting = (all: readonly string[]) => all.filter((one) => one.startsWith(word));
  if (word.startsWith('$')) return [starting(['$$', ...shell.taskNames.map((name) => `$${name}`)]), word];
  if (word.startsWith('/')) return [starting(await paths(shell, word)), word];
  if (!isFirst) return [[], word];
  return [
    starting([...verbs.map((verb) => `${verb} `), ...shell.taskNames.map((name) => `${name}: `)]),
    word,
  ];
}

async function paths(shell: Shell, word: string): Promise<string[]> {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  const path = parsePath(folder);
  const children = path && (await shell.machine.children(path));
  return children ? [...children, ...fileNames].map((name) => folder + name) : ['/containers/rss/'];
}
