// The example domain where worker threads find it, with a subject that hangs, and one for which a size is a map.

import { Counters, domain as pids } from '../examples/pids.ts';

/** Never comes back from the fifth move of a run. */
class Hanging extends Counters {
  made = 0;

  override apply(...args: Parameters<Counters['apply']>): string {
    while (this.made === 4);
    this.made++;
    return super.apply(...args);
  }
}

function opened(impl: string, size: unknown): Counters {
  if (impl === 'hanging') return new Hanging();
  if (size instanceof Map && size.get('tasks') === 2n) return new Counters();
  throw new TypeError(`${String(size)} is no size`);
}

export const domain: typeof pids = {
  ...pids,
  source: { module: import.meta.url },
  subjects: { open: opened },
};
