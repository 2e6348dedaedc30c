// A trace as a drawing: its moves and answers as a list that can be printed, and the text from which the page's script draws the machine.

import { type Move, type ProfileName, profiles } from '../../model/index.ts';
import { encodeLink, type Linked } from '../../properties/trace/link.ts';
import { scopeOf } from '../../properties/trace/move.ts';
import { Timeline } from '../timeline.ts';
import { answerWords, moveWords } from '../words.ts';
import { type Html, html } from './html.ts';

export function drawing(
  moves: readonly Move[],
  profile: ProfileName = 'letter',
  witness: string | null = null,
): Html {
  const linked: Linked = {
    profile,
    start: profiles[profile].root ? 'root' : 'nothing',
    scope: scopeOf(moves),
    turns: moves.map((move) => ({ move, decisions: [] })),
  };
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
