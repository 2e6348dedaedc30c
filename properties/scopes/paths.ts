// Any implementation on every reachable step of the LRU spec, by walking: each state is reached along its shortest path, anew for each move
// that changes something. Slow, and it knows nothing of how the implementation keeps its state.

import { guarded, NO_ANSWER } from '../../checker/guard.ts';
import { check } from '../../checker/index.ts';
import { ALIVE, EQUALS_SPEC, NotAlive } from '../../lockstep/index.ts';
import { initial, lru, type Move, profiles, type State, type Step, step } from '../../model/index.ts';
import { openOutside, openSubject } from '../subjects/implementation.ts';
import { isOutside } from '../subjects/known.ts';
import { observe } from '../subjects/subject.ts';
import { moveToJson } from '../trace/move.ts';
import { type Answer, answersDiffer } from '../view/answer.ts';
import { difference, type Observed, View, viewOfState } from '../view/view.ts';
import { type Answered, countsOf, type Question, uncoveredOf } from './ask.ts';
import { type Asked, controllerModel, isNested, scopeText } from './controller-model.ts';
import { twinOf } from './index.ts';
import { type BoundMove, bound } from './moves.ts';
import type { CheckResult } from './result.ts';
import { showState } from './show.ts';

/** The implementation is to be held against the contract, whose choices are its own; `verify` feeds them back, a walk cannot. */
export class NotDeterministic extends Error {
  override readonly name = 'NotDeterministic';
  readonly exit = 2;
}

interface Driver {
  readonly observed: Observed;
  /** Starts anew and goes where the path leads. */
  walk(path: readonly BoundMove[], view: View): Promise<void>;
  apply(move: Move, view: View): Promise<Answer>;
  close(): Promise<void>;
}

async function open(impl: string, { profile, scope, patience, signal }: Question): Promise<Driver> {
  if (!isOutside(impl)) {
    const subject = await openSubject(impl, profile, scope);
    return {
      observed: subject.observed,
      walk: async (path) =>
        answering(() => {
          subject.reset();
          for (const { move } of path) subject.apply(move);
        }),
      apply: async (move, view) => answering(() => observe(subject, move, view)),
      close: async () => {},
    };
  }
  const subject = await openOutside(impl, profile, scope, { patience, signal });
  if (subject.relation !== 'lru') {
    await subject.close();
    throw new NotDeterministic(
      `--impl ${impl} makes choices of its own; legal is verify --impl, which feeds them back`,
    );
  }
  return {
    observed: subject.observed,
    walk: async (path, view) => {
      await subject.reset(scope);
      for (const { move } of path) await subject.apply(move, view);
    },
    apply: (move, view) => subject.apply(move, view),
    close: () => subject.close(),
  };
}

/** As long as a program is given to answer (CLI.md). */
const PATIENCE = 10_000;

/** @throws NotAlive if the controller does not come back. */
function answering<T>(work: () => T): T {
  return guarded(PATIENCE, work, () => {
    throw new NotAlive(NO_ANSWER);
  });
}

interface Found {
  readonly claim: string;
  readonly witness: string;
  readonly moves: readonly BoundMove[];
}

/** Walks one state's moves; the state is where `path` leads. Returns the first that differs. */
async function partsAt(
  driver: Driver,
  path: readonly BoundMove[],
  moves: readonly BoundMove[],
  from: State,
  views: { seen: View; spec: View },
): Promise<Found | null> {
  let there = false;
  for (const bent of moves) {
    const run = [...path, bent];
    try {
      if (!there) {
        await driver.walk(path, views.seen);
      }
      const next = step(from, bent.move, lru);
      const answer = await driver.apply(bent.move, views.seen);
      const witness =
        outcomeDiffers(answer, next, driver.observed) ??
        difference(views.seen, viewOfState(next.state, views.spec), driver.observed);
      if (witness) return { claim: EQUALS_SPEC, witness, moves: run };
      there = next.state === from;
    } catch (error) {
      if (error instanceof NotAlive) return { claim: ALIVE, witness: error.message, moves: run };
      throw error;
    }
  }
  return null;
}

