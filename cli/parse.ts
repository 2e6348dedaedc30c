// From the words of a command line to a command's flags and positionals, strictly: what is not known is refused with the nearest legal one.

import { parseArgs } from 'node:util';
import { type Command, type Flags, UsageError } from './command.ts';
import { didYouMean } from './flags.ts';

export interface Parsed {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
  readonly help: boolean;
}

/** Decodes `args` (without the command's name). `--help` anywhere wins over every error. */
export async function parse(command: Command, flags: Flags, args: readonly string[]): Promise<Parsed> {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(
        Object.entries(flags).map(([name, flag]) => [
          name,
          { type: flag.placeholder === null ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    return { flags: {}, positionals: [], help: true };
  }

  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) values[name] = flag.default;
  const given = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    values[token.name] = await decodeFlag(command, flags, token, given.has(token.name), values[token.name]);
    given.add(token.name);
  }
  checkPositionals(command, positionals);
  return { flags: values, positionals, help: false };
}

interface Option {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function decodeFlag(command: Command, flags: Flags, token: Option, again: boolean, sofar: unknown): unknown {
  const { name, rawName, value, inlineValue } = token;
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (!flag) {
    const legal = [...Object.keys(flags), 'help'].map((known) => `--${known}`);
    const longer = legal.filter((known) => known.startsWith(`-${rawName}`));
    const nearest = rawName.length === 2 && longer.length > 0 ? longer[0] : undefined;
    throw new UsageError(`${command.name} has no flag ${rawName}; ${didYouMean(rawName, legal, nearest)}`);
  }
  if (again && !flag.repeatable) throw new UsageError(`${rawName} is given twice; it counts once`);
  if (flag.placeholder === null) {
    if (value !== undefined) throw new UsageError(`${rawName} is a switch and takes no value, not ${value}`);
    return flag.decode('', name, sofar);
  }
  if (value === undefined) throw new UsageError(`${rawName} needs a value: ${rawName} ${flag.placeholder}`);
  if (!inlineValue && value.startsWith('-') && value !== '-') {
    throw new UsageError(
      `${rawName} needs a value: ${rawName} ${flag.placeholder} (one that begins with a dash: ${rawName}=${value})`,
    );
  }
  return flag.decode(value, name, sofar);
}

function checkPositionals({ name, positional }: Command, given: readonly string[]): void {
  const { min, max } = positional ?? { min: 0, max: 0 };
  if (given.length > max) {
    const takes = positional ? `at most ${max} ${positional.name}` : 'flags only';
    throw new UsageError(`${name} takes ${takes}, and ${given[max]} is one too many`);
  }
  if (given.length < min) throw new UsageError(`${name} needs a ${positional?.name}: ${positional?.help}`);
}
