// What a model must say of itself to be checked. Knows nothing of any particular system.

/** A move: an action's name with its arguments, as data. Moves are compared by their place in `Model.moves`. */
export interface Move {
  readonly name: string;
  readonly args: readonly (number | string)[];
}

/** Picks one of `count` legal candidates, by index. The engine passes one that enumerates all of them in turn. */
export type Choose = (count: number, label?: (index: number) => string) => number;

/** What a move did: the next state, and the outcome to print ("ok" when left out). */
export interface Effect<State> {
  readonly state: State;
  readonly outcome?: string;
  /** Whatever step claims want to know of the step; the engine only hands it on. */
  readonly detail?: unknown;
}

/** One look of a claim at a state or step: was its antecedent met, and if violated, the witness in words. */
export interface Judgement {
  readonly met: boolean;
  readonly violation: string | null;
}

interface Stated {
  readonly name: string;
  /** One positive sentence. */
  readonly claim: string;
}

export interface StateClaim<State> extends Stated {
  readonly kind: 'state';
  judge(state: State): Judgement;
}

export interface StepClaim<State> extends Stated {
  readonly kind: 'step';
  judge(before: State, move: Move, effect: Effect<State>): Judgement;
}

/** Judged at every reachable state by a deterministic continuation of its own (for instance: every task exits). */
export interface RunClaim<State> extends Stated {
  readonly kind: 'run';
  judge(state: State): Judgement;
}

/**
 * Leads-to under weak fairness: whenever `pending(state)` holds, `!pending` follows on every fair path. `fair(move)` names the moves
 * whose actions are weakly fair, as groups (one fairness condition a group; null = not fair). Violated by a fair cycle or a stuttering end: a lasso.
 */
export interface TemporalClaim<State> extends Stated {
  readonly kind: 'temporal';
  pending(state: State): boolean;
  fair(move: Move): string | null;
}

/** A step that must be reachable; its shortest witness is reported. */
export interface ReachableClaim<State> extends Stated {
  readonly kind: 'reachable';
  holds(before: State, move: Move, effect: Effect<State>): boolean;
}

/** The same of a state. */
export interface ReachableStateClaim<State> extends Stated {
  readonly kind: 'reachable';
  holdsIn(state: State): boolean;
}

export type Claim<State> =
  | StateClaim<State>
  | StepClaim<State>
  | RunClaim<State>
  | TemporalClaim<State>
  | ReachableClaim<State>
  | ReachableStateClaim<State>;

/**
 * A model: initial states, moves with all their arguments, guards that only read, effects with choices, claims.
 * `width`, `pack`, `unpack` fix state identity: two states are one if their packed words are equal.
 */
export interface Model<State> {
  readonly name: string;
  initial(): readonly State[];
  readonly moves: readonly Move[];
  /** Why the move is refused in this state (an errno or a sentence), or null if it is enabled. */
  guard(state: State, move: Move): string | null;
  effect(state: State, move: Move, choose: Choose): Effect<State>;
  /** 32-bit words of a packed state. */
  readonly width: number;
  pack(state: State, words: Uint32Array, at: number): void;
  unpack(words: Uint32Array, at: number): State;
  readonly claims: readonly Claim<State>[];
  /** Permutations under which the model is symmetric, the identity first; each maps a state to its image. */
  readonly symmetries?: readonly ((state: State) => State)[];
  /** States where having no enabled move is a proper end, not a deadlock. Left out: every state may end. */
  mayEnd?(state: State): boolean;
  /** Branches of effects that coverage names if never taken. An effect reports those it took as `detail.branches: string[]`. */
  readonly branches?: readonly string[];
  show?(state: State): string;
  /** The state as named values, for exports (ITF): whole numbers, strings, booleans, lists, maps and records of those. Left out: `show` is used. */
  variables?(state: State): { readonly [name: string]: Value };
}

/**
 * What an exported state is made of: numbers, texts, lists, records with the same fields in every state, and maps, whose keys come and go.
 * A variable is of one type in all states, for those who read the export.
 */
export type Value =
  | number
  | string
  | boolean
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | { readonly [name: string]: Value };

/**
 * A packed twin: the same transition system straight on words, for speed. The engine uses it for search where no claim needs the readable
 * state, and proves it equal to the readable model on request (every reachable state: same successors, same refused).
 */
export interface PackedTwin {
  readonly width: number;
  initial(words: Uint32Array, at: number): number;
  /** Calls `emit(moveIndex)` once a successor after writing it to `out[0..width)`; returns how many moves were refused. */
  successors(words: Uint32Array, at: number, out: Uint32Array, emit: (moveIndex: number) => void): number;
  /** How many symmetries (the identity is number 0) and the image of a state under one of them; left out: `Model.symmetries` is used, slower. */
  readonly images?: number;
  image?(words: Uint32Array, at: number, out: Uint32Array, symmetry: number): void;
  /** Judges states and steps on words by these claims of the model. Left out, or null: the readable model is judged. */
  judge?(claims: readonly string[]): PackedJudge | null;
}

/** Claims judged as a twin goes. What it finds is told as the readable model shows it. */
export interface PackedJudge {
  /** A state; its steps come next. */
  begin(words: Uint32Array, at: number): void;
  /** Judges the step that the twin is emitting. */
  step(moveIndex: number): void;
  /** All steps of the state have been emitted: judges the state. */
  end(): void;
  /** Its claims are about states, and it judges them by their steps: it is shown these at a depth bound, too. */
  readonly bySteps?: boolean;
  /** By place in the list that the judge was made for: how often the claim was met since the state began. */
  readonly met: Int32Array;
  /** How many claims were broken, or reached, by what was judged last, and their places, that many at the front. */
  readonly finds: number;
  readonly found: Int32Array;
}
