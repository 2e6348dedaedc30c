// What the shell does: runs a script, compares a transcript, or talks on a terminal.

import { readFile } from 'node:fs/promises';
import { type ProfileName, profileNames } from '../model/profile.ts';
import type { ShellMachine } from '../shell/machine.ts';
import { type Difference, parseScript, runScript, type Script, ScriptError } from '../shell/script.ts';
import { Interrupted, Shell } from '../shell/shell.ts';
import { HOLDS, SHELL_KILLED, SKIPPED, UsageError, VIOLATED } from './command.ts';
import { didYouMean, outsideOptions, withKernel } from './flags.ts';
import { startMachine } from './machines.ts';
import { type ShellContext, shellHelp } from './shell.ts';

export async function run(context: ShellContext): Promise<number> {
  try {
    return await drive(context);
  } catch (error) {
    const { NotAlive, Unavailable } = await import('../lockstep/index.ts');
    if (error instanceof Unavailable) {
      context.out(`skipped: ${error.message}\n`);
      return SKIPPED;
    }
    if (!(error instanceof NotAlive)) throw error;
    context.out(`ImplementationAlive is violated: ${error.message}\n`);
    return VIOLATED;
  }
}

async function drive(context: ShellContext): Promise<number> {
  const [file = '-'] = context.positionals;
  if (file === '-' && process.stdin.isTTY) {
    const machine = await start(context, context.flags.profile ?? 'letter');
    if (!machine) return SKIPPED;
    try {
      return await (await import('./converse.ts')).converse(machine, context, shellHelp);
    } finally {
      await machine.close?.();
    }
  }
  const name = file === '-' ? 'stdin' : file;
  const script = parse(await read(file, name), name);
  const machine = await start(context, context.flags.profile ?? profileOf(script, name));
  if (!machine) return SKIPPED;
  try {
    return await runFile(machine, script, name, context);
  } finally {
    await machine.close?.();
  }
}

async function start(context: ShellContext, profile: ProfileName): Promise<ShellMachine | null> {
  const { flags, out } = context;
  const impl = withKernel(flags.impl, flags);
  const rules = flags.cgroup ? (`linux-${flags.cgroup}` as const) : profile;
  const machine = await startMachine(impl, rules, outsideOptions(context, flags));
  if (!('skip' in machine)) return machine;
  out(`skipped: ${machine.skip}\n`);
  return null;
}

async function read(file: string, name: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = file === '-' ? await readStdin() : await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const causes: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' };
    throw new UsageError(`${name}: ${causes[code ?? ''] ?? code}; a script or a transcript is read here`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${name}: not a text in UTF-8; a script or a transcript is read here`);
  }
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(text: string, name: string): Script {
  try {
    return parseScript(text);
  } catch (error) {
    if (error instanceof ScriptError) throw new UsageError(`${name}:${error.line}: ${error.message}`);
    throw error;
  }
}

function profileOf({ profile }: Script, name: string): ProfileName {
  if (!profile) return 'letter';
  const known = profileNames.find((legal) => legal === profile.name);
  if (known) return known;
  throw new UsageError(
    `${name}:${profile.line}: no profile ${profile.name}; ${didYouMean(profile.name, profileNames)}`,
  );
}

/** A script's output as it comes; of a transcript only how it differs. */
async function runFile(
  machine: ShellMachine,
  script: Script,
  name: string,
  context: ShellContext,
): Promise<number> {
  const { out, err, signal, style, flags } = context;
  const shell = new Shell(machine, () => signal.aborted);
  const differences: Difference[] = [];
  let done = 0;
  try {
    await runScript(shell, script, (output, entry) => {
      if (signal.aborted) throw new Interrupted('interrupted');
      done++;
      if (!script.isTranscript) out(output);
      else if (output !== entry.expected) differences.push({ entry, actual: output });
      const hint = shell.hintFor(entry.command);
      if (hint) err(`${name}:${entry.line}: ${hint}\n`);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    err(`${name}: ${cutText(script, done)}\n`);
  }

  if (script.isTranscript) {
    const ran = `${machine.name}, profile ${machine.profile}`;
    if (differences.length > 0) {
      const { transcriptDiff } = await import('../shell/transcript.ts');
      const colors: Record<string, 'red' | 'green' | 'cyan'> = { '-': 'red', '+': 'green', '@': 'cyan' };
      for (const line of transcriptDiff(script, differences, name, ran).split('\n').slice(0, -1)) {
        out(`${colors[line[0]] ? style(colors[line[0]], line) : line}\n`);
      }
      out(`${differences.length} of ${done} commands differ\n`);
      return VIOLATED;
    }
    if (signal.aborted)
      out(`${name}: ${done} of ${script.entries.length} commands ran, as expected (${ran})\n`);
    else if (!flags.quiet) out(`${name}: ${script.entries.length} commands, all as expected (${ran})\n`);
  }
  // A transcript is a test: a kill that it expects is as it should be.
  return shell.end === 'killed' && !script.isTranscript ? SHELL_KILLED : HOLDS;
}

const cutText = ({ entries }: Script, done: number): string =>
  `interrupted in line ${entries[done]?.line}; ${entries.length - done - 1} commands after it were not begun`;
