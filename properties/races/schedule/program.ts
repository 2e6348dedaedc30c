// The stepping form, loaded: the same operations as in production, as generators that stop before every atomic operation.

import type { Handle } from '../../../impl/concurrent/layout.ts';
import type { Move } from '../../../model/index.ts';
import type { Mistake } from '../../subjects/plant.ts';
import type { Watch } from './gates.ts';
import { writeForm } from './variant.ts';

/** One form of the controller in this process, driven step by step. */
export interface Program {
  perform(h: Handle, move: Move): Generator<number, number, void>;
  readonly layout: typeof import('../../../impl/concurrent/layout.ts');
  readonly index: typeof import('../../../impl/concurrent/index.ts');
  /** What the thread that just stopped to wake others said: how many. */
  readonly news: { readonly count: number };
  /** Hears of every access while it is set. */
  readonly watch: { by: Watch | null };
}

/** Loads the stepping form, with a mistake planted if there is one. */
export async function loadProgram(mistake?: Mistake): Promise<Program> {
  const where = writeForm({ form: 'steps', mistake });
  const from = (file: string) => import(new URL(file, where).href);
  const [operations, layout, index, gates] = await Promise.all([
    from('operations.ts'),
    from('layout.ts'),
    from('index.ts'),
    from('atomics.ts'),
  ]);
  return { perform: operations.perform, layout, index, news: gates.news, watch: gates.watch };
}

/** Runs an operation to its end, with nobody in between. */
export function runThrough(steps: Generator<number, number, void>): number {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
