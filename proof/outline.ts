// The layout of the two texts: lines in lines by indentation, comments left out, and the lines that only other profiles have.

import { type Profile, profiles } from '../model/index.ts';
import { BadFormula } from './language.ts';

/** A line, its first word and what follows that, and the lines below it. */
export interface Line {
  readonly text: string;
  readonly kind: string;
  readonly rest: string;
  readonly lines: Line[];
}

/** The words by which a line says that it belongs to some profiles only. */
function traitsOf({ nthMapping, lowerLimit, zeroLimit, scan, root }: Profile): readonly string[] {
  return [
    root ? 'nested' : 'flat',
    nthMapping,
    { lazy: 'lazy', 'reclaim or EBUSY': 'v1', 'reclaim, then kill': 'v2' }[lowerLimit],
    zeroLimit === 'unlimited' ? 'zero' : 'strict',
    scan === '13 passes' ? 'bounded' : 'complete',
  ];
}

const LINE = /^( *)(([^\s/]\S*) ?(.*?))?\s*(?:\[([\w ]+)\])?\s*(?:\/\/.*)?$/;

const TRAITS = new Set(Object.values(profiles).flatMap(traitsOf));

/** @throws BadFormula with the line, for a word in brackets that no profile has */
export function outline(text: string, profile: Profile): Line[] {
  const traits = traitsOf(profile);
  const top: Line[] = [];
  const open = [{ depth: -1, lines: top }];
  for (const [i, written] of text.split('\n').entries()) {
    const [, { length: depth }, content, kind, rest, tag] = LINE.exec(written) as RegExpExecArray;
    if (content === undefined) continue;
    const unknown = tag?.split(' ').find((trait) => !TRAITS.has(trait));
    if (unknown !== undefined)
      throw new BadFormula(
        `line ${i + 1}: [${unknown}] is of no profile; legal are: ${[...TRAITS].join(', ')}`,
      );
    while (open[open.length - 1].depth >= depth) open.pop();
    const line = { text: content, kind, rest, lines: [] };
    if (tag === undefined || tag.split(' ').every((trait) => traits.includes(trait)))
      open[open.length - 1].lines.push(line);
    open.push({ depth, lines: line.lines });
  }
  return top;
}
