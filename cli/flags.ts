// The flags that commands share, each with its unit, its default and its decoder. A command takes those that it heeds.

import { resolve } from 'node:path';
import type { Scope } from '../model/action.ts';
import { type ProfileName, profileNames } from '../model/profile.ts';
import { implementations, isLinux, linuxName, regimeNames } from '../properties/subjects/known.ts';
import { nearest } from '../shell/nearest.ts';
import { type Context, type Flag, type Range, UsageError } from './command.ts';

export type { Scope };

/** A value out of a list. */
export function choice<const V extends string, D extends V | undefined>(
  values: readonly V[],
  help: string,
  initial: D,
): Flag<V | D> {
  return {
    placeholder: values.join('|'),
    default: initial,
    help,
    decode: (text, name) => oneOf(values, text, name),
  };
}

/** A switch: off unless it is written. */
export const toggle = (help: string): Flag<boolean> => ({
  placeholder: null,
  default: false,
  help,
  decode: () => true,
});

/** A whole number in a unit. The Schema that decodes it is loaded when one is written: it takes longer to load than a small run. */
export function whole<D extends number | undefined>(
  unit: string,
  help: string,
  initial: D,
  range: Range = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  shown?: string,
): Flag<number | D> {
  return {
    placeholder: 'N',
    unit,
    default: initial,
    ...(shown === undefined ? {} : { shown }),
    help,
    decode: async (text, name) => (await import('./decode.ts')).wholeNumber(text, name, unit, range),
  };
}

/** Any text: a path, say. */
export const text = (placeholder: string, help: string, shown: string): Flag<string | undefined> => ({
  placeholder,
  default: undefined,
  shown,
  help,
  decode: (value, name) => {
    if (value === '') throw new UsageError(`--${name} is empty; it takes ${placeholder}`);
    return value;
  },
});

// The flags that many commands share.

/** One profile or `all`, as the list of those it stands for. */
export const profiles = (initial: ProfileName | 'all'): Flag<readonly ProfileName[]> => ({
  placeholder: [...profileNames, 'all'].join('|'),
  default: initial === 'all' ? profileNames : [initial],
  shown: initial,
  help: 'the set of rules',
  decode: (value, name) => {
    const chosen = oneOf([...profileNames, 'all'] as const, value, name);
    return chosen === 'all' ? profileNames : [chosen];
  },
});

export const profile = <D extends ProfileName | undefined>(initial: D, help = 'the set of rules') =>
  choice(profileNames, help, initial);

/** A text that a shell can start: with arguments, as a path, or a program on the PATH. */
export const isCommandLine = async (text: string): Promise<boolean> =>
  /[\s/]/.test(text.trim()) || (await (await import('./decode.ts')).isOnPath(text));

/** A known implementation's name, or a command line that speaks the line protocol. */
export const impl = (
  initial = 'controller',
  known: readonly string[] = implementations,
  help = 'what is judged; a command line is run as a program that speaks the line protocol',
): Flag<string> => ({
  placeholder: `${known.join('|')}|"COMMAND ARGS"`,
  default: initial,
  help,
  decode: async (value, name) => {
    if (known.includes(value)) return value;
    if (await isCommandLine(value)) return value;
    const legal = known.length > 0 ? `${didYouMean(value, known)}, or` : 'there is no such command; legal is';
    throw new UsageError(`--${name} ${value}: ${legal} a command line`);
  },
});

/** An implementation, or a mutant of the controller: it shows what the command finds. */
export function judged(...as: Parameters<typeof impl>): Flag<string> {
  const plain = impl(...as);
  return {
    ...plain,
    help: `${plain.help}; mutant:ID is one of the catalogue`,
    decode: (value, name, given) =>
      /^mutants?(:|$)/.test(value) ? knownMutant(value, name) : plain.decode(value, name, given),
  };
}

