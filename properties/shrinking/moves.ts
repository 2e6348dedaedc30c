// What shrinking knows of this system's moves: their order, their names, and what says the same with less.

import { actions, type Move, moveOf, movesOf, ROOT, type Scope, valuesOf } from '../../model/index.ts';
import { kinds } from '../draw/draw.ts';
import { argKind } from '../trace/args.ts';

/** The kinds of moves, simplest first; the order in which texts are compared. */
const rank = new Map<string, number>(kinds.map((kind, i) => [kind, i]));
const ordered = [...actions].sort((a, b) => (rank.get(a.name) ?? 99) - (rank.get(b.name) ?? 99));

/**
 * Every move of a scope, simplest first, arguments ascending. In a nested profile, where there is a root, a container is also made within each
 * other one, and tasks are also spawned in the root and moved there.
 */
export function movesInOrder(scope: Scope, nested = false): Move[] {
  const tasks = nested ? valuesOf('task', scope) : [];
  const atTheRoot = ['spawn', 'move'].flatMap((name) => tasks.map((t) => moveOf(name, [t, ROOT])));
  const moves = [...movesOf(scope, nested), ...atTheRoot];
  return ordered.flatMap(({ name }) => moves.filter((move) => move[0] === name));
}

/** Exact, where the text is for people: the key of a list of moves. */
export const keyOf = (moves: readonly Move[]): string => moves.map((move) => move.join(' ')).join(';');

// Names.

const named = ['container', 'task', 'page'] as const;
type Named = (typeof named)[number];

const isName = (kind: string | undefined, arg: unknown): boolean =>
  named.includes(kind as Named) && arg !== ROOT;

/** Names of the given kinds renumbered in the order of their first use: the first container that is named is c0. */
export function renamed(moves: readonly Move[], only: readonly Named[] = named): Move[] {
  const names = { container: new Map<number, number>(), task: new Map(), page: new Map() };
  return moves.map(([name, ...args]) =>
    moveOf(
      name,
      args.map((arg, i) => {
        const kind = argKind(name, i) as Named;
        if (!isName(kind, arg) || !only.includes(kind)) return arg;
        const known = names[kind];
        if (!known.has(Number(arg))) known.set(Number(arg), known.size);
        return known.get(Number(arg)) as number;
      }),
    ),
  );
}

const withName = (moves: readonly Move[], kind: Named, from: number, to: number): Move[] =>
  moves.map(([name, ...args]) =>
    moveOf(
      name,
      args.map((arg, i) => (argKind(name, i) === kind && arg === from ? to : arg)),
    ),
  );

/** The numbers that name things of a kind, ascending. */
function namesIn(moves: readonly Move[], kind: Named): number[] {
  const used = new Set<number>();
  for (const [name, ...args] of moves)
    args.forEach((arg, i) => {
      if (argKind(name, i) === kind && isName(kind, arg)) used.add(Number(arg));
    });
  return [...used].sort((a, b) => a - b);
}

/**
 * The same trace under other names, the simplest first: all in the order of first use; of two kinds, of one; then single names lowered, for
 * a mistake may need one number and not care for the rest.
 */
export function* renamings(moves: readonly Move[]): Generator<Move[]> {
  const kinds: Named[][] = [
    [...named],
    ...named.map((kind) => named.filter((other) => other !== kind)),
    ...named.map((kind) => [kind]),
  ];
  for (const some of kinds) yield renamed(moves, some);
  for (const kind of named) {
    const used = namesIn(moves, kind);
    const free = used.findIndex((name, i) => name !== i);
    if (free < 0) continue;
    for (const name of used.slice(free)) {
      for (const lower of new Set([free, name >> 1, name - 1])) {
        if (lower >= free && lower < name && !used.includes(lower)) yield withName(moves, kind, name, lower);
      }
    }
  }
}

// What says the same with less.

/**
 * Traces to be tried in turn, none longer: without a container, a task or some pages, two names become one, a container the root where there is
 * one, numbers smaller, two moves one, parents go or are nearer to the root.
 */
export function* simpler(moves: readonly Move[], nested = false): Generator<Move[]> {
  for (const kind of ['container', 'task'] as const)
    for (const name of namesIn(moves, kind).reverse()) yield without(moves, kind, [name]);
  yield* fewerPages(moves);
  for (const kind of named) yield* merged(moves, kind);
  yield* moved(moves);
  if (nested) for (const c of namesIn(moves, 'container')) yield atRoot(moves, c);
  const containers = namesIn(moves, 'container');
  for (const [i, move] of moves.entries()) {
    for (const other of alternatives(move, containers)) yield moves.with(i, other) as Move[];
    for (const parent of above(moves.slice(0, i), move))
      yield moves.with(i, moveOf(move[0], [move[1], parent]));
  }
  yield* joined(moves);
}

/** The moves that name none of these. */
const without = (moves: readonly Move[], kind: Named, names: readonly number[]): Move[] =>
  moves.filter(
    ([name, ...args]) => !args.some((arg, i) => argKind(name, i) === kind && names.includes(Number(arg))),
  );

/** So few pages that any run of them may be the one that can go. */
const FEW = 8;

