// The shapes of the answer: what `check` returns and what it is asked with.

import type { Move, PackedTwin } from './model.ts';

export type Verdict = 'holds' | 'violated' | 'unknown';
export type ClaimVerdict = Verdict | 'vacuous' | 'not observed';

/** One step of a trace: enough to replay it (`move`, `choices`) and to print it. */
export interface TraceStep {
  readonly move: Move;
  /** Index of `move` in `Model.moves`. */
  readonly moveIndex: number;
  /** Indices given to the chooser, in the order asked, with the model's words for them ('' if it gave none). */
  readonly choices: readonly number[];
  readonly labels: readonly string[];
  readonly outcome: string;
  /** The state after the step as `Model.show` prints it; null if the model has no `show`. */
  readonly show: string | null;
}

/** A run of the model from one of its initial states. */
export interface Trace {
  /** Index into `Model.initial()`. */
  readonly initial: number;
  readonly start: string | null;
  readonly steps: readonly TraceStep[];
}

export interface Counterexample {
  readonly claim: string;
  readonly kind: string;
  /** The violation in the claim's own words. */
  readonly witness: string;
  readonly initial: number;
  readonly start: string | null;
  readonly trace: readonly TraceStep[];
  /** A lasso: the steps from this index on repeat for ever. Equal to `trace.length`: the last state stays for ever. */
  readonly loop?: number;
}

export interface ClaimReport {
  readonly name: string;
  readonly kind: string;
  readonly verdict: ClaimVerdict;
  /** Looks taken, and how many of them met the claim's antecedent. */
  readonly checked: number;
  readonly met: number;
  readonly note: string | null;
}

export interface Reached {
  readonly name: string;
  readonly count: number;
  /** A shortest run whose last step (or state) is the one sought; null if none was found. */
  readonly witness: Trace | null;
}

export interface Coverage {
  /** In how many states moves were tried. None: the rest says nothing, and is empty. */
  readonly expanded: number;
  /** By action name: transitions taken and how many of them changed the state. */
  readonly actions: readonly { readonly name: string; readonly taken: number; readonly changed: number }[];
  /** Actions refused in every state, single moves refused in every state, and actions that never changed anything. */
  readonly neverEnabled: readonly string[];
  readonly movesNeverEnabled: readonly string[];
  readonly neverChanged: readonly string[];
  /** Names in `Model.branches` that no effect reported. */
  readonly branchesNeverTaken: readonly string[];
}

/** Why a search ended early, and what it had covered by then. `claims`: it came to its end, and what was asked for was not judged. */
export interface Cut {
  readonly by: 'memory' | 'depth' | 'time' | 'interrupt' | 'claims';
  readonly why: string;
  readonly covered: string;
  /** States found but not yet expanded. */
  readonly frontier: number;
}

export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  /** Index into `Model.moves`. */
  readonly move: number;
}

/** The states and steps found; nodes are numbered in breadth-first order, `depths` and `shows` run along `words`. */
export interface Graph {
  readonly words: readonly Uint32Array[];
  readonly depths: readonly number[];
  readonly initial: readonly number[];
  readonly edges: readonly GraphEdge[];
  /** True if the limit left out states or edges. */
  readonly truncated: boolean;
}

