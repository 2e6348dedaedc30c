// What the controlled scheduler runs: a few operations to begin with, then a few threads with a few operations each.

import type { Move } from '../../model/index.ts';
import type { Size } from '../view.ts';

export interface Scenario {
  readonly name: string;
  readonly size: Size;
  /** Done one after the other before the threads start. */
  readonly setup: readonly Move[];
  /** One list of moves for each thread. */
  readonly threads: readonly (readonly Move[])[];
}
