// One check of the specification, from question to answer: which claims, which model, which engine; and T1 at the grain it needs.

import { NO_ANSWER } from '../../checker/guard.ts';
import {
  type CheckOptions,
  check,
  graphAsDot,
  graphAsItf,
  type Model,
  type Report,
  replay,
} from '../../checker/index.ts';
import { ALIVE, EQUALS_SPEC } from '../../lockstep/index.ts';
import { type ProfileName, profiles, type Scope, type State } from '../../model/index.ts';
import { scopeText } from '../trace/move.ts';
import { booksOf } from './books.ts';
import { chargeModel, TERMINATES } from './charge-steps.ts';
import { type Asked, isNested, modelAndTwin, plainName } from './index.ts';
import { ControllerLockstep } from './lockstep.ts';
import { bound } from './moves.ts';
import { claimRows, reachedRows, refinementOf, stepsOf } from './report.ts';
import type { CheckResult, ClaimResult, StepResult } from './result.ts';

export type GraphFormat = 'dot' | 'itf';

export interface Question extends Asked {
  /** Names of claims; left out: all. None: states are only counted. */
  readonly claims?: readonly string[] | undefined;
  /** Names of claims that are left out, found violated by an earlier search. */
  readonly without?: readonly string[] | undefined;
  readonly workers?: number | undefined;
  readonly symmetry?: boolean | undefined;
  readonly depth?: number | undefined;
  readonly memoryMiB?: number | undefined;
  readonly minutes?: number | undefined;
  readonly checkpoint?: string | undefined;
  readonly resume?: string | undefined;
  readonly graph?: GraphFormat | undefined;
  readonly progress?: NonNullable<CheckOptions['progress']> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long a program may be silent, in ms. */
  readonly patience?: number | undefined;
}

export { RECLAIM_FAILS, REFINES } from './refinement.ts';

export interface Answered {
  readonly result: CheckResult;
  /** The graph as a file's text, and whether it is cut off. */
  readonly graph: { readonly text: string; readonly truncated: boolean } | null;
}

const MODULE = new URL('./index.ts', import.meta.url).href;

export async function ask(question: Question): Promise<Answered> {
  const { kind, profile, scope, flat, refine, impl } = question;
  const asked: Asked = { kind, profile, scope, flat, refine, impl };
  const { model, twin } = modelAndTwin(asked);
  const report = await check(model, {
    ...optionsOf(question),
    twin: twin ?? undefined,
    ...chosen(model, question),
    spec: { module: MODULE, export: 'modelAndTwin', args: asked },
  });
  const rows = claimRows(report, kind, profiles[profile]);
  const charge = wantsCharge(question) ? await chargeRow(question) : null;
  if (charge) rows.push(charge.row);
  return {
    result: resultOf(question, model, report, rows, charge),
    graph: graphOf(model, report, question.graph),
  };
}

/** The claims of a model that go by these names, with their parts about refused moves and known violations. */
export function chosen(
  model: { readonly claims: readonly { readonly name: string }[] },
  { claims: wanted, without = [] }: Pick<Question, 'claims' | 'without'>,
): { claims?: string[] } {
  if (wanted === undefined && without.length === 0) return {};
  const isAsked = (name: string) => wanted?.includes(name) !== false && !without.includes(name);
  return { claims: model.claims.map(({ name }) => name).filter((name) => isAsked(plainName(name))) };
}

/** What the checker is asked with. */
export function optionsOf(question: Question): CheckOptions {
  const { workers, symmetry, depth, memoryMiB, minutes, checkpoint, resume, progress, signal } = question;
  const bounds = { workers, symmetry, depth, memoryMiB, minutes };
  const graph = question.graph !== undefined;
  return { ...bounds, checkpoint, resume, graph, progress, progressSeconds: 0.1, signal };
}

// T1, which needs the charge loop step by step.

interface Charge {
  readonly row: ClaimResult;
  readonly report: Report;
}

/** T1 is judged in scopes of its own, for its model has several states for each state of the atomic one. A tree needs two containers. */
function chargeScopes(asked: Question): Scope[] {
  const { containers, tasks, pages, limit } = asked.scope;
  const [few, both] = [Math.min(tasks, 2), Math.min(pages, 2)];
  const one: Scope = {
    containers: Math.min(containers, 1),
    tasks: few,
    pages: both,
    limit: Math.min(limit, 2),
  };
  if (!isNested(asked) || containers < 2) return [one];
  return [one, { containers: 2, tasks: few, pages: few > 1 ? 1 : both, limit: Math.min(limit, 1) }];
}

const wantsCharge = ({ claims, without, impl }: Question): boolean =>
  !impl && claims?.includes(TERMINATES) !== false && !without?.includes(TERMINATES);

async function chargeRow(question: Question): Promise<Charge> {
  const [first, ...more] = chargeScopes(question);
  let charge = await chargeIn(question, first);
  for (const scope of more) {
    const { verdict, checked, met, reason } = charge.row;
    if (verdict !== 'holds' && verdict !== 'vacuous') break;
    const { row, report } = await chargeIn(question, scope);
    const sum = { checked: checked + row.checked, met: met + row.met };
    charge = { row: { ...row, ...sum, reason: `${reason}; ${row.reason}` }, report };
  }
  return charge;
}

