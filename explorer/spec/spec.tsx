// The script of the specification page: draws the traces so that they can be stepped, and narrows the index to a word.

import { type ComponentChildren, render } from 'preact';
import { useState } from 'preact/hooks';
import { decodeLink } from '../../properties/trace/link.ts';
import { changeBetween, noChange } from '../change.ts';
import { Timeline } from '../timeline.ts';
import { Machine } from '../view/machine.tsx';
import { answerWords, moveWords } from '../words.ts';

interface TimeBarProps {
  readonly at: number;
  readonly length: number;
  readonly go: (to: number) => void;
  /** What the step did, beside its number. */
  readonly children: ComponentChildren;
}

function TimeBar({ at, length, go, children }: TimeBarProps) {
  return (
    <div class="timebar">
      <button type="button" disabled={at === 0} onClick={() => go(0)}>
        first
      </button>
      <button type="button" disabled={at === 0} onClick={() => go(at - 1)}>
        back
      </button>
      <button type="button" disabled={at === length} onClick={() => go(at + 1)}>
        step
      </button>
      <output>
        {at} / {length}
        {children}
      </output>
    </div>
  );
}

function Drawing({
  timeline,
  onStep,
}: {
  readonly timeline: Timeline;
  readonly onStep: (at: number) => void;
}) {
  const [at, setAt] = useState(timeline.length);
  const go = (to: number) => {
    setAt(to);
    onStep(to);
  };
  const moment = timeline.moment(at);
  const { book } = moment;
  const change = at === 0 ? noChange : changeBetween(timeline.stateAt(at - 1), timeline.stateAt(at), book);
  return (
    <>
      <TimeBar at={at} length={timeline.length} go={go}>
        {moment.turn && `: ${moveWords(moment.turn.move, book)} — ${answerWords(moment, book)}`}
      </TimeBar>
      <Machine state={timeline.stateAt(at)} change={change} names={book} plain />
    </>
  );
}

function draw(figure: HTMLElement): void {
  const stage = figure.querySelector<HTMLElement>('.stage');
  if (!stage || stage.childElementCount > 0) return;
  if (figure.classList.contains('interleaving')) {
    drawInterleaving(figure, stage);
    return;
  }
  const steps = [...figure.querySelectorAll('.steps li')];
  const mark = (at: number) => {
    for (const [i, step] of steps.entries()) {
      step.classList.toggle('here', i + 1 === at);
      if (i + 1 === at) step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    }
  };
  const timeline = Timeline.of(decodeLink(figure.dataset.trace ?? ''));
  render(<Drawing timeline={timeline} onStep={mark} />, stage);
  mark(timeline.length);
}

/** The rows of an interleaving one after the other: those to come are dim, and what a step changed in the machine is marked. */
function Stepper({ rows }: { readonly rows: readonly HTMLTableRowElement[] }) {
  const [at, setAt] = useState(rows.length);
  const afters = rows.map((row) => row.querySelector('.after')?.textContent ?? '');
  const go = (to: number) => {
    setAt(to);
    for (const [i, row] of rows.entries()) {
      row.classList.toggle('to-come', i >= to);
      row.classList.toggle('here', i + 1 === to);
    }
  };
  const before = new Set((afters[at - 2] ?? '').split('  '));
  return (
    <TimeBar at={at} length={rows.length} go={go}>
      {(afters[at - 1] ?? '').split('  ').map((part) => (
        <code key={part} class={at > 1 && !before.has(part) ? 'part changed' : 'part'}>
          {part}
        </code>
      ))}
    </TimeBar>
  );
}

function drawInterleaving(figure: HTMLElement, stage: HTMLElement): void {
  render(<Stepper rows={[...figure.querySelectorAll<HTMLTableRowElement>('tbody tr')]} />, stage);
}

/** Drawn when they come near the screen, or before the page is printed: the first view does not wait for them. */
const drawings = [...document.querySelectorAll<HTMLElement>('figure.drawing')];
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target as HTMLElement);
    }
  },
  { rootMargin: '400px' },
);
for (const figure of drawings) near.observe(figure);
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const figure of drawings) draw(figure);
});

const find = document.querySelector<HTMLInputElement>('#find');
find?.addEventListener('input', () => {
  const wanted = find.value.trim().toLowerCase();
  for (const item of document.querySelectorAll<HTMLElement>('.index li')) {
    item.hidden = wanted !== '' && !item.textContent?.toLowerCase().includes(wanted);
  }
});
