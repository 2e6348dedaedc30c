// From a finished search to the report: verdicts, counterexamples that are real runs, witnesses, coverage.

import { collectGraph } from './graph.ts';
import { EXPANDED, type Find } from './harvest.ts';
import { defaultMemory } from './limit.ts';
import type { Claim, Model, PackedTwin } from './model.ts';
import { PendingCut } from './pending.ts';
import { chosenClaims, NO_DEADLOCK } from './plan.ts';
import type {
  CheckOptions,
  ClaimReport,
  ClaimVerdict,
  Counterexample,
  Coverage,
  Cut,
  Reached,
  Report,
} from './report.ts';
import type { Search } from './search.ts';
import { Steps } from './steps.ts';
import { Orbits } from './symmetry.ts';
import { judgeTemporal, type Lasso } from './temporal.ts';
import { moveText } from './text.ts';
import { asTrace, Tracer, type Walk } from './trace.ts';

const SYMMETRY_NOTE = 'a symmetry reduction does not keep fairness; check without it';

/** What became of a temporal claim: a note if it could not be judged. */
interface Outcome {
  readonly met: number;
  readonly lasso: Lasso | null;
  readonly note: string | null;
}

/** All that the parts of the report are made from. */
interface Findings<State> {
  readonly search: Search<State>;
  readonly model: Model<State>;
  readonly claims: readonly Claim<State>[];
  readonly tracer: Tracer<State>;
  readonly outcomes: ReadonlyMap<number, Outcome>;
}

/** Judges the temporal claims, which need the whole graph, and puts everything together. */
export async function makeReport<State>(
  search: Search<State>,
  twin: PackedTwin | null,
  options: CheckOptions,
): Promise<Report> {
  const { model, plan, table } = search;
  const orbits = plan.symmetry ? new Orbits(model, twin) : null;
  const steps = new Steps(model, twin, table, orbits);
  const claims = chosenClaims(model, plan);
  const outcomes = await judgeTemporals(search, claims, steps, options);
  const found: Findings<State> = {
    search,
    model,
    claims,
    tracer: new Tracer(model, search.store, orbits),
    outcomes,
  };
  const counterexamples = counterexamplesOf(found);
  const claimReports = claimsOf(found, counterexamples);
  const violated = counterexamples.length > 0;
  const cut = search.cut ?? (violated ? null : unjudged(search, claimReports, options));
  const open = cut !== null || claimReports.some((claim) => claim.verdict === 'unknown');
  const limit = typeof options.graph === 'object' ? (options.graph.limit ?? 200_000) : 200_000;
  return {
    verdict: violated ? 'violated' : open ? 'unknown' : 'holds',
    model: model.name,
    engine: plan.twin ? 'twin' : 'readable',
    ...countsOf(search),
    claims: claimReports,
    reached: reachedOf(found),
    coverage: coverageOf(search),
    counterexample: counterexamples[0] ?? null,
    counterexamples,
    unknown: cut,
    twinProved: plan.twin && plan.proveTwin,
    twinDiffers: null,
    graph: options.graph === undefined || options.graph === false ? null : collectGraph(table, steps, limit),
    resumedFrom: search.resumedFrom,
  };
}

/**
 * A search to its end says `holds` of what it has judged. That is not enough if a claim was asked for by name and was not met, or could not be
 * judged; or if there are claims, and none of them was met.
 */
function unjudged<State>(
  { weighted, transitions }: Search<State>,
  reports: readonly ClaimReport[],
  options: CheckOptions,
): Cut | null {
  const idle = reports.filter(({ verdict }) => verdict !== 'holds');
  const none = options.claims === undefined && reports.length > 0 && idle.length === reports.length;
  if (idle.length === 0 || (options.claims === undefined && !none)) return null;
  const names = idle.map(({ name, note }) => `${name} (${note ?? 'never met'})`).join(', ');
  const why = none ? `no claim was met: ${names}` : `asked for and not judged: ${names}`;
  return { by: 'claims', why, covered: `all ${weighted} states and ${transitions} transitions`, frontier: 0 };
}