const outcomeDiffers = (answer: Answer, next: Step, observed: Observed): string | null =>
  answersDiffer(answer, next, observed);

/** Breadth first, so that what is found is shortest. `null`: every step agrees; `cut`: the signal or the time came first. */
async function walk(
  question: Question,
  asked: Asked,
  driver: Driver,
): Promise<{ found: Found | null; checked: number; cut: boolean }> {
  const { minutes, signal, progress } = question;
  const { profile, scope } = asked;
  const model = controllerModel(asked);
  const moves = model.moves.map(bound);
  const words = new Uint32Array(model.width);
  const views = { seen: new View(scope), spec: new View(scope) };
  const keyOf = (state: State): string => {
    model.pack(state, words, 0);
    return words.join();
  };
  const until = performance.now() + (minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const began = performance.now();
  const start = initial(profiles[profile]);
  const seen = new Set([keyOf(start)]);
  const queue: { state: State; path: readonly BoundMove[] }[] = [{ state: start, path: [] }];
  for (let checked = 0; checked < queue.length; checked++) {
    if (signal?.aborted || performance.now() > until) return { found: null, checked, cut: true };
    const { state, path } = queue[checked];
    const found = await partsAt(driver, path, moves, state, views).catch((error) => {
      if (signal?.aborted) return null;
      throw error;
    });
    if (found) return { found, checked, cut: false };
    for (const next of moves) {
      const to = step(state, next.move, lru);
      const key = keyOf(to.state);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ state: to.state, path: [...path, next] });
    }
    const seconds = (performance.now() - began) / 1000;
    const frontier = queue.length - checked - 1;
    const { length: depth } = path;
    progress?.({
      states: checked,
      frontier,
      depth,
      transitions: 0,
      seconds,
      rate: checked / seconds,
      estimate: null,
    });
    if (checked % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { found: null, checked: queue.length, cut: false };
}

export async function askByPaths(question: Question, impl: string): Promise<Answered> {
  const { profile, scope, memoryMiB, signal } = question;
  const driver = await openOrDead(impl, question);
  const dead = driver instanceof NotAlive;
  // Who does not show parents knows no trees.
  const flat = question.flat || (!dead && !driver.observed.has('parent'));
  const asked: Asked = { kind: 'lru', profile, scope, ...(flat ? { flat } : {}) };
  try {
    const twin = twinOf(asked);
    const bounds = { ...(memoryMiB === undefined ? {} : { memoryMiB }), ...(signal ? { signal } : {}) };
    const report = await check(controllerModel(asked), { ...bounds, ...(twin ? { twin } : {}), claims: [] });
    const began = performance.now();
    const { found, checked, cut } = dead ? deadFromTheStart(driver) : await walk(question, asked, driver);
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
        // Of a violation: the states walked to until then.
        states: found ? checked + 1 : report.states,
        seconds,
        statesPerSecond: checked / seconds,
        claims: [{ name: claim, verdict, checked, met: checked }],
        reached: [],
        refinement: null,
        uncovered: uncoveredOf(report),
        counterexample: found ? counterexampleOf(found, question) : null,
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
    if (!dead) await driver.close();
  }
}

const openOrDead = (impl: string, question: Question): Promise<Driver | NotAlive> =>
  open(impl, question).catch((error: unknown) => {
    if (error instanceof NotAlive) return error;
    throw error;
  });

const deadFromTheStart = ({ message }: NotAlive): { found: Found; checked: number; cut: boolean } => ({
  found: { claim: ALIVE, witness: message, moves: [] },
  checked: 0,
  cut: false,
});

function counterexampleOf(
  { claim, witness, moves }: Found,
  { profile }: Question,
): CheckResult['counterexample'] {
  let state = initial(profiles[profile]);
  const trace = moves.map(({ move }) => {
    const next = step(state, move, lru);
    state = next.state;
    return { move: [...moveToJson(move)], choices: [], outcome: next.outcome, state: showState(state) };
  });
  return { claim, witness, trace };
}
