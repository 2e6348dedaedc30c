// The charge loop at step grain, for T1: attempt, reclaim and kill are moves of their own, and other moves happen in between. Not every other:
// a loop that is fed for ever, with pages by other charges or with members to kill, need not end (tests show the lasso).

import type { Model, Move, TemporalClaim } from '../../checker/model.ts';
import { refuser } from '../../model/charge.ts';
import {
  type Chooser,
  type ContainerId,
  initial,
  isMapped,
  lru,
  type Profile,
  path,
  profiles,
  ROOT,
  type State,
  type TaskId,
} from '../../model/index.ts';
import { killOne } from '../../model/oom.ts';
import { reclaim } from '../../model/reclaim.ts';
import { everyChoice } from './choices.ts';
import { type Asked, controllerModel } from './controller-model.ts';
import { bound } from './moves.ts';

export const TERMINATES = 'ChargeTerminates';

const phases = ['attempt', 'reclaim', 'kill'] as const;
type Phase = (typeof phases)[number];

/** A fault on its way: whose, by which move of the model, and what its loop does next. */
interface Pending {
  readonly move: number;
  readonly task: TaskId;
  readonly phase: Phase;
  /** Who refused, and so is reclaimed from and killed in; null while nobody has. The last attempt decides, whatever happens in between. */
  readonly by: ContainerId | null;
}

export interface Grain {
  readonly state: State;
  readonly pending: Pending | null;
}

const isPhase = (name: string): name is Phase => (phases as readonly string[]).includes(name);

/** No choice is left when a charge fits. */
const nothingLeft: Chooser = {
  reclaim: () => {
    throw new Error('a charge that fits reclaims');
  },
  victim: () => {
    throw new Error('a charge that fits kills');
  },
};

/** The move faults, and so charges; any other that its guard lets pass is over in one step. */
function faults(state: State, { name, args }: Move, profile: Profile): boolean {
  if (name === 'copy') return true;
  if (name !== 'touch') return false;
  const [t, p] = args as readonly number[];
  if (state.tasks.get(t)?.maps.includes(p)) return false;
  return !isMapped(state, p) || profile.nthMapping === 'transient';
}

/** `fed`: what happens in between may bring new members into a container that can refuse the charge. */
export function chargeModel(asked: Asked & { fed?: boolean }): Model<Grain> {
  const { kind, profile: name, scope, fed, flat } = asked;
  const profile = profiles[name];
  const atomic = controllerModel({ kind, profile: name, scope, flat });
  const moves: Move[] = [...atomic.moves, ...phases.map((phase) => ({ name: phase, args: [] }))];
  const choosing = (choose: Parameters<typeof everyChoice>[0]) =>
    kind === 'lru' ? lru : everyChoice(choose);

  const guard = ({ state, pending }: Grain, move: Move): string | null => {
    if (isPhase(move.name)) return pending?.phase === move.name ? null : 'not its turn';
    const errno = atomic.guard(state, move);
    if (errno !== null || pending === null) return errno;
    if (actsFor(move, pending.task)) return 'the task is in a fault';
    if (faults(state, move, profile)) return 'another charge is under way';
    return !fed && feeds(state, joins(state, move), pending.task) ? 'it feeds the loop' : null;
  };

  const loop = ({ state, pending }: Grain, chooser: Chooser): { grain: Grain; outcome: string } => {
    const { move, task, phase, by } = pending as Pending;
    const { action, args } = bound(atomic.moves[move]);
    const container = (state.tasks.get(task) as { container: number }).container;
    const on = (next: State, to: Phase, who: ContainerId | null) => ({
      grain: { state: next, pending: { move, task, phase: to, by: who } },
      outcome: 'ok',
    });
    if (phase === 'attempt') {
      const full = refuser(state, container);
      if (full !== undefined) return on(state, 'reclaim', full);
      const done = action.effect(state, nothingLeft, ...args);
      return { grain: { state: done.state, pending: null }, outcome: done.outcome };
    }
    const from = { state, killed: [], reclaimed: [] };
    const full = by as ContainerId;
    if (phase === 'reclaim') {
      const { state: next, reclaimed } = reclaim(from, full, chooser);
      return reclaimed.length > 0 ? on(next, 'attempt', null) : on(next, 'kill', full);
    }
    const { state: next, killed } = killOne(from, full, chooser);
    return killed.includes(task)
      ? { grain: { state: next, pending: null }, outcome: 'KILLED' }
      : on(next, 'attempt', null);
  };

  return {
    name: `charge steps of ${atomic.name}`,
    initial: () => [{ state: initial(profile), pending: null }],
    moves,
    guard,
    effect: (grain, move, choose) => {
      if (isPhase(move.name)) {
        const { grain: next, outcome } = loop(grain, choosing(choose));
        return { state: next, outcome };
      }
      if (faults(grain.state, move, profile)) {
        const task = Number(move.args[0]);
        const pending: Pending = { move: moves.indexOf(move), task, phase: 'attempt', by: null };
        return { state: { state: grain.state, pending } };
      }
      const { state, outcome } = atomic.effect(grain.state, move, choose);
      const survives = grain.pending !== null && state.tasks.has(grain.pending.task);
      return { state: { state, pending: survives ? grain.pending : null }, outcome: outcome ?? 'ok' };
    },
    width: atomic.width + 2,
    pack: ({ state, pending }, words, at) => {
      atomic.pack(state, words, at);
      words[at + atomic.width] = pending === null ? 0 : 1 + pending.move * 3 + phases.indexOf(pending.phase);
      words[at + atomic.width + 1] = pending === null || pending.by === null ? 0 : pending.by + 1;
    },
    unpack: (words, at) => {
      const state = atomic.unpack(words, at);
      const code = words[at + atomic.width] - 1;
      if (code < 0) return { state, pending: null };
      const move = Math.floor(code / 3);
      const by = words[at + atomic.width + 1] === 0 ? null : words[at + atomic.width + 1] - 1;
      return { state, pending: { move, task: Number(moves[move].args[0]), phase: phases[code % 3], by } };
    },
    claims: [terminates],
    show: ({ state, pending }) => {
      const fault = pending === null ? '' : `  (${textOf(moves[pending.move])}: ${pending.phase})`;
      return `${atomic.show?.(state)}${fault}`;
    },
  };
}

const textOf = ({ name, args }: Move): string => [name, ...args].join(' ');

/** The first argument of such a move is the task that acts, or (move) is acted upon. */
function actsFor({ name, args }: Move, task: TaskId): boolean {
  const ofTask = name !== 'mkdir' && name !== 'rmdir' && name !== 'setLimit' && name !== 'evict';
  return ofTask && args[0] === task;
}

/** A container that gets a member by this move may refuse what the task charges: itself, or another that both are in. The root refuses nobody. */
function feeds(state: State, joined: ContainerId | undefined, t: TaskId): boolean {
  if (joined === undefined || !state.containers.has(joined)) return false;
  const { container } = state.tasks.get(t) as { container: ContainerId };
  const above = path(state, container);
  return path(state, joined).some((c) => c !== ROOT && above.includes(c));
}

/** The container that gets a member by this move. */
function joins(state: State, { name, args }: Move): number | undefined {
  if (name === 'spawn' || name === 'move') return Number(args[1]);
  return name === 'fork' ? state.tasks.get(Number(args[0]))?.container : undefined;
}

const terminates: TemporalClaim<Grain> = {
  kind: 'temporal',
  name: TERMINATES,
  claim: 'Under weak fairness every charge ends, with success or with the death of its task.',
  pending: ({ pending }) => pending !== null,
  fair: ({ name }) => (isPhase(name) ? 'charge' : null),
};
