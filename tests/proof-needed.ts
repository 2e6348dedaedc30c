// That the invariant is neither empty nor idle: it has the models one wants, and without each of its parts some condition fails.

import { readFileSync, writeFileSync } from 'node:fs';
import type { ProfileName } from '../model/index.ts';
import {
  conditionsOf,
  contract,
  contractText,
  pictureOf,
  type Solver,
  type Step,
  type System,
} from '../proof/index.ts';
import { problem } from '../proof/smt.ts';
import { planted } from './proof-planted.ts';

/** Some state of a small world has the invariant, and this; and the step, if one is given, can be taken from it. */
export async function holdsInSome(
  system: System,
  text: string,
  solver: Solver,
  step: Step | null = null,
): Promise<boolean> {
  const [some] = conditionsOf(system).filter(({ step, known }) => step !== null && !known);
  const assume = [...some.assume.slice(0, -1), system.read(text), ...(step ? [step.guard] : [])];
  return (await pictureOf(system, { ...some, assume, goal: system.read('false'), step }, solver)) !== null;
}

const file = new URL('../docs/proof.md', import.meta.url);
const [FROM, TO] = ['<!-- needed -->\n', '<!-- /needed -->'];

/** The parts of the invariant, as they are written. */
export const invariantOf = (profile: ProfileName): string[] =>
  contract(profile).claims.flatMap(({ state }) => state);

/** Part to the condition that fails without it, as docs/proof.md tells it. */
export function readNeeds(): Map<string, string> {
  const text = readFileSync(file, 'utf8');
  const rows = text
    .slice(text.indexOf(FROM) + FROM.length, text.indexOf(TO))
    .trim()
    .split('\n')
    .slice(2);
  return new Map(
    rows.map((row) => {
      const [, part, condition] = /^\| `(.*)` \| (.*) \|$/.exec(row) ?? [];
      return [part.replaceAll('\\|', '|'), condition] as const;
    }),
  );
}

const without = (part: string): System => {
  const lines = contractText().split('\n');
  const at = lines.findIndex(
    (line) =>
      line.startsWith(`  state ${part}`) &&
      line
        .slice(8 + part.length)
        .trim()
        .replace(/^\[.*\]$/, '') === '',
  );
  return contract('letter', planted(contractText(), `${lines[at]}\n`, ''));
};

export async function failsWithout(part: string, condition: string, solver: Solver): Promise<boolean> {
  const system = without(part);
  for (const one of conditionsOf(system).filter(({ name }) => name === condition))
    if ((await solver.ask(problem(system, one), 20_000)).found === 'sat') return true;
  return false;
}

/** Looks for a failing condition for each part, and writes the table. Takes minutes. */
export async function writeNeeds(parts: readonly string[], solver: Solver): Promise<void> {
  const rows: string[] = [];
  for (const part of parts) {
    const system = without(part);
    let needed = 'nothing';
    for (const one of conditionsOf(system)) {
      if ((await solver.ask(problem(system, one), 20_000)).found !== 'sat') continue;
      needed = one.name;
      break;
    }
    rows.push(`| \`${part.replaceAll('|', '\\|')}\` | ${needed} |`);
  }
  const text = readFileSync(file, 'utf8');
  const table = `| part | without it this fails |\n|---|---|\n${rows.join('\n')}\n`;
  writeFileSync(file, `${text.slice(0, text.indexOf(FROM))}${FROM}${table}${text.slice(text.indexOf(TO))}`);
}
