// A violation in words: the claim, its witness, and the trace with `>` at the move that shows it.

import type { Domain, Kinds } from './domain.ts';
import type { Violation } from './lockstep.ts';

/** The moves, a line each: number, move, and what was answered besides ok. The last is the one that fails. */
export function traceLines<K extends Kinds>(
  domain: Domain<K>,
  { moves, answers }: Pick<Violation<K>, 'moves' | 'answers'>,
  failing: (line: string) => string = (line) => line,
): string[] {
  const texts = moves.map((move) => domain.text(move));
  const width = Math.max(...texts.map(({ length }) => length), 0);
  return texts.map((text, i) => {
    const isLast = i === moves.length - 1;
    const answer = i < answers.length ? (domain.answerText?.(answers[i]) ?? String(answers[i])) : 'no answer';
    const line =
      `${isLast ? '>' : ' '} ${String(i + 1).padStart(2)}  ${text.padEnd(width)}  ${answer}`.trimEnd();
    return isLast ? failing(line) : line;
  });
}

export const failureText = <K extends Kinds>(domain: Domain<K>, violation: Violation<K>): string =>
  [
    `${violation.claim} is violated in ${domain.name}`,
    `  ${violation.witness}`,
    '',
    ...traceLines(domain, violation),
  ].join('\n');