async function knownMutant(value: string, name: string): Promise<string> {
  const { mutantNamed, mutants } = await import('../mutants/index.ts');
  if (mutantNamed(/^mutant:(.*)$/.exec(value)?.[1] ?? '')) return value;
  const ids = mutants.map(({ id }) => id).join(', ');
  throw new UsageError(`--${name} ${value}: there is no such mutant; legal are mutant:ID, ID one of ${ids}`);
}

/** What --impl linux takes beside: a kernel of one's own, the cgroup version, the regime. */
export const linux = {
  kernel: text(
    'PATH',
    'with --impl linux: a User Mode Linux binary, or a kernel image for QEMU, run in a guest',
    'the running kernel',
  ),
  cgroup: choice(
    ['v1', 'v2'],
    'with --impl linux: which interface; stands for --profile linux-v1 or linux-v2',
    undefined,
  ),
  regime: choice(regimeNames, 'with --impl linux: how the kernel is driven (docs/linux.md)', undefined),
};

export interface LinuxFlags {
  readonly kernel?: string | undefined;
  readonly cgroup?: 'v1' | 'v2' | undefined;
  readonly regime?: (typeof regimeNames)[number] | undefined;
}

/** The implementation that --impl and these flags name together. @throws UsageError if they go with something else */
export function withKernel<I extends string | undefined>(
  impl: I,
  { kernel, cgroup, regime }: LinuxFlags,
): I | string {
  const given = Object.entries({ kernel, cgroup, regime }).find(([, value]) => value !== undefined)?.[0];
  if (given === undefined) return impl;
  if (impl === undefined || !isLinux(impl))
    throw new UsageError(`--${given} goes with --impl linux, not ${impl ?? 'with the subject of a file'}`);
  if (regime === 'migrate' && kernel === undefined && !impl.includes(':'))
    throw new UsageError('--regime migrate goes with --kernel: pages are made to move in a guest only');
  return kernel === undefined && regime === undefined
    ? impl
    : linuxName(kernel && resolve(kernel), regime ?? 'quiet');
}

/** The profiles to run in: those that were asked for, and of them the one of --cgroup. @throws UsageError if that is none */
export function ofCgroup(profiles: readonly ProfileName[], { cgroup }: LinuxFlags): readonly ProfileName[] {
  if (cgroup === undefined) return profiles;
  const profile = `linux-${cgroup}` as const;
  if (profiles.includes(profile)) return [profile];
  throw new UsageError(`--cgroup ${cgroup} is profile ${profile}, not ${profiles.join(', ')}`);
}

/** A counterexample in the profile of --cgroup, if that is given. */
export const inCgroup = <E extends { readonly profile: ProfileName }>(
  example: E,
  { cgroup }: LinuxFlags,
): E => (cgroup === undefined ? example : { ...example, profile: `linux-${cgroup}` });

export const seed = (shown = 'drawn anew and printed'): Flag<number | undefined> => {
  const { unit: _, ...flag } = whole('', '', undefined, { minimum: 0, maximum: 0xffffffff }, shown);
  return { ...flag, help: 'seed of the random numbers, 0 to 4294967295' };
};
export const runs = <D extends number | undefined>(initial: D, unit = 'runs a profile') =>
  whole(unit, 'how many runs', initial);
export const length = <D extends number | undefined>(initial: D) =>
  whole('commands a run', 'how long a run may be', initial);

export const minutes = (shown = 'no bound'): Flag<number | undefined> => ({
  placeholder: 'M',
  unit: 'minutes',
  default: undefined,
  shown,
  help: 'stop after this time; what was not judged by then is reported as unknown',
  decode: async (value, name) => (await import('./decode.ts')).positiveNumber(value, name, 'minutes'),
});

/** Claims by name, or by any id (I4, L3). `more` are names that this command knows besides; loaded only when one is written. */
export const claims = (
  more: () => Promise<readonly string[]> = async () => [],
): Flag<readonly string[] | undefined> => ({
  placeholder: 'A,B',
  default: undefined,
  shown: 'all that apply',
  help: 'judge only these claims, by name or by id (I5)',
  decode: async (value, flag) => {
    const { named, namesOf } = await import('../properties/claims/ids.ts');
    const names = [...new Set([...named.flatMap(({ name, id = name }) => [name, id]), ...(await more())])];
    const wanted = value.split(',').map((text) => text.trim());
    return [...new Set(wanted.flatMap((text) => namesOf(text) ?? [oneOf(names, text, flag)]))];
  },
});

