// The help: every flag with its unit and default, for one command and for all.

import type { Command, Flag, Flags } from './command.ts';
import { paragraphs, wrapped } from './wrap.ts';

const WIDTH = 80;
const COLUMN = 28;

/** The flags that every command has. */
export const helpLine = row('--help, -h', 'this text');

export function commandHelp(command: Command, flags: Flags): string {
  const { positional } = command;
  const lines = [
    ...wrapped(`firsttouch ${command.name}: ${command.summary}`, WIDTH),
    '',
    `usage: firsttouch ${command.name} [flags]${positional ? ` ${positionalText(command)}` : ''}`,
    '',
  ];
  if (positional) lines.push(row(positional.name, positional.help), '');
  lines.push('flags:', ...Object.entries(flags).map(([name, flag]) => flagLine(name, flag)), helpLine);
  if (command.details) lines.push('', paragraphs(command.details, WIDTH));
  return `${lines.join('\n')}\n`;
}

export function overview(commands: readonly { command: Command; flags: Flags }[], exits: string): string {
  const lines = [
    ...wrapped(
      'firsttouch: properties, a model checker and a shell for the RSS controller of June 2007',
      WIDTH,
    ),
    '',
    'usage: firsttouch COMMAND [flags]     (COMMAND --help: that command alone)',
    '',
    'commands:',
    ...commands.map(({ command }) => row(`${command.name} ${positionalText(command)}`, command.summary)),
  ];
  for (const { command, flags } of commands) {
    lines.push('', `flags of ${command.name}:`);
    lines.push(...Object.entries(flags).map(([name, flag]) => flagLine(name, flag)));
  }
  lines.push(
    '',
    'without a command:',
    row('--version', 'the version'),
    helpLine,
    '',
    paragraphs(exits, WIDTH),
  );
  return `${lines.join('\n')}\n`;
}

function positionalText({ positional }: Command): string {
  if (!positional) return '';
  const many = positional.max > 1 ? '...' : '';
  return positional.min > 0 ? `${positional.name}${many}` : `[${positional.name}${many}]`;
}

function flagLine(name: string, flag: Flag): string {
  const value = flag.placeholder === null ? '' : ` ${flag.placeholder}`;
  const unit = flag.unit ? ` (in ${flag.unit})` : '';
  const initial = flag.shown ?? (flag.placeholder === null ? 'off' : String(flag.default ?? 'none'));
  return row(`--${name}${value}`, `${flag.help}${unit} [default: ${initial}]`);
}

/** Two columns; a text that is too long goes on below itself. */
function row(left: string, right: string): string {
  const lines = wrapped(right, WIDTH - COLUMN);
  const indent = `\n${' '.repeat(COLUMN)}`;
  const head = `  ${left.trimEnd()}`;
  return head.length < COLUMN - 1
    ? head.padEnd(COLUMN) + lines.join(indent)
    : head + indent + lines.join(indent);
}
