// What can go wrong that is not a verdict: a defective model, an unusable checkpoint, an option that means nothing.

/** The model breaks the rules a model must keep (it throws, is not deterministic, writes in a guard ...). Exit status 70. */
export class ModelDefect extends Error {
  override readonly name = 'ModelDefect';
  readonly exit = 70;
  /** The rule that was broken. */
  readonly what: string;
  /** The move at fault as text, or null if no move is to blame. */
  readonly move: string | null;
  /** The state in which it happened, as text. */
  readonly state: string;

  constructor(what: string, move: string | null, state: string) {
    super(`${what}${move === null ? '' : `, at move ${move}`}, in state ${state}`);
    this.what = what;
    this.move = move;
    this.state = state;
  }
}

/** A checkpoint that is damaged, of another format, or of another model or scope. Exit status 2. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly exit = 2;
}

/** An option that cannot be meant: it says what would be legal. Exit status 2. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
  readonly exit = 2;
}

/** A worker thread died or failed without naming a defect. Exit status 70. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
  readonly exit = 70;
}

/** The disk did not take, or did not give back, what a search beyond memory keeps there. The search ends as it stands. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
}

/** The process was stopped from outside, longer than a model is waited for, in the middle of a state: what it held is of no use. Exit status 3. */
export class StoodStill extends Error {
  override readonly name = 'StoodStill';
  readonly exit = 3;
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    const seconds = Math.round(milliseconds / 1000);
    super(
      `unknown (cut off): the process stood still for ${seconds} s, and what it had in hand is lost; begin again, or from the last checkpoint`,
    );
    this.milliseconds = milliseconds;
  }
}
