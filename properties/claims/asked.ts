// When a claim need be asked: what a step must have shown for the claim's antecedent to be met, or for the claim to be broken. Bits of one number.

import { actions, type Move, type Profile } from '../../model/index.ts';
import { NONE, type Observed, type View } from '../view/view.ts';
import type { Observation } from './claim.ts';

/** A container came or went, or has another parent. */
export const EXISTS = 1 << 0;
export const LIMITS = 1 << 1;
/** failcnt or reclaims of some container changed. */
export const COUNTERS = 1 << 2;
/** Usage, owner or a list changed. */
export const CHARGES = 1 << 3;
/** A task came, went or is in another container. */
export const TASKS = 1 << 4;
export const MAPS = 1 << 5;
export const PINS = 1 << 6;
export const REFERENCED = 1 << 7;
/** After the step a container is over its limit. */
export const OVER = 1 << 8;
export const KILLS = 1 << 9;
export const RECLAIMS = 1 << 10;
/** The outcome is an errno. */
export const REFUSED = 1 << 11;
/** The outcome is KILLED. */
export const DIED = 1 << 12;

/** All that a view can show to have changed. */
export const CHANGED = EXISTS | LIMITS | COUNTERS | CHARGES | TASKS | MAPS | PINS | REFERENCED;

const FIRST_MOVE = 13;
/** Above all bits but those of moves. */
export const SHOWN = 1 << FIRST_MOVE;
const bits = new Map(actions.map(({ name }, i) => [name, 1 << (FIRST_MOVE + i)]));

/** The move has this name. */
export const moveBit = (name: string): number => bits.get(name) ?? 0;

/** Moves that may charge a page. */
export const MAY_CHARGE = moveBit('touch') | moveBit('copy');

/** The move of a step that changes nothing, and that no claim is about. */
export const STANDS_STILL: Move = ['unmap', NONE, NONE];

/** An observation that is written again for each step: one object, for speed. */
export type Observing = { -readonly [Part in keyof Observation]: Observation[Part] };

/** The step that changes nothing in this view. Its parts stand in the order of every observation: claims take longer over objects of several shapes. */
export const standingStill = (profile: Profile, observed: Observed, view: View): Observing => ({
  profile,
  observed,
  before: view,
  after: view,
  move: STANDS_STILL,
  outcome: 'ok',
  killed: [],
  reclaimed: [],
});

/** The bits of an outcome. */
export function outcomeBit(outcome: string): number {
  if (outcome === 'ok') return 0;
  return outcome === 'KILLED' ? DIED : REFUSED;
}

/** What a step shows, whoever took it: seen in its views, unless it is known what may have `changed` in them. */
export function shownBy(step: Observation, changed?: number): number {
  const { before, after, move, outcome, killed, reclaimed } = step;
  let bits = moveBit(move[0]) | outcomeBit(outcome) | (changed ?? differences(before, after));
  if (killed.length > 0) bits |= KILLS;
  if (reclaimed.length > 0) bits |= RECLAIMS;
  for (let slot = 0; slot < after.slots; slot++) if (after.isOver(slot)) return bits | OVER;
  return bits;
}

/** By table of a view, as they follow each other in its words: what it shows. */
const tables: readonly number[] = [
  ...[EXISTS, EXISTS, CHARGES, LIMITS, LIMITS, LIMITS, COUNTERS, COUNTERS],
  ...[CHARGES, CHARGES, CHARGES, CHARGES, TASKS, MAPS | PINS, CHARGES, MAPS, PINS, REFERENCED],
];

/** Bits of what looks different. */
export function differences(before: View, { words }: View): number {
  const was = before.words;
  let bits = 0;
  for (let at = 0; at < words.length; at++) if (words[at] !== was[at]) bits |= tables[before.tables[at]];
  return bits;
}