/** After a violation or a cut that asks for a quick end they are left unjudged; after a depth bound what was covered is judged. */
async function judgeTemporals<State>(
  search: Search<State>,
  claims: readonly Claim<State>[],
  steps: Steps<State>,
  options: CheckOptions,
): Promise<ReadonlyMap<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  const { model, table, cut, plan } = search;
  if (plan.symmetry || search.stoppedByViolation || (cut !== null && cut.by !== 'depth')) return outcomes;
  const bytes = (options.memoryMiB ?? defaultMemory()) * 2 ** 20 - table.bytes;
  for (const [k, claim] of claims.entries()) {
    if (claim.kind !== 'temporal') continue;
    try {
      const result = await judgeTemporal(model, claim, table, steps, { bytes, signal: options.signal });
      outcomes.set(k, { ...result, note: null });
    } catch (error) {
      if (!(error instanceof PendingCut)) throw error;
      outcomes.set(k, { met: 0, lasso: null, note: error.message });
    }
  }
  return outcomes;
}

function countsOf<State>(search: Search<State>) {
  const { plan, table, seconds, weighted } = search;
  const packed = table.width * 4;
  const total = table.bytes / search.stored;
  const before = search.resumedFrom?.states ?? 0;
  return {
    workers: search.shares.length,
    shares: search.shares,
    states: weighted,
    orbits: plan.symmetry ? search.stored : null,
    transitions: search.transitions,
    refused: search.refused,
    depth: search.levels.length - 1,
    levels: search.levels,
    seconds,
    totalSeconds: search.secondsBefore + seconds,
    statesPerSecond: Math.round((weighted - before) / Math.max(seconds, 1e-3)),
    bytesPerState: { packed, beyond: total - packed, total },
    diskBytes: search.disk?.peak ?? null,
  };
}

/** One for each violated claim: the shortest first, then in the order of the claims. */
function counterexamplesOf<State>(found: Findings<State>): Counterexample[] {
  const { search, claims, outcomes } = found;
  const examples: { order: number; example: Counterexample }[] = [];
  for (const [order, find] of search.finds) {
    const claim = claims[order];
    if (claim?.kind === 'reachable') continue;
    const walk = walkOf(found, find);
    const { name, kind } = claim ?? { name: NO_DEADLOCK, kind: 'deadlock' };
    examples.push({ order, example: { claim: name, kind, witness: find.witness, ...exampleOf(walk) } });
  }
  for (const [order, { lasso }] of outcomes) {
    if (lasso !== null) examples.push({ order, example: lassoExample(found, claims[order]!, lasso) });
  }
  examples.sort((a, b) => a.example.trace.length - b.example.trace.length || a.order - b.order);
  return examples.map(({ example }) => example);
}

const exampleOf = <State>(walk: Walk<State>) => ({
  initial: walk.initial,
  start: walk.start,
  trace: walk.steps,
});

/** The run to a find, its last step included. Under symmetry that step is looked for again from the real state. */
function walkOf<State>({ search, claims, tracer }: Findings<State>, find: Find): Walk<State> {
  const walk = tracer.walkTo(find.index);
  if (find.move < 0) return walk;
  if (!search.plan.symmetry) return tracer.step(walk, find.move, find.choices);
  const claim = claims[find.claim]!;
  return tracer.stepWhere(walk, (m, effect) => {
    const move = search.model.moves[m]!;
    if (claim.kind === 'step') return claim.judge(walk.state, move, effect).violation !== null;
    return 'holds' in claim && claim.holds(walk.state, move, effect);
  });
}

function lassoExample<State>(
  { search, tracer }: Findings<State>,
  claim: Claim<State>,
  lasso: Lasso,
): Counterexample {
  let walk = tracer.walkTo(lasso.start);
  const loop = walk.steps.length;
  const words = new Uint32Array(search.table.width);
  for (const { move, to } of lasso.cycle) {
    search.table.read(to, words);
    walk = tracer.stepTo(walk, words, move);
  }
  const witness =
    lasso.cycle.length === 0
      ? 'pending, and no fair move is enabled: this may stay so for ever'
      : `pending for ever: the last ${lasso.cycle.length} steps repeat, and no fair move is put off in them`;
  return { claim: claim.name, kind: claim.kind, witness, ...exampleOf(walk), loop };
}

