// Two-phase commit as in Gray and Lamport, Consensus on Transaction Commit (2006): one transaction manager, N resource managers.
// With 3 resource managers it has 288 reachable states, as TLC and Stateright report for their versions of the same specification.

import type { Claim, Model, Move } from '../checker/index.ts';

export type ManagerState = 'working' | 'prepared' | 'committed' | 'aborted';
const MANAGER: readonly ManagerState[] = ['working', 'prepared', 'committed', 'aborted'];
const COORDINATOR = ['init', 'committed', 'aborted'] as const;

export interface CommitState {
  readonly managers: readonly ManagerState[];
  readonly coordinator: (typeof COORDINATOR)[number];
  /** Whom the coordinator knows to be prepared. */
  readonly heard: readonly boolean[];
  /** Messages ever sent; none is lost or used up. */
  readonly sentPrepared: readonly boolean[];
  readonly sentCommit: boolean;
  readonly sentAbort: boolean;
}

const put = <T>(list: readonly T[], at: number, value: T) => list.map((old, k) => (k === at ? value : old));

interface Rule {
  readonly why: string;
  guard(state: CommitState, manager: number): boolean;
  effect(state: CommitState, manager: number): CommitState;
}

/** The rules by name; those of the coordinator alone come without a manager. */
const RULES: { readonly [name: string]: Rule } = {
  commit: {
    why: 'not all are known to be prepared',
    guard: (s) => s.coordinator === 'init' && s.heard.every((h) => h),
    effect: (s) => ({ ...s, coordinator: 'committed', sentCommit: true }),
  },
  abort: {
    why: 'decided',
    guard: (s) => s.coordinator === 'init',
    effect: (s) => ({ ...s, coordinator: 'aborted', sentAbort: true }),
  },
  hearPrepared: {
    why: 'no such message, or decided',
    guard: (s, m) => s.coordinator === 'init' && s.sentPrepared[m]!,
    effect: (s, m) => ({ ...s, heard: put(s.heard, m, true) }),
  },
  prepare: {
    why: 'not working',
    guard: (s, m) => s.managers[m] === 'working',
    effect: (s, m) => ({
      ...s,
      managers: put(s.managers, m, 'prepared'),
      sentPrepared: put(s.sentPrepared, m, true),
    }),
  },
  chooseToAbort: {
    why: 'not working',
    guard: (s, m) => s.managers[m] === 'working',
    effect: (s, m) => ({ ...s, managers: put(s.managers, m, 'aborted') }),
  },
  hearCommit: {
    why: 'no such message',
    guard: (s) => s.sentCommit,
    effect: (s, m) => ({ ...s, managers: put(s.managers, m, 'committed') }),
  },
  hearAbort: {
    why: 'no such message',
    guard: (s) => s.sentAbort,
    effect: (s, m) => ({ ...s, managers: put(s.managers, m, 'aborted') }),
  },
};

const claims: Claim<CommitState>[] = [
  {
    kind: 'state',
    name: 'Consistent',
    claim: 'No manager commits while another aborts.',
    judge({ managers }) {
      const [committed, aborted] = [managers.indexOf('committed'), managers.indexOf('aborted')];
      const violation =
        committed >= 0 && aborted >= 0 ? `${committed} has committed, ${aborted} has aborted` : null;
      return { met: committed >= 0 || aborted >= 0, violation };
    },
  },
  ...(['committed', 'aborted'] as const).map(
    (end): Claim<CommitState> => ({
      kind: 'reachable',
      name: end === 'committed' ? 'AllCommit' : 'AllAbort',
      claim: `Every manager can end ${end}.`,
      holds: (_before, _move, { state }) => state.managers.every((manager) => manager === end),
    }),
  ),
];

/** `n` resource managers, up to 6. Packed into one word. */
export function twoPhaseCommit(n: number): Model<CommitState> {
  const each = (name: string): Move[] => Array.from({ length: n }, (_, m) => ({ name, args: [m] }));
  const moves = Object.keys(RULES).flatMap((name) =>
    name === 'commit' || name === 'abort' ? [{ name, args: [] }] : each(name),
  );
  const all = <T>(value: T) => Array.from({ length: n }, () => value);
  return {
    name: `two-phase commit ${n}`,
    initial: () => [
      {
        managers: all<ManagerState>('working'),
        coordinator: 'init',
        heard: all(false),
        sentPrepared: all(false),
        sentCommit: false,
        sentAbort: false,
      },
    ],
    moves,
    guard: (state, { name, args }) =>
      RULES[name]!.guard(state, Number(args[0] ?? 0)) ? null : RULES[name]!.why,
    effect: (state, { name, args }) => ({ state: RULES[name]!.effect(state, Number(args[0] ?? 0)) }),
    width: 1,
    pack(state, words, at) {
      let word =
        COORDINATOR.indexOf(state.coordinator) * 4 + Number(state.sentCommit) * 2 + Number(state.sentAbort);
      for (let m = 0; m < n; m++) {
        word =
          word * 16 +
          MANAGER.indexOf(state.managers[m]!) * 4 +
          Number(state.heard[m]) * 2 +
          Number(state.sentPrepared[m]);
      }
      words[at] = word;
    },
    unpack(words, at) {
      const part = (m: number) => (words[at]! >>> (4 * (n - 1 - m))) & 15;
      const list = <T>(of: (bits: number) => T) => Array.from({ length: n }, (_, m) => of(part(m)));
      const head = words[at]! >>> (4 * n);
      return {
        managers: list((bits) => MANAGER[bits >> 2]!),
        coordinator: COORDINATOR[head >> 2]!,
        heard: list((bits) => (bits & 2) > 0),
        sentPrepared: list((bits) => (bits & 1) > 0),
        sentCommit: (head & 2) > 0,
        sentAbort: (head & 1) > 0,
      };
    },
    claims,
    show: (state) => `${state.managers.join(' ')}, coordinator ${state.coordinator}`,
  };
}
