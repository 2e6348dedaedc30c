// Time: step, back, jump, play; and the moves around the one where we stand.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../session.ts';
import { answerWords, moveWords } from '../words.ts';

export function TimeBar({ session }: { readonly session: Session }) {
  const { timeline, playing } = session;
  const { at, length } = timeline;
  const jump = (to: number, key: string, inside: ComponentChildren) => (
    <button type="button" onClick={() => session.goTo(to)} disabled={at === to} aria-keyshortcuts={key}>
      {inside}
    </button>
  );
  const sign = (text: string) => <span aria-hidden="true">{text}</span>;
  return (
    <nav class="timebar" aria-label="time">
      {jump(0, 'Home', [sign('|◀'), ' ', <span class="sr">to the beginning</span>])}
      {jump(Math.max(at - 1, 0), 'ArrowLeft', [sign('◀'), ' back'])}
      <button type="button" onClick={() => session.play()} disabled={length === 0} aria-keyshortcuts="Space">
        {playing ? 'pause' : 'play'}
      </button>
      {jump(Math.min(at + 1, length), 'ArrowRight', ['step ', sign('▶')])}
      {jump(length, 'End', [sign('▶|'), ' ', <span class="sr">to the end</span>])}
      <input
        type="range"
        aria-label="jump to a move"
        aria-valuetext={`move ${at} of ${length}`}
        min={0}
        max={Math.max(length, 1)}
        disabled={length === 0}
        value={at}
        onInput={(event) => session.goTo(Number(event.currentTarget.value))}
      />
      <output>
        {at} / {length}
      </output>
    </nav>
  );
}

/** So many moves are drawn before and after the one where we stand. */
const AROUND = 16;

interface TraceProps {
  readonly session: Session;
  /** Marks by move: where profiles part, where the recording differs. */
  readonly marks: ReadonlyMap<number, readonly string[]>;
}

export function Trace({ session, marks }: TraceProps) {
  const { timeline, names } = session;
  const { at, length } = timeline;
  const here = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const item = here.current;
    const box = item?.parentElement;
    if (!item || !box) return;
    const top = item.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + item.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top - box.clientHeight / 2;
    }
  }, [at, marks]);
  const from = Math.max(0, at - AROUND);
  const upTo = Math.min(length, at + AROUND);
  const shown = Array.from({ length: upTo - from + 1 }, (_, i) => from + i);
  return (
    <section class="trace" aria-label="the trace">
      <h2>Trace</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard */}
      <ol class="moments" tabIndex={0} aria-label="moves of the trace">
        {from > 0 && <li class="more">{from} before</li>}
        {shown.map((i) => {
          const moment = timeline.moment(i);
          const findings = timeline.isJudged(i) ? timeline.judged(i).findings : [];
          const words = moment.turn ? moveWords(moment.turn.move, names) : 'the beginning';
          return (
            <li key={i} ref={i === at ? here : null} class={i === at ? 'here' : ''}>
              <button
                type="button"
                aria-current={i === at ? 'step' : undefined}
                onClick={() => session.goTo(i)}
              >
                <span class="number">{i}</span> {words}
                {moment.turn && answerWords(moment, names) !== 'ok' && <em> {answerWords(moment, names)}</em>}
              </button>
              {findings.map(({ kind, claim }) => (
                <strong key={claim} class={kind}>
                  {kind === 'known' ? 'known: ' : '✗ '}
                  {claim}
                </strong>
              ))}
              {marks.get(i)?.map((mark) => (
                <strong key={mark} class={mark.startsWith('✗') ? 'violated' : 'parts'}>
                  {mark}
                </strong>
              ))}
            </li>
          );
        })}
        {upTo < length && <li class="more">{length - upTo} after</li>}
      </ol>
    </section>
  );
}
