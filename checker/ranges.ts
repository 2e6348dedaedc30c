// Ranges of table indices, as flat lists of [start, end) pairs: cut into blocks for threads to take, joined again, and what the levels foretell.

/** States in a block. */
export const BLOCK = 64;

/** Final count if the last complete levels go on shrinking as they do; null while they grow. */
export function estimate(levels: readonly number[], states: number): number | null {
  const last = levels.length - 2;
  if (last < 2) return null;
  const ratio = levels[last]! / levels[last - 1]!;
  if (ratio >= 0.95) return null;
  return Math.max(
    states,
    Math.round(states - (levels[last + 1] ?? 0) + (levels[last]! * ratio) / (1 - ratio)),
  );
}

/** Ranges cut into pairs of at most BLOCK states, in shared memory. */
export function cutIntoBlocks(ranges: readonly number[]): Int32Array {
  let count = 0;
  for (let k = 0; k < ranges.length; k += 2) count += Math.ceil((ranges[k + 1]! - ranges[k]!) / BLOCK);
  const blocks = new Int32Array(new SharedArrayBuffer(8 * count));
  let at = 0;
  for (let k = 0; k < ranges.length; k += 2) {
    for (let start = ranges[k]!; start < ranges[k + 1]!; start += BLOCK) {
      blocks[at++] = start;
      blocks[at++] = Math.min(start + BLOCK, ranges[k + 1]!);
    }
  }
  return blocks;
}

/** Neighbouring ranges made one; keeps the order. */
export function joined(ranges: readonly number[]): number[] {
  const out: number[] = [];
  for (let k = 0; k < ranges.length; k += 2) {
    if (out.length > 0 && out[out.length - 1] === ranges[k]) out[out.length - 1] = ranges[k + 1]!;
    else out.push(ranges[k]!, ranges[k + 1]!);
  }
  return out;
}

/** Ranges in the order of their starts. */
export function ascending(ranges: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (let k = 0; k < ranges.length; k += 2) pairs.push([ranges[k]!, ranges[k + 1]!]);
  return pairs.sort((a, b) => a[0] - b[0]).flat();
}

/** One level's states as blocks: pairs [start, end) in a shared array. */
export interface Slice {
  readonly blocks: Int32Array;
  readonly count: number;
  /** False at the depth bound: judge, but do not expand. */
  readonly expand: boolean;
  /** Claims with a find in an earlier level: no longer one can matter. */
  readonly settled: readonly number[];
}

/** Milliseconds of work on a slice between two looks at signals, clocks and messages. */
export const SLICE = 40;
