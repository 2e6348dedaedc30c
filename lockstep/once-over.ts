// The first moves of a subject, looked over for what nobody would notice later: it writes into what others still read, or shows what no comparison sees.

import { types } from 'node:util';
import type { Domain, Kinds } from './domain.ts';
import { memoryKey } from './shrink/memory.ts';
import { unseen } from './shrink/unseen.ts';

/** So many moves of each subject are looked over: more would take time. */
const MOVES = 32;

export class OnceOver<K extends Kinds> {
  readonly #domain: Domain<K>;
  #left = MOVES;
  #move = '';
  #view: string | null = null;

  constructor(domain: Domain<K>) {
    this.#domain = domain;
  }

  get isOver(): boolean {
    return this.#left === 0;
  }

  /** A move is about to be made; `before`: the view of now. */
  begin(move: K['move'], before: K['view']): void {
    this.#left--;
    this.#move = memoryKey([move]);
    // Views that are written into are copies.
    this.#view = this.#domain.blank ? null : memoryKey([before]);
  }

  /** It was made. @throws TypeError */
  end(move: K['move'], before: K['view'], answer: K['answer'], shown: K['view']): void {
    const { name, text, answersDiffer } = this.#domain;
    if (memoryKey([move]) !== this.#move)
      throw new TypeError(`${name}: the subject writes into the move that it is given, now ${text(move)}`);
    if (this.#view !== null && memoryKey([before]) !== this.#view)
      throw new TypeError(
        `${name}: the subject's look returns what its moves write into: return a copy, or say \`blank\``,
      );
    this.look(shown);
    const hidden = answersDiffer ? null : hiddenIn('answer', answer);
    if (hidden) throw new TypeError(`${name}: ${hidden}`);
  }

  /** A view was seen. @throws TypeError */
  look(shown: K['view']): void {
    const { name, viewsDiffer } = this.#domain;
    const hidden = viewsDiffer ? null : hiddenIn('view', shown);
    if (hidden) throw new TypeError(`${name}: ${hidden}`);
  }
}

function hiddenIn(what: 'view' | 'answer', value: unknown): string | null {
  const hidden = unseen(value, isCompared);
  return (
    hidden && `no comparison sees all of the ${what}: ${hidden}; say how two differ (\`${what}sDiffer\`)`
  );
}

/** Objects of the language that a deep comparison looks into. */
const isCompared = (value: object): boolean =>
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isBoxedPrimitive(value) ||
  types.isNativeError(value) ||
  value instanceof DataView;
