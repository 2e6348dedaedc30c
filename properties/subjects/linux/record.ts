// Kernel runs as files: every move with everything the kernel showed after it, so that a machine without root judges the same run again.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts, Seen } from '../../../impl/linux/index.ts';
import { NotAlive } from '../../../lockstep/index.ts';
import type { Move } from '../../../model/index.ts';
import { writeAside } from '../../trace/counterexample.ts';
import { makeFolder } from '../../trace/folder.ts';
import { moveText, moveToJson } from '../../trace/move.ts';
import type { Answer } from '../../view/answer.ts';
import type { Observed, Size, View } from '../../view/view.ts';
import type { OutsideSubject } from '../subject.ts';
import { parseRecording, type Recording } from './recording.ts';
import { kernelShows, kernelShowsTrees } from './seen.ts';
import { show, type Witness } from './subject.ts';

export { parseRecording, type Recording } from './recording.ts';

export type RecordedFacts = Pick<
  Recording,
  'release' | 'transparentHugePages' | 'swap' | 'generations' | 'oom' | 'cgroup'
>;

export const factsOf = (
  facts: Facts,
  oom: Recording['oom'] = 'quiet',
  cgroup?: 'v1' | 'v2',
): RecordedFacts => ({
  ...(cgroup && { cgroup }),
  release: facts.release,
  transparentHugePages: facts.transparentHugePages,
  swap: facts.swap,
  generations: facts.generations,
  oom,
});

/** Writes each run of a subject to a file of its own in `folder`, numbered after those that are there. */
export class Recorder implements Witness {
  readonly #folder: string;
  readonly #facts: RecordedFacts;
  #size: Size = { containers: 0, tasks: 0, pages: 0 };
  #steps: { move: Move; seen: Seen }[] = [];
  #next: number;

  constructor(folder: string, facts: RecordedFacts) {
    this.#folder = folder;
    this.#facts = facts;
    makeFolder(folder);
    this.#next =
      1 + Math.max(0, ...readdirSync(folder).map((name) => Number(/-(\d+)\.json$/.exec(name)?.[1] ?? 0)));
  }

  begin({ containers, tasks, pages }: Size): void {
    this.end();
    this.#size = { containers, tasks, pages };
  }

  saw(move: Move, seen: Seen): void {
    this.#steps.push({ move, seen });
  }

  end(): void {
    if (this.#steps.length === 0) return;
    const { cgroup } = this.#facts;
    const name = `${cgroup ? `guest-${cgroup}` : 'kernel'}-${this.#facts.oom}-${String(this.#next++).padStart(3, '0')}.json`;
    const size = this.#size;
    writeAside(
      join(this.#folder, name),
      textOf({
        format: 'firsttouch kernel run 1',
        ...this.#facts,
        size,
        drawn: drawnOf(this.#steps),
        steps: this.#steps,
      }),
    );
    this.#steps = [];
  }
}

/** The first step from which on there is nothing but the closing moves: all living tasks exit, then all containers go. */
function drawnOf(steps: Recording['steps']): number {
  for (let at = 0; at < steps.length; at++) {
    const seen = steps[at - 1]?.seen;
    const exits = (seen?.tasks ?? []).map(([t]) => `exit t${t}`);
    const rmdirs = (seen?.groups ?? []).filter(([c]) => c >= 0).map(([c]) => `rmdir c${c}`);
    const rest = steps.slice(at).map(({ move }) => moveText(move));
    if (rest.join() === [...exits, ...rmdirs].join()) return at;
  }
  return steps.length;
}

/** One line a step: readable, and a third of the size that indented JSON has. */
function textOf({ steps, ...head }: Recording): string {
  const lines = steps.map(({ move, seen }, i) => {
    const before = steps[i - 1]?.seen;
    const changed = (what: 'groups' | 'pages' | 'tasks' | 'books') =>
      before && JSON.stringify(before[what]) === JSON.stringify(seen[what]) ? 0 : seen[what];
    return JSON.stringify([
      moveToJson(move),
      seen.outcome,
      seen.events,
      changed('groups'),
      changed('pages'),
      changed('tasks'),
      ...(head.cgroup ? [changed('books')] : []),
    ]);
  });
  return `${JSON.stringify(head).slice(0, -1)},\n"steps":[\n${lines.join(',\n')}\n]}\n`;
}

/** @throws Error that names the file and the place in it */
export const readRecording = (file: string): Recording => parseRecording(readFileSync(file, 'utf8'), file);

/** A recorded kernel as a subject: it answers the recorded moves, in their order, and no others. */
export class RecordedSubject implements OutsideSubject {
  readonly name = 'linux (recorded)';
  readonly observed: Observed;
  readonly relation = 'contract';
  readonly #recording: Recording;
  #at = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    const hasParents = recording.steps.some(({ seen }) => seen.books);
    this.observed = hasParents ? kernelShowsTrees : kernelShows;
  }

  /** The moves that were drawn. */
  get moves(): Move[] {
    return this.#recording.steps.slice(0, this.#recording.drawn).map(({ move }) => move);
  }

  /** The moves by which the run was closed when it was recorded, whatever closes a run today. */
  get closing(): Move[] {
    return this.#recording.steps.slice(this.#recording.drawn).map(({ move }) => move);
  }

  async reset(): Promise<void> {
    this.#at = 0;
  }

  async apply(move: Move, view: View): Promise<Answer> {
    const step = this.#recording.steps[this.#at++];
    if (!step || moveText(step.move) !== moveText(move))
      throw new NotAlive(
        `${moveText(move)} was not recorded here, but ${step ? moveText(step.move) : 'the end'}`,
      );
    return show(move, step.seen, view);
  }

  async close(): Promise<void> {}
}
