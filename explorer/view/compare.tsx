// Side by side: the other profiles on the same trace, what a recording says, and the optimized controller.

import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  choosesByHand,
  controllerDiffers,
  type Difference,
  picturesOf,
  recordingDiffers,
} from '../compare.ts';
import type { Names } from '../names.ts';
import type { Recorded } from '../opened.ts';
import { type Parting, partings } from '../parting.ts';
import type { Session } from '../session.ts';

export interface Comparison {
  readonly partings: readonly Parting[];
  readonly recording: Difference | null;
  readonly controller: Difference | null;
  readonly isSkipped: boolean;
  readonly marks: ReadonlyMap<number, readonly string[]>;
}

const NONE: Comparison = {
  partings: [],
  recording: null,
  controller: null,
  isSkipped: false,
  marks: new Map(),
};

/** More moves x pages than this are not compared on every move, so that a step stays quick. */
const MOST = 40_000;

/** Compared a moment after the last move. */
export function useComparison(session: Session): Comparison {
  const { timeline, recorded } = session;
  const { length } = timeline;
  const last = timeline.moment(length);
  const [comparison, setComparison] = useState(NONE);
  useEffect(() => {
    const timer = setTimeout(() => {
      const cost = length * (timeline.size.pages + timeline.size.tasks);
      setComparison(cost > MOST ? { ...NONE, isSkipped: true } : compare(session));
    }, 150);
    return () => clearTimeout(timer);
  }, [session, timeline, length, last, recorded]);
  return comparison;
}

function compare({ timeline, recorded }: Session): Comparison {
  const found = partings(timeline.linked(), timeline.size);
  const recording = recorded ? recordingDiffers(timeline, recorded) : null;
  const controller = choosesByHand(timeline) ? null : controllerDiffers(timeline);
  const marks = new Map<number, string[]>();
  const mark = (at: number, text: string) => marks.set(at, [...(marks.get(at) ?? []), text]);
  for (const { profile, at } of found) if (at !== null) mark(at, `≠ ${profile} parts here`);
  if (recording) mark(recording.at, `✗ ${recording.what}`);
  if (controller) mark(controller.at, `✗ ${controller.what}`);
  return { partings: found, recording, controller, isSkipped: false, marks };
}

/** The comparison knows numbers only; the page says what the shell said. */
const named = (text: string, names: Names): string =>
  text.replace(/\b([ct])(\d+)\b/g, (_, letter, id) =>
    letter === 'c' ? names.container(Number(id)) : names.task(Number(id)),
  );

/** What the subject showed at the failing move, and the model beside it; the lines that the other has not are marked. */
function Pictures({ session, recorded }: { readonly session: Session; readonly recorded: Recorded }) {
  const pictures = picturesOf(session.timeline, recorded);
  if (!pictures) return null;
  const { at, shown, model, apart } = pictures;
  const lines = (picture: readonly string[], differs: readonly boolean[]) => (
    <pre>{picture.map((line, i) => (differs[i] ? <mark key={line}>{`${line}\n`}</mark> : `${line}\n`))}</pre>
  );
  return (
    <div class="pictures">
      <figure>
        <figcaption>
          {recorded.subject}, after move {at}
        </figcaption>
        {lines(shown, apart.mine)}
      </figure>
      <figure>
        <figcaption>the model</figcaption>
        {lines(model, apart.theirs)}
      </figure>
    </div>
  );
}

interface PanelProps {
  readonly session: Session;
  readonly comparison: Comparison;
}

export function ComparePanel({ session, comparison }: PanelProps) {
  const { timeline, recorded, names } = session;
  const byHand = useMemo(() => choosesByHand(timeline), [timeline, timeline.length, timeline.at]);
  const go = (at: number) => (
    <button type="button" onClick={() => session.goTo(at)}>
      go to move {at}
    </button>
  );
  return (
    <section class="compare" aria-label="comparison">
      <h2>Compared</h2>
      {comparison.isSkipped && <p class="empty">This trace is too long to be compared at every move.</p>}
      {recorded && (
        <div class={comparison.recording ? 'finding violated' : 'finding'}>
          {recorded.about.map((line) => (
            <p key={line}>{line}</p>
          ))}
          {comparison.recording ? (
            <p>
              <b>✗ First difference:</b> at move {comparison.recording.at}, {comparison.recording.what}.{' '}
              {go(comparison.recording.at)}
            </p>
          ) : (
            <p>
              The model answers as {recorded.subject} did, at every move
              {recorded.shown ? ', and shows the same at the last' : ''}.
            </p>
          )}
          {comparison.recording && <Pictures session={session} recorded={recorded} />}
        </div>
      )}
      {timeline.length === 0 && (
        <p class="empty">
          Each move is played under the other profiles too, and where they part is told here.
        </p>
      )}
      <ul hidden={timeline.length === 0}>
        {comparison.partings.map(({ profile, at, what }) => (
          <li key={profile}>
            <b>{profile}</b>: {at === null ? what : `≠ parts at move ${at}: ${named(what, names)}.`}{' '}
            {at !== null && go(at)}
          </li>
        ))}
        <li>
          <b>optimized controller</b>:{' '}
          {comparison.controller
            ? `✗ differs at move ${comparison.controller.at}: ${comparison.controller.what}`
            : byHand
              ? 'not asked, for a choice of this trace was made by hand'
              : 'the same at every step'}
        </li>
      </ul>
    </section>
  );
}
