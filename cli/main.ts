// From the command line to an exit status: finds the command, decodes its flags, runs it, and answers for whatever goes wrong.

import { styleFor } from './color.ts';
import {
  type Command,
  type Context,
  DEFECT,
  type Flags,
  HOLDS,
  INTERRUPTED,
  UNKNOWN,
  USAGE,
  UsageError,
} from './command.ts';
import { commands } from './commands.ts';
import { color, didYouMean } from './flags.ts';
import { commandHelp, overview } from './help.ts';
import { parse } from './parse.ts';
import { oneLine, printable } from './printable.ts';
import { progressOn } from './progress.ts';
import { fitted } from './wrap.ts';

const EXITS = `exit status: 0 holds, 1 violated (or a transcript differs), 2 usage or unreadable input, 3 unknown (stopped early, or something asked for was not judged),
4 skipped, 70 a defect in firsttouch, 130 interrupted, 137 the shell was the OOM killer's victim in a plain script`;

/** Runs the process: signals, broken pipes and defects are answered here. */
export async function start(args: readonly string[]): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onBrokenPipe);
  process.on('uncaughtException', (error) => process.exit(answerFor(error)));

  const status = await main(args, interrupt.signal).catch(answerFor);
  for (const stream of [process.stdout, process.stderr]) await flushed(stream);
  process.exit(status);
}

/** Whoever read us has gone, as `head` does: the run goes on to its verdict and says nothing more. A full disk is not our defect. */
function onBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  throw new UsageError(`what was found cannot be written: ${error.message}`);
}

const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });

/** One line for an error: exit 2 if the user can mend it, 3 if nobody is to blame, 70 if only we can. */
function answerFor(error: unknown): number {
  const theirs = mendable(error);
  if (theirs !== null) {
    complain(`firsttouch: ${oneLine(theirs)}\n`);
    return USAGE;
  }
  if ((error as { exit?: unknown } | null)?.exit === UNKNOWN) {
    complain(`firsttouch: ${oneLine((error as Error).message)}\n`);
    return UNKNOWN;
  }
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const debug = process.env.FIRSTTOUCH_DEBUG;
  const more = debug ? '' : ' (this is a defect in firsttouch; FIRSTTOUCH_DEBUG=1 shows where)';
  complain(`firsttouch: ${oneLine(message)}${more}\n`);
  if (debug) process.stderr.write(`${stack}\n`);
  return DEFECT;
}

/** What a person reads on a terminal breaks between words; a pipe and a file get it as it is. */
const forReader = (stream: NodeJS.WriteStream, text: string): string =>
  stream.isTTY ? fitted(text, stream.columns || 80) : text;

const complain = (text: string) => process.stderr.write(forReader(process.stderr, text));

/** What the machine refuses us, wherever it is met: no file may be written there, no more be opened, the disk is full. */
const REFUSED = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'];

/** An error that the user can mend, in words; null: it is ours. */
function mendable(error: unknown): string | null {
  if (error instanceof UsageError) return error.message;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === 'mkdtemp') return `no folder for temporary files can be made, see TMPDIR: ${message}`;
  return REFUSED.includes(code ?? '') ? message : null;
}

/** Decodes and runs a command line; what goes wrong is thrown. */
export async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const [first, ...rest] = args;
  if (first === '--help' || first === '-h' || first === 'help') return help(rest[0]);
  const command = await find(first);
  const flags = { ...command.flags, color };
  const parsed = await parse(command, flags, rest);
  if (parsed.help) {
    process.stdout.write(commandHelp(command, flags));
    return HOLDS;
  }
  const { context, close } = contextOf(command.name, parsed, signal);
  try {
    const status = await command.run(context);
    return signal.aborted ? INTERRUPTED : status;
  } catch (error) {
    // Whoever waited for a program was thrown the reason, and had nothing to tell.
    if (signal.aborted && error === signal.reason) return INTERRUPTED;
    throw error;
  } finally {
    close();
  }
}

async function find(name: string | undefined): Promise<Command> {
  const names = Object.keys(commands);
  if (name === undefined) throw new UsageError(`no command; there are: ${names.join(', ')} (and --help)`);
  if (Object.hasOwn(commands, name)) return (await commands[name]()).command;
  if (name.startsWith('-')) {
    const legal = ['--help', '--version'];
    throw new UsageError(
      `the command comes first; without one there is no ${name}: ${didYouMean(name, legal)}`,
    );
  }
  throw new UsageError(`no command is called ${name}; ${didYouMean(name, names)}`);
}

async function help(name: string | undefined): Promise<number> {
  process.stdout.write(await helpText(name === undefined || name.startsWith('-') ? undefined : name));
  return HOLDS;
}

/** The help of one command, or of all. */
export async function helpText(name?: string): Promise<string> {
  const withColor = (command: Command): Flags => ({ ...command.flags, color });
  if (name !== undefined) {
    const command = await find(name);
    return commandHelp(command, withColor(command));
  }
  const all = await Promise.all(Object.values(commands).map(async (load) => (await load()).command));
  return overview(
    all.map((command) => ({ command, flags: withColor(command) })),
    EXITS,
  );
}

function contextOf(
  name: string,
  { flags, positionals }: { flags: Readonly<Record<string, unknown>>; positionals: readonly string[] },
  signal: AbortSignal,
): { context: Context; close: () => void } {
  const { stdout, stderr } = process;
  const progress = progressOn(stderr, stderr.isTTY === true && flags.quiet !== true);
  const style = styleFor(String(flags.color), stdout.isTTY === true);
  // The shell prints what its files hold, and code is code.
  const asItIs = name === 'shell' || flags.test === true;
  const colored = style('red', '') !== '';
  const write = (stream: NodeJS.WriteStream) => (text: string) => {
    progress.clear();
    const shown = printable(text, colored && stream === stdout);
    if (!stream.destroyed) stream.write(asItIs ? shown : forReader(stream, shown));
  };
  return {
    context: {
      flags: flags as Context['flags'],
      positionals,
      out: write(stdout),
      err: write(stderr),
      style,
      isTTY: stdout.isTTY === true,
      signal,
      progress,
    },
    close: progress.clear,
  };
}
