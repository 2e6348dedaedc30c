// A lock, checked: N threads, mutual exclusion, and nobody who waits is passed over for ever, if the lock is fair.

import { fileURLToPath } from 'node:url';
import { type Claim, check, type Model, type Move, traceLines } from '../checker/index.ts';

const IDLE = 0;
const WAITING = 1;
const INSIDE = 2;
const WORDS = ['idle', 'waiting', 'inside'];

/** What each thread does, and for a `queue` lock those that wait, first come first. */
export interface LockState {
  readonly doing: readonly number[];
  readonly queue: readonly number[];
}

export interface LockOptions {
  readonly threads: number;
  /** 'queue': first come, first served. 'race': any waiting thread may get in. 'broken': nobody looks whether someone is inside. */
  readonly kind: 'queue' | 'race' | 'broken';
}

const withDoing = (state: LockState, thread: number, doing: number) =>
  state.doing.map((old, t) => (t === thread ? doing : old));

function guard(kind: LockOptions['kind'], state: LockState, { name, args }: Move): string | null {
  const thread = Number(args[0]);
  const doing = state.doing[thread];
  if (name === 'ask') return doing === IDLE ? null : 'not idle';
  if (name === 'leave') return doing === INSIDE ? null : 'not inside';
  if (doing !== WAITING) return 'not waiting';
  if (kind !== 'broken' && state.doing.includes(INSIDE)) return 'taken';
  return kind === 'queue' && state.queue[0] !== thread ? 'not first' : null;
}

function effect(kind: LockOptions['kind'], state: LockState, { name, args }: Move) {
  const thread = Number(args[0]);
  const queue = state.queue.filter((other) => other !== thread);
  if (name === 'ask')
    return {
      state: { doing: withDoing(state, thread, WAITING), queue: kind === 'queue' ? [...queue, thread] : [] },
    };
  return { state: { doing: withDoing(state, thread, name === 'enter' ? INSIDE : IDLE), queue } };
}

function claims(threads: number): Claim<LockState>[] {
  const inside = (state: LockState) => state.doing.filter((doing) => doing === INSIDE).length;
  return [
    {
      kind: 'state',
      name: 'MutualExclusion',
      claim: 'At most one thread is inside.',
      judge: (state) => ({
        met: inside(state) > 0,
        violation: inside(state) > 1 ? `${inside(state)} threads are inside` : null,
      }),
    },
    ...Array.from(
      { length: threads },
      (_, thread): Claim<LockState> => ({
        kind: 'temporal',
        name: `Enters${thread}`,
        claim: `Thread ${thread}, once waiting, gets in.`,
        pending: (state) => state.doing[thread] === WAITING,
        fair: ({ name, args }) => (name === 'ask' ? null : `${name} ${args[0]}`),
      }),
    ),
  ];
}

/** Every order of 0 .. n - 1. */
function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, k) => [...rest.slice(0, n - 1 - k), n - 1, ...rest.slice(n - 1 - k)]),
  );
}

/** The model. Packed: two bits a thread in word 0, and word 1 for the queue, four bits an entry (thread + 1). Up to 8 threads. */
export function lock({ threads, kind }: LockOptions): Model<LockState> {
  const moves: Move[] = [];
  for (const name of ['ask', 'enter', 'leave'])
    for (let t = 0; t < threads; t++) moves.push({ name, args: [t] });
  return {
    name: `lock ${kind} ${threads}`,
    initial: () => [{ doing: Array.from({ length: threads }, () => IDLE), queue: [] }],
    moves,
    guard: (state, move) => guard(kind, state, move),
    effect: (state, move) => effect(kind, state, move),
    width: 2,
    pack(state, words, at) {
      words[at] = state.doing.reduce((word, doing, t) => word | (doing << (2 * t)), 0);
      words[at + 1] = state.queue.reduce((word, t, k) => word | ((t + 1) << (4 * k)), 0);
    },
    unpack(words, at) {
      const doing = Array.from({ length: threads }, (_, t) => (words[at]! >>> (2 * t)) & 3);
      const queue: number[] = [];
      for (let rest = words[at + 1]!; rest !== 0; rest >>>= 4) queue.push((rest & 15) - 1);
      return { doing, queue };
    },
    claims: claims(threads),
    symmetries: permutations(threads).map((order) => (state: LockState) => ({
      doing: order.map((from) => state.doing[from]!),
      queue: state.queue.map((t) => order.indexOf(t)),
    })),
    mayEnd: () => false,
    show: ({ doing, queue }) =>
      `${doing.map((d) => WORDS[d]).join(' ')}${queue.length > 0 ? `, queue ${queue.join(' ')}` : ''}`,
    variables: ({ doing, queue }) => ({ doing: doing.map((d) => WORDS[d]!), queue }),
  };
}

// `npx tsx examples/lock.ts` says what is found of each kind with three threads.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kind of ['queue', 'race', 'broken'] as const) {
    const report = await check(lock({ threads: 3, kind }));
    console.log(`${kind}: ${report.verdict}, ${report.states} states, ${report.transitions} transitions`);
    for (const { name, verdict } of report.claims) console.log(`  ${name} ${verdict}`);
    if (report.counterexample)
      console.log(
        traceLines(report.counterexample)
          .map((line) => `  ${line}`)
          .join('\n'),
      );
  }
}
