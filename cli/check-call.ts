// What check does: searches each profile's scope, and keeps what was found.

import { availableParallelism } from 'node:os';
import { type ProfileName, profiles } from '../model/profile.ts';
import type { Answered, Question } from '../properties/scopes/ask.ts';
import type { CheckResult } from '../properties/scopes/result.ts';
import { scopeText } from '../properties/trace/move.ts';
import type { CheckContext, NamedScope } from './check.ts';
import { EXIT, skipped, USAGE, UsageError, worst } from './command.ts';
import { saved, tryGraph, trySave, wroteGraph } from './files.ts';
import { patienceOf, type Scope } from './flags.ts';
import type { Case } from './reporter.ts';

type Given = CheckContext['flags'];

/** The command as it was asked, with what a checkpoint is of, or what is usual, where nothing was said. */
type Asked = Omit<CheckContext, 'flags'> & {
  readonly flags: Omit<Given, 'scope' | 'model' | 'profile'> & {
    readonly scope: NamedScope;
    readonly model: NonNullable<Given['model']>;
    readonly profile: readonly ProfileName[];
  };
};

/** At step grain a state has many successors: a race is two tasks and one page. */
const usualScope = (model: Asked['flags']['model']): Scope =>
  model === 'protocol'
    ? { containers: 2, tasks: 2, pages: 1, limit: 1 }
    : { containers: 2, tasks: 2, pages: 2, limit: 2 };

export async function run(context: CheckContext): Promise<number> {
  const { flags } = context;
  const kept = flags.resume === undefined ? {} : await keptIn(flags.resume);
  const model = flags.model ?? kept.model ?? 'contract';
  const scope = flags.scope ?? kept.scope ?? usualScope(model);
  const profile = flags.profile ?? kept.profile ?? ['letter'];
  const symmetry = flags.symmetry || (kept.symmetry ?? false);
  const flat = flags.flat || (kept.flat ?? false);
  try {
    return await searchAll({ ...context, flags: { ...flags, model, scope, profile, symmetry, flat } });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Unavailable') throw error;
    return skipped(context, flags.json, `${flags.impl}: ${error.message}`);
  }
}

/** What a checkpoint is of: model, scope, profile. Nothing, if it does not say: then the search says what is wrong with the file. */
async function keptIn(file: string): Promise<Partial<Asked['flags']>> {
  const { checkpointIdentity } = await import('../checker/checkpoint.ts');
  const kept = checkpointIdentity(file);
  const name = kept?.get('model') ?? '';
  const machine = /^protocol (.+)$/.exec(name)?.[1];
  if (machine !== undefined) {
    const { scopeFlag } = await import('./check.ts');
    return { model: 'protocol', scope: await scopeFlag(machine, 'resume') };
  }
  const [, model, profile, scope, nested] = /^(contract|lru) (\S+) ([\d/]+)( nested)?$/.exec(name) ?? [];
  if (!scope || !isProfile(profile)) return {};
  const { scopeFlag } = await import('./check.ts');
  return {
    model: model as Asked['flags']['model'],
    profile: [profile],
    scope: await scopeFlag(scope, 'resume'),
    symmetry: kept?.get('symmetry') === 'true',
    flat: profiles[profile].hierarchy === 'nested' && !nested,
  };
}

const isProfile = (name: string): name is ProfileName => Object.hasOwn(profiles, name);

async function searchAll(context: Asked): Promise<number> {
  const wanted = context.flags.profile;
  refuseNonsense(context.flags);
  const { graph, save } = context.flags;
  if (graph !== undefined) await tryGraph(graph);
  if (save !== undefined) await trySave(save);
  const results: CheckResult[] = [];
  const cases: Case[] = [];
  let written = true;
  for (const profile of wanted) {
    const { result, graph: drawn } = await searchOn(context, profile);
    results.push(result);
    if (drawn && graph !== undefined) written = write(context, graph, drawn);
    if (!context.flags.json) await report(context, result, profile, cases);
    if (context.signal.aborted) break;
  }
  const verdict = overall(results, judged(context.flags.claims));
  if (context.flags.json) {
    const answer = wanted.length === 1 ? results[0] : { verdict, profiles: results };
    context.out(`${JSON.stringify(answer)}\n`);
  }
  const { reporter } = context.flags;
  if (!context.flags.json && reporter !== 'text')
    context.out(await (await import('./reporter.ts')).reported(reporter, cases));
  if (verdict === 'holds' && !written) return USAGE;
  return EXIT[verdict];
}

/** `none` alone asks for no claim. */
const judged = (names: readonly string[] | undefined) => names?.filter((name) => name !== 'none');