export const scope = (shown: string): Flag<Scope | undefined> => ({
  placeholder: 'C/T/P/L',
  unit: 'containers/tasks/pages/highest limit',
  default: undefined,
  shown,
  help: 'the scope',
  decode: async (value, name) => (await import('./decode.ts')).scope(value, name),
});

export const workers = <D extends number | undefined>(initial: D, shown?: string) =>
  whole('threads', 'how many worker threads', initial, { minimum: 1, maximum: 1024 }, shown);
/** How long a program may be silent: its limit counts nothing but the program's own time. */
export const timeout: Flag<number | undefined> = {
  placeholder: 'S',
  unit: 'seconds',
  default: undefined,
  shown: '10',
  help: 'how long to wait for an answer of a program',
  decode: async (value, name) => (await import('./decode.ts')).positiveNumber(value, name, 'seconds'),
};

/** With a program: every line that is said to it and by it, on file. */
export const log = text(
  'FILE',
  'write every line exchanged with the program: -> sent, <- received, !! its stderr',
  'nothing is kept',
);

/** Begins to keep it, if asked to. @throws UsageError if the file cannot be written */
export async function beginLog(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const { keepConversation } = await import('../impl/external/log.ts');
  try {
    keepConversation(file);
  } catch (error) {
    throw new UsageError(`--log ${file} cannot be written: ${(error as Error).message}`);
  }
}

/** What --timeout and Ctrl-C mean for whoever waits for a program. */
export const patienceOf = (
  { signal }: Pick<Context, 'signal'>,
  given: { readonly timeout: number | undefined },
) => ({ signal, patience: given.timeout === undefined ? undefined : 1000 * given.timeout });

/** The same, with the program's remarks on stderr behind its name. A kernel is opened anew for each turn of a profile: what it says is told once. */
export const outsideOptions = (
  context: Pick<Context, 'signal' | 'err'>,
  given: { readonly timeout: number | undefined; readonly impl: string },
) => {
  const told = new Set<string>();
  return {
    ...patienceOf(context, given),
    remark: (line: string) => {
      if (!told.has(line)) context.err(`${given.impl.split(/\s/)[0]}: ${line}\n`);
      if (isLinux(given.impl)) told.add(line);
    },
  };
};

export const keepGoing = toggle(
  'continue after a violation, in every profile and for every claim; each distinct mistake is reported once',
);

const formats = ['text', 'junit', 'tap', 'github'] as const;
export type Format = (typeof formats)[number];
/** junit: a CI server; github: annotations of GitHub Actions. */
export const reporter = choice(formats, 'format of the report, one case for each claim', 'text');

export const json = toggle('one JSON object on stdout instead of words');
export const quiet = toggle('only the verdict, and no progress');
export const color = choice(['auto', 'always', 'never'], 'color on stdout; auto heeds NO_COLOR', 'auto');
export const save = text('DIR', 'write what was found as files into DIR', 'nothing is written');

/** @throws UsageError that begins with what was written: a flag and its value, if not said otherwise. */
export function oneOf<V extends string>(
  values: readonly V[],
  value: string,
  name: string,
  written = `--${name} ${value}`,
): V {
  if ((values as readonly string[]).includes(value)) return value as V;
  throw new UsageError(`${written}: ${didYouMean(value, values)}`);
}

/** `the nearest legal one is X; legal are: X, Y, Z`: the nearest alone where there are many, all where none is near. */
export function didYouMean(wrong: string, legal: readonly string[], likely = nearest(wrong, legal)): string {
  const all = `legal are: ${legal.join(', ')}`;
  if (likely === undefined) return all;
  const one = `the nearest legal one is ${likely}`;
  return legal.length > 1 && legal.length <= 20 ? `${one}; ${all}` : one;
}