/** Most of the pages less, half as many, and so on down to one; and the limits that they filled lower by as much: all of them, or one. */
function* fewerPages(moves: readonly Move[]): Generator<Move[]> {
  const pages = namesIn(moves, 'page');
  const isFew = pages.length <= FEW;
  for (let size = Math.max(isFew ? pages.length - 1 : pages.length >> 1, 1); size >= 1; size >>= 1) {
    for (let end = pages.length; end >= (isFew ? size : 1); end -= isFew ? 1 : size) {
      const rest = without(moves, 'page', pages.slice(Math.max(end - size, 0), end));
      const limits = [...rest.keys()].filter((i) => rest[i][0] === 'setLimit' && Number(rest[i][2]) >= size);
      if (limits.length > 0) yield rest.map((move, i) => (limits.includes(i) ? lowered(move, size) : move));
      if (limits.length > 1) for (const i of limits) yield rest.with(i, lowered(rest[i], size)) as Move[];
      yield rest;
    }
  }
}

const lowered = ([name, c, limit]: Move, by: number): Move => moveOf(name, [c, Number(limit) - by]);

function* merged(moves: readonly Move[], kind: Named): Generator<Move[]> {
  const names = namesIn(moves, kind).reverse();
  for (const high of names) for (const low of names) if (low < high) yield withName(moves, kind, high, low);
}

/** One task does what two did: it moves to where the other was, before the other's first move. */
function* moved(moves: readonly Move[]): Generator<Move[]> {
  const tasks = namesIn(moves, 'task');
  for (const [i, move] of moves.entries()) {
    if (move[0] !== 'spawn') continue;
    const [, u, d] = move;
    const rest = moves.toSpliced(i, 1);
    const first = rest.findIndex((other, k) => k >= i && without([other], 'task', [u]).length === 0);
    if (first < 0) continue;
    for (const t of tasks)
      if (t !== u) yield withName(rest.toSpliced(first, 0, ['move', t, d]), 'task', u, t);
  }
}

/** Container c is never made: its tasks and children are the root's. */
const atRoot = (moves: readonly Move[], c: number): Move[] =>
  withName(
    moves.filter(([name, made]) => name !== 'mkdir' || made !== c),
    'container',
    c,
    ROOT,
  ).map((move): Move => (move[0] === 'mkdir' && move[2] === ROOT ? ['mkdir', move[1]] : move));

const LIMITS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

function alternatives([name, a, b, c]: Move, containers: readonly number[]): Move[] {
  if (name === 'copy') return [['touch', a, c]];
  if (name === 'fork') return containers.map((d) => ['spawn', b, d]);
  if (name === 'mkdir' && b !== undefined) return [['mkdir', a]];
  if (name !== 'setLimit') return [];
  const n = BigInt(b);
  const near = n > 8n && n < 2n ** 53n ? [Number(n / 2n), Number(n - 1n)] : [];
  return [...LIMITS, ...near].filter((less) => BigInt(less) < n || n < 0n).map((less) => [name, a, less]);
}

/** The containers that the parent of a mkdir lies in, as made before, nearest first. */
function above(before: readonly Move[], move: Move): number[] {
  if (move[0] !== 'mkdir' || move[2] === undefined) return [];
  const path: number[] = [];
  for (let at = move[2]; ; ) {
    const made = before.findLast((other) => other[0] === 'mkdir' && other[1] === at);
    if (made?.[0] !== 'mkdir' || made[2] === undefined || path.includes(made[2])) return path;
    path.push((at = made[2]));
  }
}

/** Two moves become one that does what they did, or enough of it, where the first stood or the second. */
function* joined(moves: readonly Move[]): Generator<Move[]> {
  for (const [i, first] of moves.entries()) {
    for (let j = i + 1; j < moves.length; j++) {
      for (const move of insteadOf(first, moves[j], moves.slice(0, j))) {
        yield moves.with(i, move).toSpliced(j, 1);
        yield moves.with(j, move).toSpliced(i, 1);
      }
      // The one that was forked stays, and who forked it goes on in its place.
      const [[name, t, u], [later, who, d]] = [first, moves[j]];
      if (name === 'fork' && later === 'move' && who === t)
        yield [
          ...moves.slice(0, i),
          ['spawn', u, d],
          ...exchanged(moves.slice(i + 1).toSpliced(j - i - 1, 1), t, u),
        ];
    }
  }
}

/** What may do instead of two moves, the second of which comes some time after the first. */
function insteadOf(first: Move, second: Move, before: readonly Move[]): Move[] {
  const [a, b] = [first, second];
  if (a[0] === 'spawn' && b[0] === 'move' && b[1] === a[1]) return [['spawn', a[1], b[2]]];
  if (a[0] === 'fork' && b[0] === 'move' && b[1] === a[2]) return [['spawn', a[2], b[2]]];
  if (a[0] === 'exit' && b[0] === 'spawn' && b[1] === a[1]) return [['move', a[1], b[2]]];
  // Forked from a task that may map the page already.
  if (a[0] === 'spawn' && b[0] === 'touch' && b[1] === a[1])
    return namesIn(before, 'task').flatMap((t): Move[] => (t === a[1] ? [] : [['fork', t, a[1]]]));
  // A limit kills, or takes a page: both can be had without.
  if (a[0] === 'setLimit' && b[0] === 'touch')
    return [['exit', b[1]], ...namesIn(before, 'page').map((p): Move => ['evict', p])];
  return [];
}

const exchanged = (moves: readonly Move[], t: number, u: number): Move[] =>
  withName(withName(withName(moves, 'task', t, -9), 'task', u, t), 'task', -9, u);
