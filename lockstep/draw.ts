// How runs are drawn of a domain that does not say it itself: up to so many numbers.

import fc from 'fast-check';
import type { Domain, Kinds, RunOptions } from './domain.ts';

/** Enough moves for what most mistakes need, and few enough for many runs. */
const LONGEST = 100;

export function drawn<K extends Kinds>(
  domain: Domain<K>,
  options: RunOptions<K['size']>,
): fc.Arbitrary<K['run']> {
  if (domain.runs) return domain.runs(options);
  const { size = domain.sizes?.largest ?? null, length = LONGEST } = options;
  const draws = fc.array(fc.nat({ max: 2 ** 30 - 1 }), { maxLength: length, size: 'max' });
  return fc.record({ size: fc.constant(size), draws: fc.noBias(draws) });
}
