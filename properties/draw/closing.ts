// How a run ends (I14): every task exits, every container is asked to go.

import type { Move } from '../../model/index.ts';
import { NONE, type View } from '../view/view.ts';

/** A container is emptied of so many pages at the end of a run. */
const MOST_EMPTIED = 6;

/**
 * The moves that end a run: every task exits, every container is asked to go, children before parents; and before, whenever pages are all that
 * holds it. `situation` reads where the run is when the next move is asked for.
 */
export function* closing(situation: () => View): Generator<Move> {
  const { tasks, containers } = situation().size;
  yield* situation().exists[containers] ? passingUp(situation) : emptying(situation);
  for (let t = 0; t < tasks; t++) {
    if (situation().container[t] === NONE) continue;
    yield ['exit', t];
    for (let c = 0; c < containers; c++) if (ownsWithoutTasks(situation(), c)) yield ['rmdir', c];
  }
  // Again and again, as long as one goes.
  for (let gone = true; gone; ) {
    gone = false;
    for (let c = 0; c < containers; c++) {
      if (!situation().exists[c]) continue;
      yield ['rmdir', c];
      gone ||= !situation().exists[c];
    }
  }
}

/** The fullest container loses its tasks to another and then its pages one by one, and is asked to go each time: not before the last is gone. */
function* emptying(situation: () => View): Generator<Move> {
  const { usage, exists } = situation();
  const { containers, tasks } = situation().size;
  let c = 0;
  for (let other = 1; other < containers; other++) if (usage[other] > usage[c]) c = other;
  const other = exists.subarray(0, containers).findIndex((there, slot) => there === 1 && slot !== c);
  if (containers === 0 || other < 0 || usage[c] === 0) return;
  for (let t = 0; t < tasks; t++) if (situation().container[t] === c) yield ['move', t, other];
  for (let page = 0; page < MOST_EMPTIED && ownsWithoutTasks(situation(), c); page++) {
    yield ['rmdir', c];
    const { owner, pins } = situation();
    const p = owner.findIndex((slot, id) => slot === c && pins[id] === 0);
    if (p < 0) return;
    yield ['evict', p];
  }
}

/**
 * Where pages pass to the parent: a container as deep as any loses its tasks to one outside and goes, and so does its parent if it is empty then,
 * on and on, so that its pages pass up step by step while somebody maps them.
 */
function* passingUp(situation: () => View): Generator<Move> {
  const { containers, tasks } = situation().size;
  let c = deepest(situation());
  if (c === NONE) return;
  const refuge = outside(situation(), c);
  if (refuge === NONE) return;
  if (!situation().exists[refuge]) yield ['mkdir', refuge];
  while (c !== NONE && c !== containers) {
    const { parent } = situation();
    const up = parent[c];
    if (parent.includes(c)) return;
    for (let t = 0; t < tasks; t++) if (situation().container[t] === c) yield ['move', t, refuge];
    yield ['rmdir', c];
    c = up;
  }
}

/** A container that is not there yet, or one without children that c does not lie in. */
function outside({ exists, parent, slots, size }: View, c: number): number {
  const path = new Set<number>();
  for (let at = c; at !== NONE && path.size <= slots; at = parent[at]) path.add(at);
  const ids = Array.from({ length: size.containers }, (_, slot) => slot);
  return (
    ids.find((slot) => !exists[slot]) ?? ids.find((slot) => !path.has(slot) && !parent.includes(slot)) ?? NONE
  );
}

/** Of the containers that own a page, one that most others are above. */
function deepest(view: View): number {
  let [found, most] = [NONE, 0];
  for (let slot = 0; slot < view.size.containers; slot++) {
    let depth = 0;
    for (let at = slot; at !== NONE && depth <= view.slots; at = view.parent[at]) depth++;
    if (view.owner.includes(slot) && depth > most) [found, most] = [slot, depth];
  }
  return found;
}

const ownsWithoutTasks = ({ owner, container }: View, c: number): boolean =>
  owner.includes(c) && !container.includes(c);
