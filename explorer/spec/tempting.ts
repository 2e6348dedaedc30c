// Claims that one would like to believe, and that do not hold in the letter: each with the shortest trace that refutes it, found by search.

import {
  initial,
  isMapped,
  lru,
  type Move,
  members,
  movesOf,
  ownerOf,
  profiles,
  type Scope,
  type State,
  type Step,
  step,
  usage,
} from '../../model/index.ts';
import { stateKey } from '../graph.ts';

interface Tempting {
  readonly name: string;
  readonly claim: string;
  /** What to believe instead. */
  readonly instead: string;
  readonly scope: Scope;
  /** The witness, if this step refutes the claim. */
  readonly refutes: (before: State, move: Move, step: Step) => string | null;
}

export interface Refuted extends Tempting {
  readonly moves: readonly Move[];
  readonly witness: string;
}

const scope = (containers: number, tasks: number, pages: number, limit: number): Scope => ({
  containers,
  tasks,
  pages,
  limit,
});

const tempting: readonly Tempting[] = [
  {
    name: 'UsageNeverPassesLimit',
    claim: 'No container ever uses more than its limit.',
    instead:
      'Only charges are held to the limit (WithinLimitAfterCharge); a limit may be set below the usage at any time.',
    scope: scope(1, 1, 1, 1),
    refutes: (_before, _move, { state }) => {
      for (const [c, box] of state.containers) {
        const used = usage(state, c);
        if (used > box.limit) return `c${c} uses ${used}, its limit is ${box.limit}`;
      }
      return null;
    },
  },
  {
    name: 'EveryMapperPays',
    claim: 'A container whose task maps a page is charged for it.',
    instead: 'Only the container that touched it first is (FirstToucherOwns).',
    scope: scope(2, 2, 1, 0),
    refutes: (before, [name, t, p], { state }) => {
      const task = state.tasks.get(Number(t));
      if (name !== 'touch' || !task?.maps.includes(Number(p))) return null;
      const owner = ownerOf(state, Number(p));
      const isNew = !before.tasks.get(Number(t))?.maps.includes(Number(p));
      return isNew && owner !== task.container
        ? `t${t} of c${task.container} maps p${p}, for which c${owner} pays`
        : null;
    },
  },
  {
    name: 'PagesFollowTheTask',
    claim: 'A task that moves takes its charges along.',
    instead: 'Pages stay with the container that was charged (MoveKeepsCharges).',
    scope: scope(2, 1, 1, 0),
    refutes: (before, [name, t, c], { state, outcome }) => {
      if (name !== 'move' || outcome !== 'ok' || before === state) return null;
      const page = before.tasks.get(Number(t))?.maps.find((p) => ownerOf(state, p) !== c);
      return page === undefined
        ? null
        : `t${t} is in c${c} now, its p${page} is still charged to c${ownerOf(state, page)}`;
    },
  },
  {
    name: 'NoTaskNoPage',
    claim: 'A container without tasks can be removed.',
    instead:
      'Pages outlive the tasks that were charged for them, and keep the container busy (BusyWhileHolding).',
    scope: scope(2, 1, 1, 0),
    refutes: (before, [name, c], { outcome }) =>
      name === 'rmdir' && outcome === 'EBUSY' && members(before, Number(c)).length === 0
        ? `c${c} has no task, but rmdir says EBUSY`
        : null,
  },
  {
    name: 'TouchMaps',
    claim: 'A task that touches a page maps it afterwards.',
    instead: 'It may have been killed for it (OomOnlyWhenNothingReclaimable).',
    scope: scope(1, 1, 1, 0),
    refutes: (_before, [name, t, p], { state, outcome }) =>
      name === 'touch' && outcome !== 'ESRCH' && !state.tasks.get(Number(t))?.maps.includes(Number(p))
        ? `t${t} touched p${p} and maps nothing: ${outcome}`
        : null,
  },
  {
    name: 'OldestGoesFirst',
    claim: 'Reclaim takes the page that was touched first.',
    instead:
      'A page that was used since it came gets another round; among unused pages the oldest goes first (LruOrder).',
    scope: scope(1, 1, 3, 2),
    refutes: (before, [name], { reclaimed }) => {
      if (name !== 'touch' || reclaimed.length === 0) return null;
      for (const { active, inactive } of before.containers.values()) {
        const oldest = inactive.at(-1) ?? active.at(-1);
        if (oldest !== undefined && !reclaimed.includes(oldest) && before.tasks.get(0)?.pins.length === 0) {
          return `p${oldest} was at the tail, p${reclaimed[0]} went`;
        }
      }
      return null;
    },
  },
  {
    name: 'AKillFreesMemory',
    claim: 'When the OOM killer kills, pages of the container are freed.',
    instead:
      'The victim may map nothing that the container owns; the killer then goes on (OomKillsOnlyMembers).',
    scope: scope(1, 1, 1, 0),
    refutes: (before, _move, { killed }) =>
      killed.length > 0 && killed.every((t) => before.tasks.get(t)?.maps.every((p) => !isMapped(before, p)))
        ? `t${killed[0]} was killed and freed nothing`
        : null,
  },
];

/** Breadth first under profile letter, so that the refutation is a shortest one. */
function refute({ scope: size, refutes }: Tempting): { moves: Move[]; witness: string } | null {
  const moves = movesOf(size);
  const first = initial(profiles.letter);
  const seen = new Set([stateKey(first, 'lru')]);
  const queue: { state: State; way: Move[] }[] = [{ state: first, way: [] }];
  for (const { state, way } of queue) {
    for (const move of moves) {
      const next = step(state, move, lru);
      const witness = refutes(state, move, next);
      if (witness) return { moves: [...way, move], witness };
      const key = stateKey(next.state, 'lru');
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ state: next.state, way: [...way, move] });
    }
  }
  return null;
}

/** All of them, refuted. One that holds after all is an error: it belongs among the claims. */
export function refuted(): Refuted[] {
  return tempting.map((one) => {
    const found = refute(one);
    if (!found)
      throw new Error(`${one.name} is told as not holding, but holds in scope ${Object.values(one.scope)}`);
    return { ...one, ...found };
  });
}
