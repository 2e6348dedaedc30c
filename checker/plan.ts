// What to look for in a search: the claims chosen, the engine that can serve them, and a first look at the model itself.

import { ModelDefect, OptionError } from './error.ts';
import type { Claim, Model, PackedTwin } from './model.ts';
import type { CheckOptions } from './report.ts';
import { messageOf, moveText, stateText } from './text.ts';

export const NO_DEADLOCK = 'NoDeadlock';

/** Plain data, so that a worker can rebuild the same search from it. */
export interface Plan {
  readonly claims: readonly string[];
  readonly deadlock: boolean;
  readonly symmetry: boolean;
  readonly twin: boolean;
  readonly proveTwin: boolean;
  /** Milliseconds. */
  readonly patience: number;
}

/** Wall-clock time: a busy machine must not look like a model that hangs. */
const PATIENCE = 30_000;

/** Which claims, and whether the packed twin suffices: it does unless a claim looks at single steps in a way that the twin cannot judge. */
export function makePlan<State>(model: Model<State>, options: CheckOptions): Plan {
  const legal = [...model.claims.map((claim) => claim.name), NO_DEADLOCK];
  for (const name of options.claims ?? []) {
    if (!legal.includes(name))
      throw new OptionError(`claims: ${name} is no claim of ${model.name} (legal: ${legal.join(', ')})`);
  }
  const wanted = (name: string) => options.claims === undefined || options.claims.includes(name);
  const claims = model.claims.filter((claim) => wanted(claim.name));
  const { twin } = options;
  const judged =
    !claims.some(looksAtSteps) ||
    (model.branches === undefined && (twin?.judge?.(judgedOnTwin(claims)) ?? null) !== null);
  return {
    claims: claims.map((claim) => claim.name),
    deadlock:
      wanted(NO_DEADLOCK) &&
      (options.deadlock ?? (model.mayEnd !== undefined || (options.claims?.includes(NO_DEADLOCK) ?? false))),
    symmetry: options.symmetry ?? false,
    twin: twin !== undefined && judged,
    proveTwin: options.proveTwin ?? false,
    patience: options.patience ?? PATIENCE,
  };
}

/** What a twin is to judge if it judges at all. */
export const judgedOnTwin = <State>(claims: readonly Claim<State>[]): string[] =>
  claims.filter(({ kind }) => kind !== 'temporal').map(({ name }) => name);

export const looksAtSteps = <State>(claim: Claim<State>): boolean =>
  claim.kind === 'step' || (claim.kind === 'reachable' && 'holds' in claim);

export const chosenClaims = <State>(model: Model<State>, plan: Plan): Claim<State>[] =>
  model.claims.filter((claim) => plan.claims.includes(claim.name));

/** The initial states, each with a packing that keeps it. */
export function inspectInitial<State>(model: Model<State>): void {
  const none = '(none)';
  try {
    const initial = model.initial();
    if (!Array.isArray(initial))
      throw new ModelDefect('initial gives no list (legal: a list of states)', null, none);
    if (initial.length === 0) throw new ModelDefect('it has no initial state', null, none);
    for (const state of initial) inspectPacking(model, state);
  } catch (error) {
    if (error instanceof ModelDefect) throw error;
    throw new ModelDefect(`initial, pack or unpack throws: ${messageOf(error)}`, null, none);
  }
}

/** Refuses a model whose moves or packing cannot be right, before any search. */
export function inspect<State>(model: Model<State>, twin: PackedTwin | null): void {
  const none = '(no state yet)';
  const lengths = new Map<string, number>();
  const seen = new Set<string>();
  for (const move of model.moves) {
    const before = lengths.get(move.name);
    if (before !== undefined && before !== move.args.length) {
      throw new ModelDefect(
        `unequal arguments: ${move.name} has ${before} elsewhere and ${move.args.length} here`,
        moveText(move),
        none,
      );
    }
    lengths.set(move.name, move.args.length);
    const key = JSON.stringify([move.name, ...move.args]);
    if (seen.has(key)) throw new ModelDefect('the move is listed twice', moveText(move), none);
    seen.add(key);
  }
  const names = new Set<string>();
  for (const { name } of model.claims) {
    if (name === NO_DEADLOCK)
      throw new ModelDefect(
        `a claim is named ${name}, as the one that is built in (legal: another name)`,
        null,
        none,
      );
    if (names.has(name)) throw new ModelDefect(`two claims are named ${name}`, null, none);
    names.add(name);
  }
  if (!Number.isInteger(model.width) || model.width < 1)
    throw new ModelDefect(`width is ${model.width} (legal: 1 or more words)`, null, none);
  if (twin !== null && twin.width !== model.width) {
    throw new ModelDefect(`the twin packs ${twin.width} words, the model ${model.width}`, null, none);
  }
}

/** Refuses a packing that writes beyond its width or does not survive unpack and pack. */
export function inspectPacking<State>(model: Model<State>, state: State): void {
  const GUARD = 0xa5a5a5a5;
  const words = new Uint32Array(model.width + 4).fill(GUARD);
  model.pack(state, words, 2);
  const inside = words.slice(2, 2 + model.width);
  if ([0, 1, model.width + 2, model.width + 3].some((k) => words[k] !== GUARD)) {
    throw new ModelDefect(`pack writes outside its ${model.width} words`, null, stateText(model, inside));
  }
  const again = new Uint32Array(model.width);
  const unpacked: unknown = model.unpack(inside, 0);
  if (unpacked === undefined || unpacked instanceof Promise) {
    const given = unpacked === undefined ? 'nothing' : 'a promise';
    throw new ModelDefect(`unpack gives ${given} (legal: a state)`, null, stateText(model, inside));
  }
  model.pack(unpacked as State, again, 0);
  if (again.some((word, k) => word !== inside[k])) {
    throw new ModelDefect('unpack and pack do not give the same words again', null, stateText(model, inside));
  }
}
