// What the arguments of a move name: containers, tasks, pages or a limit. The model's actions say it; nobody else keeps a table of it.

import { type ArgKind, actions } from '../../model/index.ts';

/** The arguments of every move, by its name. */
export const argKinds: ReadonlyMap<string, readonly ArgKind[]> = new Map(
  actions.map(({ name, args }) => [name, args]),
);

/** `mkdir` may name the parent of a nested container as a second argument. Undefined: no such move, or no such argument. */
export const argKind = (name: string, at: number): ArgKind | undefined =>
  argKinds.get(name)?.[at] ?? (name === 'mkdir' && at === 1 ? 'container' : undefined);

/** How names of a kind begin on paper: c0, t0, p0; a limit is a bare number. */
export const argLetter: Readonly<Record<ArgKind, string>> = {
  container: 'c',
  task: 't',
  page: 'p',
  limit: '',
};
