// How much memory the tables may take when nobody says.

import { totalmem } from 'node:os';

/** 60 % of the machine's memory, or of what its container may use if that is less. In MiB. */
export function defaultMemory(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  const total = totalmem();
  const usable = constrained > 0 && constrained < total ? constrained : total;
  return (usable * 0.6) / 2 ** 20;
}
