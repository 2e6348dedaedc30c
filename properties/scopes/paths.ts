// Any implementation on every reachable step of the LRU spec, by walking: from situation to situation, through each step at least once. It knows
// nothing of how the implementation keeps its state, and says nothing of what only another way to the same situation would show.

import { guarded, NO_ANSWER } from '../../checker/guard.ts';
import { check, type Report } from '../../checker/index.ts';
import {
  ALIVE,
  Crew,
  deathIn,
  EQUALS_SPEC,
  NotAlive,
  type OpenSubject,
  Tour,
  type TourResult,
} from '../../lockstep/index.ts';
import { type Move, profiles, type State } from '../../model/index.ts';
import { domainOf, type Rss } from '../domain/index.ts';
import { openOutside, openSubject } from '../subjects/implementation.ts';
import { isOutside } from '../subjects/known.ts';
import { observe } from '../subjects/subject.ts';
import { moveToJson, scopeText } from '../trace/move.ts';
import { type Answered, countsOf, type Question, uncoveredOf } from './ask.ts';
import { type Asked, controllerModel, isNested } from './controller-model.ts';
import { twinOf } from './index.ts';
import { bound } from './moves.ts';
import type { CheckResult } from './result.ts';
import { playedBySpec } from './save.ts';
import { showState } from './show.ts';

/** The implementation is to be held against the contract, whose choices are its own; `verify` feeds them back, a walk cannot. */
export class NotDeterministic extends Error {
  override readonly name = 'NotDeterministic';
  readonly exit = 2;
}

/** As long as a program is given to answer (CLI.md). */
const PATIENCE = 10_000;

/** @throws NotAlive if the controller does not come back. */
function answering<T>(work: () => T): T {
  return guarded(PATIENCE, work, () => {
    throw new NotAlive(NO_ANSWER);
  });
}

/** As many processes as can be started of a program, up to two; one of an implementation of this process. */
async function crewFor(impl: string, { profile, scope, patience, signal }: Question): Promise<Crew<Rss>> {
  const domain = domainOf(profiles[profile]);
  if (!isOutside(impl)) {
    const subject = await openSubject(impl, profile, scope);
    const inside: OpenSubject<Rss> = {
      observed: subject.observed,
      reset: async () => answering(() => subject.reset()),
      apply: async (move, view) => answering(() => observe(subject, move, view)),
      close: async () => {},
    };
    return Crew.open(async () => inside, domain, scope, 1);
  }
  const open = async () => {
    const subject = await openOutside(impl, profile, scope, { patience, signal, whole: true });
    if (subject.relation === 'lru') return subject;
    await subject.close();
    throw new NotDeterministic(
      `--impl ${impl} makes choices of its own; legal is verify --impl, which feeds them back`,
    );
  };
  return Crew.open(open, domain, scope);
}

type Toured = Pick<TourResult<Rss>, 'found' | 'done' | 'tried' | 'isCut' | 'isShortest'> & {
  /** Of the moves that were tried, those that the specification refuses. */
  readonly refused: number;
};

/** Breadth first, so that what is found is shortest. */
async function walk(question: Question, asked: Asked, crew: Crew<Rss>): Promise<Toured> {
  const { minutes, signal, progress } = question;
  const { profile, scope } = asked;
  const model = controllerModel(asked);
  const words = new Uint32Array(model.width);
  const began = performance.now();
  const until = began + (minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  let refused = 0;
  const tour = new Tour(domainOf(profiles[profile]), crew, {
    size: scope,
    moves: model.moves.map((name) => bound(name).move),
    key: (state) => {
      model.pack(state as State, words, 0);
      return words.join();
    },
    asked: (move, { outcome }) => {
      if (isRefused(move, outcome)) refused++;
    },
    isOver: () => (signal?.aborted ?? false) || performance.now() > until,
    progress: ({ places, all, depth, tried }) => {
      const seconds = (performance.now() - began) / 1000;
      const rate = places / seconds;
      const frontier = all - places;
      progress?.({ states: places, frontier, depth, transitions: tried, seconds, rate, estimate: null });
    },
  });
  return { ...(await tour.run()), refused };
}

/** A limit that cannot be reached in linux-v1 is answered EBUSY after what was reclaimed for it: that is an effect. */
const isRefused = ([name]: Move, outcome: string): boolean =>
  outcome !== 'ok' && outcome !== 'KILLED' && !(name === 'setLimit' && outcome === 'EBUSY');

/** Of a walk that did not come to its end: the situations up to the one it was at, in the order of the search, and the moves that it tried. */
function countsOfWalk({ levels: all }: Report, { done, tried, refused }: Toured) {
  const states = done + 1;
  const levels: number[] = [];
  for (let left = states; left > 0 && levels.length < all.length; left -= all[levels.length - 1])
    levels.push(Math.min(left, all[levels.length]));
  return { states, orbits: null, transitions: tried - refused, refused, depth: levels.length - 1, levels };
}

export async function askByPaths(question: Question, impl: string): Promise<Answered> {
  const { profile, scope, memoryMiB, signal } = question;
  const crew = await openOrDead(impl, question);
  const dead = crew instanceof NotAlive;
  // Who does not show parents knows no trees.
  const flat = question.flat || (!dead && !crew.observed.has('parent'));
  const asked: Asked = { kind: 'lru', profile, scope, flat };
  try {
    const twin = twinOf(asked) ?? undefined;
    const report = await check(controllerModel(asked), { memoryMiB, signal, twin, claims: [] });
    const began = performance.now();
    const toured = dead ? deadFromTheStart(crew) : await walk(question, asked, crew);
    const { found, done: checked, tried, isCut: cut, isShortest } = toured;
    const seconds = (performance.now() - began) / 1000;
    const claim = found?.claim ?? EQUALS_SPEC;
    const verdict = found ? 'violated' : cut ? 'unknown' : 'holds';
    return {
      graph: null,
      result: {
        verdict,
        model: 'lru',
        profile,
        scope: scopeText(scope),
        nested: isNested(asked),
        impl,
        ...countsOf(report),
        ...(found || cut ? countsOfWalk(report, toured) : {}),
        seconds,
        statesPerSecond: checked / seconds,
        claims: [{ name: claim, verdict, checked: tried, met: tried }],
        reached: [],
        refinement: null,
        uncovered: uncoveredOf(report),
        counterexample: found ? counterexampleOf(found, isShortest, question) : null,
        unknown: cut
          ? {
              by: 'time',
              why: 'the walk was stopped',
              covered: `${checked} states walked to`,
              frontier: report.states - checked,
            }
          : null,
      },
    };
  } finally {
    if (!dead) await crew.close();
  }
}

const openOrDead = (impl: string, question: Question): Promise<Crew<Rss> | NotAlive> =>
  crewFor(impl, question).catch(deathIn);

const deadFromTheStart = ({ message }: NotAlive): Toured => ({
  found: { claim: ALIVE, witness: message, moves: [] },
  done: 0,
  tried: 0,
  refused: 0,
  isCut: false,
  isShortest: true,
});

function counterexampleOf(
  { claim, witness, moves }: NonNullable<Toured['found']>,
  isShortest: boolean,
  { profile }: Question,
): CheckResult['counterexample'] {
  const trace = playedBySpec(moves, profile).map(({ outcome, state }, i) => {
    return { move: [...moveToJson(moves[i])], choices: [], outcome, state: showState(state) };
  });
  return { claim, witness, trace, ...(isShortest ? {} : { onlyThisWay: true }) };
}
