// The ids that a subject is given for those of a run: few but far apart, so that a table that collides or a field too narrow is met.

import { type ArgKind, type Move, moveOf } from '../../model/index.ts';
import { argKind } from '../trace/args.ts';
import { NONE } from '../view/view.ts';

/** For each id of a run the subject's, ascending: ties and walks by id come out the same, so the specification keeps the run's own. */
export interface Names {
  readonly container: readonly number[];
  readonly task: readonly number[];
  readonly page: readonly number[];
}

/** One kind of ids, both ways. Ids below 0 (the root, nobody) are what they are. */
export class Naming {
  readonly #names: readonly number[];
  readonly #back: ReadonlyMap<number, number>;

  constructor(names: readonly number[] = []) {
    this.#names = names;
    this.#back = new Map(names.map((name, id) => [name, id]));
  }

  /** The subject's id. Without names, and beyond them, an id keeps its distance from the last. */
  out(id: number): number {
    const names = this.#names;
    if (id < names.length) return id < 0 ? id : names[id];
    return names.length === 0 ? id : names[names.length - 1] + 1 + id - names.length;
  }

  /** The run's id; NONE for one that the subject was never given. */
  back(id: number): number {
    return this.#names.length === 0 || id < 0 ? id : (this.#back.get(id) ?? NONE);
  }
}

/** A move with each id replaced. */
export function withIds(move: Move, idFor: (kind: Exclude<ArgKind, 'limit'>, id: number) => number): Move {
  const [name, ...args] = move;
  return moveOf(
    name,
    args.map((arg, i) => {
      const kind = argKind(name, i);
      return kind === undefined || kind === 'limit' || Number(arg) < 0 ? arg : idFor(kind, Number(arg));
    }),
  );
}

/** A move as the subject is given it. */
export const namedMove = (move: Move, names: Names): Move =>
  withIds(move, (kind, id) => new Naming(names[kind]).out(id));
