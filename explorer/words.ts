// How things are called on the page: moves and answers in words.

import type { Move } from '../model/index.ts';
import { argKind } from '../properties/trace/args.ts';
import { type Names, plainNames } from './names.ts';
import type { Moment } from './timeline.ts';

export function moveWords([name, ...args]: Move, names: Names = plainNames): string {
  const words = args.map((arg, i) => {
    const kind = argKind(name, i);
    if (kind === 'container') return names.container(Number(arg));
    if (kind === 'task') return names.task(Number(arg));
    return kind === 'page' ? `p${arg}` : String(arg);
  });
  return [name, ...words].join(' ');
}

/** What a move answered, in a few words: `reclaimed p0, killed t1, KILLED`. */
export function answerWords({ outcome, killed, reclaimed }: Moment, names: Names = plainNames): string {
  const parts = [];
  if (reclaimed.length > 0) parts.push(`reclaimed ${runs(reclaimed)}`);
  if (killed.length > 0) parts.push(`killed ${killed.map((t) => names.task(t)).join(' ')}`);
  if (outcome !== 'ok') parts.push(outcome === 'KILLED' ? 'KILLED' : `refused: ${outcome}`);
  return parts.join(', ') || 'ok';
}

/** p0-p3 p7: runs of neighbours in one word, in the order given. */
export function runs(pages: readonly number[]): string {
  const words: string[] = [];
  for (let i = 0; i < pages.length; ) {
    let j = i;
    while (j + 1 < pages.length && pages[j + 1] === pages[j] + 1) j++;
    words.push(j > i + 1 ? `p${pages[i]}–p${pages[j]}` : `p${pages[i]}`);
    i = j > i + 1 ? j + 1 : i + 1;
  }
  return words.join(' ');
}
