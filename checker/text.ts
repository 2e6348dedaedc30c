// Moves, states and words as text for messages, and names for what was looked for.

import type { Model, Move } from './model.ts';

export const moveText = (move: Move) => `${move.name}(${move.args.join(', ')})`;

/** The state by the model's own `show`, else its packed words in hexadecimal. */
export function stateText<State>(model: Model<State>, words: Uint32Array): string {
  if (model.show !== undefined) {
    try {
      return model.show(model.unpack(words, 0));
    } catch {
      // A model that cannot show its state still deserves a message about the first fault.
    }
  }
  return `[${[...words].map((word) => `0x${word.toString(16)}`).join(' ')}]`;
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
