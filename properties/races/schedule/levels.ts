// The levels of the space of races: how many operations each of two threads has, and how many moves lead to where they start.

export interface Level {
  readonly threads: readonly [number, number];
  /** Starts are the situations that so many moves reach. */
  readonly depth: number;
}

export const levels = {
  '1+1': { threads: [1, 1], depth: 5 },
  '2+1': { threads: [2, 1], depth: 5 },
  '2+2': { threads: [2, 2], depth: 4 },
} as const satisfies Record<string, Level>;
export type LevelName = keyof typeof levels;
export const levelNames = Object.keys(levels) as LevelName[];
