// What the benches share: ways measured in turn, figures with their spread and target, parts by name, and the parts of a document that a bench writes.

import { readFileSync, writeFileSync } from 'node:fs';

/** The middle of some figures, which a slow moment does not move. Of an even number, the upper of the two in the middle. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1];

/** Median, least and most, in seconds. */
export const spread = (seconds: readonly number[]): string =>
  `${median(seconds).toFixed(2)} s (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)})`;

export const many = (n: number): string => Math.round(n).toLocaleString('en-US');

type Ways = Readonly<Record<string, () => unknown>>;
type Given<W extends Ways> = { [name in keyof W]: Awaited<ReturnType<W[name]>>[] };

/** What each way gives, so many rounds in turn, so that a slow moment hits all alike; rounds to warm up come first and do not count. */
export async function inTurn<W extends Ways>(ways: W, rounds: number, warm = 0): Promise<Given<W>> {
  const given: Record<string, unknown[]> = {};
  for (let round = 0; round < warm + rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const one = await way();
      if (round >= warm) (given[name] ??= []).push(one);
    }
  }
  return given as Given<W>;
}

/** Says whether a target is met; one that is not is the bench's exit status. */
export function target(text: string, met: boolean): void {
  console.log(`  ${met ? 'met   ' : 'MISSED'} ${text}`);
  if (!met) process.exitCode = 1;
}

/** Runs the parts that are named, or all. @throws RangeError */
export async function runParts(
  parts: Readonly<Record<string, () => void | Promise<void>>>,
  named: readonly string[],
): Promise<void> {
  const strange = named.find((name) => !Object.hasOwn(parts, name));
  if (strange !== undefined)
    throw new RangeError(`there is no ${strange}; there are: ${Object.keys(parts).join(' ')}`);
  for (const [name, run] of Object.entries(parts))
    if (named.length === 0 || named.includes(name)) await run();
}

/** A part of a document in docs/ that a bench writes, between two comments. */
export class DocPart {
  readonly #file: URL;
  readonly #marks: readonly [begin: string, end: string];

  constructor(document: string, name: string, bench: string) {
    this.#file = new URL(`../docs/${document}`, import.meta.url);
    this.#marks = [`<!-- ${name}: bench/${bench} -->`, `<!-- end of ${name} -->`];
  }

  #whole(): [before: string, text: string, after: string] {
    const whole = readFileSync(this.#file, 'utf8');
    const [from, to] = this.#marks.map((mark) => whole.indexOf(mark));
    if (from < 0 || to < from) throw new Error(`${this.#file.pathname} has no ${this.#marks.join(' ')}`);
    const start = from + this.#marks[0].length;
    return [whole.slice(0, start), whole.slice(start, to), whole.slice(to)];
  }

  get text(): string {
    return this.#whole()[1];
  }

  write(lines: readonly string[]): void {
    const [before, , after] = this.#whole();
    writeFileSync(this.#file, `${before}\n\n${lines.join('\n').trimEnd()}\n\n${after}`);
  }
}

/** A row of a table in Markdown. */
export const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
