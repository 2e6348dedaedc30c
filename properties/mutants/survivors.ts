// General mutants that live, each with why: what they change cannot be seen, by anybody.

export interface Survivor {
  /** As `why` of the mutant says it; a text that several lines have stands for all of them. */
  readonly change: string;
  readonly reason: string;
}

export const survivors: readonly Survivor[] = [];