/** Over several profiles a claim is judged if one of them has met it: a profile may rule out what it is about. */
function overall(results: readonly CheckResult[], asked?: readonly string[]): CheckResult['verdict'] {
  const verdict = worst(results.map((result) => result.verdict));
  const cut = results.some(({ verdict, unknown }) => verdict === 'unknown' && unknown?.by !== 'claims');
  if (verdict !== 'unknown' || asked === undefined || cut) return verdict;
  const met = new Set(
    results
      .flatMap(({ claims: rows, reached }) => [
        ...rows.filter((row) => row.verdict === 'holds' || row.verdict === 'known violation'),
        ...reached.filter(({ count }) => count > 0),
      ])
      .map(({ name }) => name),
  );
  return asked.every((name) => met.has(name)) ? 'holds' : 'unknown';
}

function refuseNonsense(given: Asked['flags']): void {
  const {
    model,
    refine,
    impl: judged,
    profile,
    scope: size,
    graph,
    checkpoint,
    resume,
    claims: names,
    symmetry,
  } = given;
  if (judged !== undefined && model !== 'lru') {
    throw new UsageError(`--impl goes with --model lru, which says what an implementation must answer`);
  }
  if (judged !== undefined && (refine || names)) {
    throw new UsageError('--impl judges one claim, EqualsSpec; it goes with neither --refine nor --claims');
  }
  const walked = judged !== undefined && judged !== 'controller';
  if (walked && (symmetry || (graph ?? checkpoint ?? resume ?? given.depth) !== undefined)) {
    throw new UsageError(
      '--impl other than controller is walked to every state; it takes no --graph, --checkpoint, --resume, --depth, --symmetry',
    );
  }
  if (size.name !== undefined && model !== 'protocol') {
    throw new UsageError(`--scope ${size.name}: a scope of the protocol goes with --model protocol`);
  }
  if (refine && model === 'contract') {
    throw new UsageError('--refine: the contract is what others refine; legal are --model lru and protocol');
  }
  if (model === 'protocol' && (profile.length > 1 || profile[0] !== 'letter')) {
    throw new UsageError('--model protocol has the rules of one profile, letter');
  }
  if (model === 'protocol' && symmetry) {
    throw new UsageError(
      '--symmetry: the protocol declares no symmetries; legal are --model contract and lru',
    );
  }
  if (profile.length > 1 && (graph ?? checkpoint ?? resume) !== undefined) {
    throw new UsageError('--graph, --checkpoint and --resume take one profile, not all');
  }
  if (graph !== undefined && graphFormat(graph) === undefined) {
    throw new UsageError(`--graph ${graph}: the name ends in .dot or .itf.json`);
  }
  if (size.pages > 16 || size.containers > 64 || size.tasks > 64) {
    throw new UsageError(
      `--scope ${scopeText(size)}: a search has room for 64 containers, 64 tasks and 16 pages`,
    );
  }
  refuseTooManyMoves(size);
}

/** Every limit and every pair of pages is a move of its own, and each is tried in every state. */
const MOST_MOVES = 2 ** 18;

function refuseTooManyMoves(size: NamedScope): void {
  const { containers, tasks, pages, limit } = size;
  const moves = containers * (limit + 1) + tasks * pages * (pages + 4) + tasks * (tasks + 2 * containers);
  if (moves <= MOST_MOVES) return;
  const [told, legal] = [moves, MOST_MOVES].map((n) => n.toLocaleString('en'));
  throw new UsageError(`--scope ${scopeText(size)}: ${told} different moves; a search takes up to ${legal}`);
}

const graphFormat = (file: string): 'dot' | 'itf' | undefined => {
  if (file.endsWith('.dot')) return 'dot';
  return file.endsWith('.itf.json') ? 'itf' : undefined;
};

/** One search; with --keep-going one after the other, until nothing more is found. An implementation is judged by one claim. */
async function searchOn(context: Asked, profile: ProfileName): Promise<Answered> {
  if (!context.flags['keep-going'] || context.flags.impl !== undefined) return searchOne(context, profile);
  const { everyViolation } = await import('./check-all.ts');
  return everyViolation((without) => searchOne(context, profile, without));
}

