// The layout of contract.txt: lines in lines by indentation, comments left out, and lines that other profiles have.

import type { Profile } from '../model/index.ts';

export interface Line {
  readonly text: string;
  readonly lines: readonly Line[];
}

/** The words by which a line says that it belongs to some profiles only. */
export function traitsOf(profile: Profile): readonly string[] {
  const { nthMapping, lowerLimit, zeroLimit, scan, root } = profile;
  return [
    root ? 'nested' : 'flat',
    nthMapping,
    { lazy: 'lazy', 'reclaim or EBUSY': 'v1', 'reclaim, then kill': 'v2' }[lowerLimit],
    zeroLimit === 'unlimited' ? 'zero' : 'strict',
    scan === '13 passes' ? 'bounded' : 'complete',
  ];
}

export function outline(text: string, traits: readonly string[]): Line[] {
  const top: Line[] = [];
  const open: { depth: number; lines: Line[] }[] = [{ depth: -1, lines: top }];
  for (const written of text.split('\n')) {
    const [, indent, content, tag] = /^( *)(.*?)\s*(?:\[([\w ]+)\])?\s*(?:\/\/.*)?$/.exec(
      written,
    ) as RegExpExecArray;
    if (content === '' || content.startsWith('//')) continue;
    while ((open.at(-1) as { depth: number }).depth >= indent.length) open.pop();
    const line = { text: content, lines: [] };
    if (tag === undefined || tag.split(' ').every((trait) => traits.includes(trait)))
      open.at(-1)?.lines.push(line);
    open.push({ depth: indent.length, lines: line.lines });
  }
  return top;
}