export interface Report {
  readonly verdict: Verdict;
  readonly model: string;
  /** 'twin' if the search ran on packed words, 'readable' if on the model itself. */
  readonly engine: 'readable' | 'twin';
  readonly workers: number;
  /** States visited by each thread, this one first. */
  readonly shares: readonly number[];
  /** Distinct states; under symmetry recovered exactly from the orbit sizes, as are transitions, refused and levels. */
  readonly states: number;
  readonly orbits: number | null;
  readonly transitions: number;
  readonly refused: number;
  /** Greatest depth at which a state was first reached. */
  readonly depth: number;
  readonly levels: readonly number[];
  /** Wall time of this run, and together with the runs it was resumed from. */
  readonly seconds: number;
  readonly totalSeconds: number;
  readonly statesPerSecond: number;
  /** Bytes a stored state: its packed words, everything else the table keeps for it, and both. */
  readonly bytesPerState: { readonly packed: number; readonly beyond: number; readonly total: number };
  /** The most bytes that were on disk at a time; null if all states had room in memory. */
  readonly diskBytes: number | null;
  readonly claims: readonly ClaimReport[];
  readonly reached: readonly Reached[];
  readonly coverage: Coverage;
  /** The first violated claim by trace length, then by the order of the claims. */
  readonly counterexample: Counterexample | null;
  /** One for each violated claim found. */
  readonly counterexamples: readonly Counterexample[];
  readonly unknown: Cut | null;
  /** True if the twin was proved equal to the readable model on every state expanded. */
  readonly twinProved: boolean;
  /** Where the twin was found not to be the model, which was then searched instead; null: nowhere. */
  readonly twinDiffers: string | null;
  readonly graph: Graph | null;
  readonly resumedFrom: { readonly states: number; readonly depth: number } | null;
}

export interface Progress {
  readonly states: number;
  readonly frontier: number;
  readonly depth: number;
  readonly transitions: number;
  readonly seconds: number;
  /** States a second since the last report. */
  readonly rate: number;
  /** Guess of the final number of states from how the levels shrink; null while they still grow. */
  readonly estimate: number | null;
}

/** Where a worker finds the model: a function exported by a module, called with `args`; it returns a model or `{ model, twin }`. */
export interface ModelSpec {
  /** File URL of the module. */
  readonly module: string;
  readonly export: string;
  readonly args: unknown;
}

export interface CheckOptions {
  /** Threads in all, this one included; more than 1 needs `spec`. Default 1. */
  readonly workers?: number | undefined;
  readonly spec?: ModelSpec | undefined;
  /** Begin only when all workers are ready. Default: they join the search as they come. */
  readonly awaitWorkers?: boolean | undefined;
  /** States deeper than this are not expanded. Default: no bound. */
  readonly depth?: number | undefined;
  /** Bound on the tables of states in MiB. Default: 60 % of what the machine (or its container) has. */
  readonly memoryMiB?: number | undefined;
  /**
   * Beyond that bound go on on disk, in a folder beside the checkpoint or else in the system's for temporary files. Default: true; not so
   * with temporal claims or a graph, which need all states in memory. What does not go on is `unknown`.
   */
  readonly disk?: boolean | undefined;
  readonly minutes?: number | undefined;
  readonly symmetry?: boolean | undefined;
  /** Names of the claims to judge; default all. `NoDeadlock` names the deadlock check. */
  readonly claims?: readonly string[] | undefined;
  /** Judge `NoDeadlock`. Default: if the model has a `mayEnd`. */
  readonly deadlock?: boolean | undefined;
  /** Search on after a violation, for a shortest counterexample of every claim. Default: stop at the end of the level. */
  readonly keepGoing?: boolean | undefined;
  /** Written aside and renamed, at the end of a level or slice when `checkpointSeconds` (default 30) have passed. */
  readonly checkpoint?: string | undefined;
  readonly checkpointSeconds?: number | undefined;
  readonly resume?: string | undefined;
  readonly progress?: ((progress: Progress) => void) | undefined;
  readonly progressSeconds?: number | undefined;
  /** Hand over the graph: true, or the greatest number of states and edges together (default 200,000). */
  readonly graph?: boolean | { readonly limit?: number } | undefined;
  /** Searched in the model's place, where it can judge the claims asked for; in samples it is compared with the model. */
  readonly twin?: PackedTwin | undefined;
  /** Prove the twin equal to the readable model on every state expanded: the same successors by move and number, the same refusals. */
  readonly proveTwin?: boolean | undefined;
  /** Milliseconds after which a guard, an effect or a claim that does not come to an end is told; 30,000 by default. */
  readonly patience?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