async function searchOne(
  context: Asked,
  profile: ProfileName,
  without: readonly string[] = [],
): Promise<Answered> {
  const { flags: given, progress } = context;
  const search = await import('../properties/scopes/ask.ts');
  const { scope, depth, minutes, checkpoint, resume, symmetry, flat, refine } = given;
  const question: Question = {
    kind: given.model === 'lru' ? 'lru' : 'contract',
    profile,
    ...{ scope, depth, minutes, checkpoint, resume, symmetry, flat, refine },
    impl: given.impl === 'controller' ? given.impl : undefined,
    workers: given.workers ?? threadsFor(scope, given.model, given.claims),
    ...patienceOf(context, given),
    // --refine asks for claims of its own, whatever is named.
    claims: given.claims && [
      ...(judged(given.claims) ?? []),
      ...(refine ? [search.REFINES, search.RECLAIM_FAILS] : []),
    ],
    without,
    memoryMiB: given.memory,
    graph: given.graph === undefined ? undefined : graphFormat(given.graph),
    progress: ({ states, estimate, depth, frontier }: Seen) =>
      progress.report(states, 'states', undefined, searchNote(depth, frontier, estimate)),
  };
  try {
    return await (given.impl !== undefined && given.impl !== 'controller'
      ? (await import('../properties/scopes/paths.ts')).askByPaths(question, given.impl)
      : given.model === 'protocol'
        ? askProtocol(question, given.scope.name)
        : search.ask(question));
  } catch (error) {
    throw usable(error);
  } finally {
    progress.clear();
  }
}

async function askProtocol(question: Question, name: string | undefined): Promise<Answered> {
  const [{ askProtocol: ask }, { scopeNamed }] = await Promise.all([
    import('../properties/scopes/protocol.ts'),
    import('../properties/races/protocol/index.ts'),
  ]);
  return ask(question, name === undefined ? undefined : scopeNamed(name));
}

/** What the levels foretell is a guess and is called one: it changes from level to level. */
export function searchNote(depth: number, frontier: number, estimate: number | null): string {
  const guess =
    estimate === null ? '' : `, perhaps ${Number(estimate.toPrecision(2)).toLocaleString('en-US')} in all`;
  return `depth ${depth}, ${frontier.toLocaleString('en-US')} to expand${guess}`;
}

interface Seen {
  readonly states: number;
  readonly estimate: number | null;
  readonly depth: number;
  readonly frontier: number;
}

/** The checker says itself what the user can mend: an option, a checkpoint. */
function usable(error: unknown): unknown {
  const mendable = error instanceof Error && (error as { exit?: unknown }).exit === 2;
  return mendable ? new UsageError(error.message) : error;
}

/** Judging claims in a large scope is worth threads; counting, or a small scope, is over before they have started. */
function threadsFor(size: Scope, model: string, names: readonly string[] | undefined): number {
  const { containers, tasks, pages } = size;
  const bits = 3 * containers + 2 * tasks + 2 * tasks * pages + (model === 'lru' ? 4 : 2) * pages;
  const large = bits >= (names?.includes('none') ? 40 : 24);
  return large ? Math.min(availableParallelism(), 16) : 1;
}

function write(context: Asked, file: string, { text, truncated }: NonNullable<Answered['graph']>): boolean {
  const written = wroteGraph(context, file, text);
  if (written && truncated) context.err(`${file}: cut off after 200,000 states and steps\n`);
  return written;
}

/** Prints it, or adds its cases to those that a reporter tells in the end. */
async function report(
  context: Asked,
  result: CheckResult,
  profile: ProfileName,
  cases: Case[],
): Promise<void> {
  const { casesOf, foundIn, resultText } = await import('./check-report.ts');
  const { quiet: brief, reporter } = context.flags;
  const files = await Promise.all(
    foundIn(result).map((counterexample) => keep(context, { ...result, counterexample })),
  );
  const how = { brief, style: context.style, again: again(context, profile), files };
  if (reporter === 'text') context.out(resultText(result, how));
  else cases.push(...casesOf(result, { ...how, style: (_format, text) => text }));
}

const scopeName = (scope: NamedScope): string =>
  scope.name === undefined ? scopeText(scope) : JSON.stringify(scope.name);

/** The command that searches again, with the flags that decide which model is searched. */
function again({ flags: given }: Asked, profile: ProfileName): string {
  return [
    `npx firsttouch check --model ${given.model} --scope ${scopeName(given.scope)} --profile ${profile}`,
    given.impl === undefined
      ? ''
      : ` --impl ${/^[\w:.-]+$/.test(given.impl) ? given.impl : JSON.stringify(given.impl)}`,
    given.refine ? ' --refine' : '',
    given.symmetry ? ' --symmetry' : '',
    given.flat ? ' --flat' : '',
    given.claims ? ` --claims ${given.claims.join()}` : '',
    given.depth === undefined ? '' : ` --depth ${given.depth}`,
  ].join('');
}

/** With --save: the counterexample as a file for replay, shrink and explain. */
async function keep(context: Asked, result: CheckResult): Promise<string | null> {
  const { save, model, scope } = context.flags;
  if (save === undefined || !result.counterexample || model === 'protocol') return null;
  const { saveFound } = await import('../properties/scopes/save.ts');
  return saved(context, () => saveFound(save, result, scope));
}