function claimsOf<State>(found: Findings<State>, counterexamples: readonly Counterexample[]): ClaimReport[] {
  const { search, claims } = found;
  const names = claims.map(({ name, kind }) => ({ name, kind: kind as string }));
  if (search.plan.deadlock) names.push({ name: NO_DEADLOCK, kind: 'deadlock' });
  return names.map(({ name, kind }, k) => {
    const violated = counterexamples.some((one) => one.claim === name);
    return kind === 'temporal'
      ? temporalReport(found, k, name, violated)
      : claimReport(found, k, name, kind, violated);
  });
}

const cutNote = <State>({ cut, stoppedByViolation }: Search<State>) =>
  cut?.why ?? (stoppedByViolation ? 'the search stopped at a violation of another claim' : null);

function claimReport<State>(
  { search }: Findings<State>,
  k: number,
  name: string,
  kind: string,
  violated: boolean,
): ClaimReport {
  const checked = search.tally[search.layout.checked(k)]!;
  const met = search.tally[search.layout.met(k)]!;
  const note = cutNote(search);
  const verdict = verdictOf(violated, kind === 'reachable' && met > 0, note !== null, met);
  return { name, kind, verdict, checked, met, note: verdict === 'unknown' ? note : null };
}

function temporalReport<State>(
  { search, outcomes }: Findings<State>,
  k: number,
  name: string,
  violated: boolean,
): ClaimReport {
  const kind = 'temporal';
  if (search.plan.symmetry)
    return { name, kind, verdict: 'not observed', checked: 0, met: 0, note: SYMMETRY_NOTE };
  const outcome = outcomes.get(k);
  const note = outcome?.note ?? cutNote(search);
  const checked = outcome === undefined || outcome.note !== null ? 0 : search.stored;
  const met = outcome?.met ?? 0;
  const verdict = verdictOf(violated, false, note !== null, met);
  return { name, kind, verdict, checked, met, note: verdict === 'unknown' ? note : null };
}

function verdictOf(violated: boolean, reached: boolean, cut: boolean, met: number): ClaimVerdict {
  if (violated) return 'violated';
  if (reached) return 'holds';
  if (cut) return 'unknown';
  return met === 0 ? 'vacuous' : 'holds';
}

function reachedOf<State>(found: Findings<State>): Reached[] {
  const { search, claims } = found;
  return claims.flatMap((claim, k): Reached[] => {
    if (claim.kind !== 'reachable') return [];
    const find = search.finds.get(k);
    const witness = find === undefined ? null : asTrace(walkOf(found, find));
    return [{ name: claim.name, count: search.tally[search.layout.met(k)]!, witness }];
  });
}

function coverageOf<State>({ model, tally, layout, branches }: Search<State>): Coverage {
  const actions = new Map<string, { name: string; taken: number; changed: number }>();
  const movesNeverEnabled: string[] = [];
  model.moves.forEach((move, m) => {
    const action = actions.get(move.name) ?? { name: move.name, taken: 0, changed: 0 };
    action.taken += tally[layout.taken(m)]!;
    action.changed += tally[layout.changed(m)]!;
    actions.set(move.name, action);
    if (tally[layout.taken(m)] === 0) movesNeverEnabled.push(moveText(move));
  });
  const expanded = tally[EXPANDED]!;
  const list = [...actions.values()];
  if (expanded === 0)
    return {
      ...{ expanded, actions: list, neverEnabled: [], movesNeverEnabled: [], neverChanged: [] },
      branchesNeverTaken: [],
    };
  return {
    expanded,
    actions: list,
    neverEnabled: list.filter((action) => action.taken === 0).map((action) => action.name),
    movesNeverEnabled,
    neverChanged: list
      .filter((action) => action.taken > 0 && action.changed === 0)
      .map((action) => action.name),
    branchesNeverTaken: (model.branches ?? []).filter((name) => !branches.has(name)),
  };
}
