// A concurrent history: operations with the moments of their invocation and response, and what a sequential object says of each.

/** One finished operation. `invoked < responded`, moments are distinct numbers of one clock. */
export interface Call<Input, Output> {
  readonly thread: number;
  readonly input: Input;
  readonly output: Output;
  readonly invoked: number;
  readonly responded: number;
}

export type History<Input, Output> = readonly Call<Input, Output>[];

/** What the history is judged against: one operation at a time. */
export interface Sequential<State, Input, Output> {
  /** The state after the operation, if it may give this output in this state; otherwise null. */
  step(state: State, input: Input, output: Output): State | null;
  /** Two states with one key behave alike for ever. */
  key(state: State): string;
  /** Left out: the history may end in any state. */
  mayEnd?(state: State): boolean;
}

export type Linearizability =
  | { readonly verdict: 'holds'; readonly order: readonly number[]; readonly visited: number }
  | { readonly verdict: 'violated'; readonly longest: readonly number[]; readonly visited: number }
  | { readonly verdict: 'unknown'; readonly why: string; readonly visited: number };
