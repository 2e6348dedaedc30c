// The model beside what a recording says, and beside the optimized controller: the first difference, move by move.

import { ownerOf, ROOT, type State, usage } from '../model/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { SHELL } from '../properties/trace/link.ts';
import { answersDiffer } from '../properties/view/answer.ts';
import { linesApart, pictureOf } from '../properties/view/picture.ts';
import { difference, View, viewOfState } from '../properties/view/view.ts';
import { plainNames } from './names.ts';
import type { Answer, Recorded } from './opened.ts';
import type { Moment, Timeline } from './timeline.ts';

export interface Difference {
  /** The move (1 is the first) at which they differ. */
  readonly at: number;
  readonly what: string;
}

const idText = (letter: string, ids: readonly number[]) =>
  ids.map((id) => letter + id).join(' ') || 'nothing';

/** What the recording says that the model does not, or null. */
export function recordingDiffers(timeline: Timeline, recorded: Recorded): Difference | null {
  const most = Math.min(timeline.length, recorded.answers.length);
  for (let at = 1; at <= most; at++) {
    const said = recorded.answers[at - 1];
    const what = answerDiffers(said, timeline.moment(at)) ?? shownDiffers(said, timeline.stateAt(at));
    if (what) return { at, what: `${recorded.subject} ${what}` };
  }
  return pictureDiffers(timeline, recorded);
}

/** What the subject showed at the failing move, and the model's picture there; which lines the other has not. */
export function picturesOf(timeline: Timeline, { shown, answers }: Recorded) {
  if (!shown || timeline.length < answers.length) return null;
  const model = pictureOf(viewOfState(timeline.stateAt(answers.length), new View(timeline.size)));
  return { at: answers.length, shown, model, apart: linesApart(shown, model) };
}

function pictureDiffers(timeline: Timeline, recorded: Recorded): Difference | null {
  const pictures = picturesOf(timeline, recorded);
  if (!pictures) return null;
  const { at, shown, model, apart } = pictures;
  const [mine, theirs] = [shown.find((_, i) => apart.mine[i]), model.find((_, i) => apart.theirs[i])];
  if (mine === undefined && theirs === undefined) return null;
  const said = (line: string | undefined) => (line === undefined ? 'nothing of it' : `"${line.trim()}"`);
  return { at, what: `${recorded.subject} shows ${said(mine)}, the model ${said(theirs)}` };
}

const sorted = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);

function answerDiffers(said: Answer, { outcome, killed, reclaimed }: Moment): string | null {
  const ids = (letter: string, list: readonly number[]) =>
    idText(letter, said.inAnyOrder ? sorted(list) : list);
  const parts: [string, string | undefined, string][] = [
    ['answered', said.outcome, outcome],
    ['killed', said.killed && ids('t', said.killed), ids('t', killed)],
    ['reclaimed', said.reclaimed && ids('p', said.reclaimed), ids('p', reclaimed)],
  ];
  for (const [verb, theirs, ours] of parts) {
    if (theirs !== undefined && theirs !== ours) return `${verb} ${theirs}, the model ${ours}`;
  }
  return null;
}

/** What was seen from outside after the move: usages, owners, mappings. */
function shownDiffers({ usage: usages, owner, maps }: Answer, state: State): string | null {
  const named = (c: number | null | undefined) =>
    c === null || c === undefined ? 'nobody' : plainNames.container(c);
  for (const [c, seen] of usages ?? []) {
    const mine = state.containers.get(c);
    // A kernel's root has no usage that can be read.
    if (c === ROOT) continue;
    if (!mine || usage(state, c) !== seen)
      return `shows usage ${seen} in ${named(c)}, the model ${mine ? usage(state, c) : 'no such container'}`;
  }
  for (const [p, seen] of owner ?? []) {
    if (ownerOf(state, p) !== seen)
      return `shows p${p} owned by ${named(seen)}, the model by ${named(ownerOf(state, p))}`;
  }
  for (const [t, seen] of maps ?? []) {
    const mine = idText('p', sorted(state.tasks.get(t)?.maps ?? []));
    if (idText('p', sorted(seen)) !== mine)
      return `shows t${t} mapping ${idText('p', sorted(seen))}, the model ${mine}`;
  }
  return null;
}

/** Runs the optimized controller on the same moves. Only for traces without choices by hand: it decides by the two lists. */
export function controllerDiffers(timeline: Timeline): Difference | null {
  const { profile, start } = timeline.world;
  const subject = new ControllerSubject(profile, start === 'nothing' ? undefined : true);
  if (start === 'shell') subject.apply(['spawn', SHELL, ROOT]);
  const views = [new View(timeline.size), new View(timeline.size)] as const;
  for (let at = 1; at <= timeline.length; at++) {
    const { turn, outcome, killed, reclaimed } = timeline.moment(at);
    if (!turn) continue;
    const answer = subject.apply(turn.move);
    subject.look(views[0]);
    const what =
      answersDiffer(answer, { outcome, killed, reclaimed }) ??
      difference(views[0], viewOfState(timeline.stateAt(at), views[1]));
    if (what) return { at, what: `the controller: ${what}` };
  }
  return null;
}

export const choosesByHand = (timeline: Timeline): boolean =>
  timeline.turns().some(({ decisions }) => decisions.some((decision) => decision !== null));