async function chargeIn(question: Question, scope: Scope): Promise<Charge> {
  const report = await check(chargeModel({ ...question, scope }), { signal: question.signal });
  const { verdict, checked, met } = report.claims[0];
  const reason = `step grain, scope ${scopeText(scope)}: ${report.states} states`;
  return { row: { name: TERMINATES, verdict, checked, met, reason }, report };
}

// The answer.

function resultOf(
  question: Question,
  model: Model<State>,
  report: Report,
  rows: ClaimResult[],
  charge: Charge | null,
): CheckResult {
  const { kind, profile, scope, impl = null, claims: asked } = question;
  const found = report.counterexample ?? charge?.report.counterexample ?? null;
  const nameOf = (claim: string) => (hangs(found) && claim === EQUALS_SPEC ? ALIVE : plainName(claim));
  const what = { model: kind, profile, scope: scopeText(scope), nested: isNested(question), impl };
  const answer = answerFrom(what, report, rows, asked, found);
  const { claims, counterexample } = answer;
  return {
    ...answer,
    claims: claims.map((row) => ({ ...row, name: nameOf(row.name) })),
    counterexample: counterexample && {
      ...counterexample,
      claim: nameOf(counterexample.claim),
      trace: [...counterexample.trace, ...partingStep(model, profile, scope, found)],
    },
  };
}

/** The answer of any search: what was searched, what the books say of its claims, and what was found. */
export function answerFrom(
  what: Pick<CheckResult, 'model' | 'profile' | 'scope' | 'nested' | 'impl'>,
  report: Report,
  rows: readonly ClaimResult[],
  asked: readonly string[] | undefined,
  found = report.counterexample,
): CheckResult {
  const { rows: claims, unknown } = booksOf(report, rows, asked);
  const isOpen = unknown !== null || report.claims.some(({ verdict }) => verdict === 'unknown');
  return {
    verdict: found ? 'violated' : isOpen ? 'unknown' : 'holds',
    ...what,
    ...countsOf(report),
    claims: [...claims],
    reached: reachedRows(report),
    refinement: refinementOf(claims),
    uncovered: uncoveredOf(report),
    counterexample: found && {
      claim: found.claim,
      witness: found.witness,
      trace: stepsOf(found.trace),
      ...(found.loop === undefined ? {} : { loop: found.loop }),
    },
    unknown: found ? report.unknown : unknown,
  };
}

export function countsOf(report: Report) {
  const { states, orbits, transitions, refused, depth, levels, statesPerSecond, workers } = report;
  return {
    states,
    orbits,
    transitions,
    refused,
    depth,
    levels,
    seconds: report.totalSeconds,
    statesPerSecond,
    bytesPerState: Math.round(report.bytesPerState.total * 10) / 10,
    workers,
    ...(report.diskBytes === null ? {} : { diskBytes: report.diskBytes }),
    ...(report.twinDiffers === null ? {} : { twinDiffers: report.twinDiffers }),
  };
}

/** What was never seen to happen, although the model provides for it. A scope can rule out a move by itself (fork t0 t0); actions are named. */
export function uncoveredOf({ coverage, unknown }: Report): string[] {
  const cut = unknown !== null && unknown.by !== 'claims';
  const where = cut ? `in the ${coverage.expanded} states expanded` : 'everywhere';
  return [
    ...coverage.neverEnabled.map((name) => `${name} (refused ${where})`),
    ...coverage.neverChanged.map((name) => `${name} (changed nothing${cut ? ` ${where}` : ''})`),
    ...coverage.branchesNeverTaken,
  ];
}

/** How long a controller that was seen to hang is given to do it again. */
const HANGS_MS = 2000;

const hangs = (found: { readonly witness: string } | null): boolean => found?.witness === NO_ANSWER;

/** Where the controller parts from the specification in a state, the move at which it does is the last of the trace. */
function partingStep(
  model: Model<State>,
  profile: ProfileName,
  scope: Scope,
  found: Report['counterexample'],
): StepResult[] {
  if (found?.claim !== EQUALS_SPEC) return [];
  const states = replay(model, found.initial, found.trace);
  const words = new Uint32Array(model.width);
  model.pack(states[states.length - 1], words, 0);
  const state = model.unpack(words, 0);
  const lockstep = new ControllerLockstep(profile, scope, model.moves.map(bound));
  const parting = hangs(found) ? lockstep.hangsAt(state, HANGS_MS) : lockstep.part(state);
  if (!parting || parting.move < 0) return [];
  const move = model.moves[parting.move];
  const errno = model.guard(state, move);
  const effect = errno === null ? model.effect(state, move, () => 0) : { state, outcome: errno };
  const show = model.show?.(effect.state) ?? null;
  const outcome = effect.outcome ?? 'ok';
  return stepsOf([{ move, moveIndex: parting.move, choices: [], labels: [], outcome, show }]);
}

/** The graph as the file that was asked for. */
export function graphOf<S>(model: Model<S>, { graph }: Report, format?: GraphFormat): Answered['graph'] {
  if (!graph || !format) return null;
  const text = format === 'dot' ? graphAsDot(model, graph) : graphAsItf(model, graph);
  return { text, truncated: graph.truncated };
}
