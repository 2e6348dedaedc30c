// What a subject reclaimed and whom it killed, as the choices by which the contract does the same.

import { IllegalChoice, type Move, type State, step } from '../model/index.ts';
import { choosing, type Decision, type Decisions } from '../properties/trace/decide.ts';
import { mayGiveUp } from './graph.ts';
import type { Answer } from './opened.ts';

/**
 * At each question all that it reclaimed and that is legal now, or its next victim; no page, where a scan may give up and a kill is told. What is not
 * told the two lists decide. `isLegal`: false if the contract does not allow what was told: then the two lists decide all of it.
 */
export function told(
  state: State,
  move: Move,
  { reclaimed = [], killed = [] }: Answer,
): { readonly state: State; readonly decisions: Decisions; readonly isLegal: boolean } {
  const [pages, victims] = [[...reclaimed], [...killed]];
  const decisions: Decision[] = [];
  const ask = choosing(({ kind, candidates }) => {
    const from = kind === 'victim' ? victims : pages;
    const now = kind === 'victim' ? from.slice(0, 1) : from.filter((p) => candidates.includes(p));
    for (const id of now) from.splice(from.indexOf(id), 1);
    const givesUp = kind === 'reclaim' && victims.length > 0 && mayGiveUp(state.profile.scan);
    const decision = now.length > 0 || givesUp ? now : null;
    decisions.push(decision);
    return decision;
  });
  try {
    const next = step(state, move, ask);
    while (decisions.length > 0 && decisions.at(-1) === null) decisions.pop();
    return { state: next.state, decisions, isLegal: true };
  } catch (error) {
    if (!(error instanceof IllegalChoice)) throw error;
    return { ...told(state, move, {}), isLegal: false };
  }
}
