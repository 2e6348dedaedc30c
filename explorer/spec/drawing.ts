// A trace as a drawing: its moves and answers as a list that can be printed, and the text from which the page's script draws the machine.

import { type Move, ownerOf, type ProfileName, profiles, ROOT } from '../../model/index.ts';
import { encodeLink, type Linked } from '../../properties/trace/link.ts';
import { scopeOf } from '../../properties/trace/move.ts';
import { changeBetween } from '../change.ts';
import { plainNames } from '../names.ts';
import { Timeline } from '../timeline.ts';
import { answerWords, moveWords } from '../words.ts';
import { type Html, html } from './html.ts';

const linkedOf = (moves: readonly Move[], profile: ProfileName): Linked => ({
  profile,
  start: profiles[profile].root ? 'root' : 'nothing',
  scope: scopeOf(moves),
  turns: moves.map((move) => ({ move, decisions: [] })),
});

/** What a trace cost whom, a text for each move that cost somebody something. */
export interface Bill {
  readonly refused: readonly string[];
  readonly reclaimed: readonly string[];
  readonly killed: readonly string[];
}

export function billOf(moves: readonly Move[], profile: ProfileName): Bill {
  const timeline = Timeline.of(linkedOf(moves, profile));
  const bill = { refused: [] as string[], reclaimed: [] as string[], killed: [] as string[] };
  for (let at = 1; at <= timeline.length; at++) {
    const [before, { reclaimed, killed }] = [timeline.stateAt(at - 1), timeline.moment(at)];
    const { refused } = changeBetween(before, timeline.stateAt(at), plainNames);
    const when = `(${moveWords(moves[at - 1])})`;
    for (const c of refused) bill.refused.push(`${plainNames.container(c)} ${when}`);
    for (const p of reclaimed)
      bill.reclaimed.push(`p${p} of ${plainNames.container(ownerOf(before, p) ?? ROOT)} ${when}`);
    for (const t of killed)
      bill.killed.push(`t${t} of ${plainNames.container(before.tasks.get(t)?.container ?? ROOT)} ${when}`);
  }
  return bill;
}

export function drawing(
  moves: readonly Move[],
  profile: ProfileName = 'letter',
  witness: string | null = null,
): Html {
  const linked = linkedOf(moves, profile);
  const timeline = Timeline.of(linked);
  const link = encodeLink(linked);
  const steps = moves.map((move, i) => {
    const answer = answerWords(timeline.moment(i + 1));
    return html`<li><code>${moveWords(move)}</code>${answer === 'ok' ? null : html` <em>${answer}</em>`}</li>`;
  });
  return html`<figure class="drawing" data-trace="${link}">
<div class="stage"></div>
<ol class="steps">${steps}</ol>
${witness === null ? null : html`<p class="witness">✗ ${witness}</p>`}
<figcaption>profile ${profile}, ${moves.length} moves
<a href="firsttouch-explorer.html#${link}">open in the explorer</a></figcaption>
</figure>`;
}
