// C5, decided exactly: the set of all contract states that SOME legal order of the operations so far could have led to.
// A history has no legal order exactly if that set runs empty. Longer than most files: one thing, whose parts only make sense together.

import type { Outcome } from '../../model/index.ts';
import {
  type Effect,
  initial,
  isQuiescent,
  type Operation,
  type Scope,
  type State,
  type Step,
} from '../../model/protocol/index.ts';
import { type Code, coding } from './contract.ts';

/** Configurations in ascending order: each is a contract state, and how far each pending operation has got in it. */
export type History = readonly number[];

/**
 * `atomic`: a touch takes effect at one point, as in the contract. `in flight`: it takes its container, is charged and maps the page at
 * points of their own, and a container that it holds meanwhile is busy (SEMANTICS sections 4 and 8).
 */
export type Grain = 'atomic' | 'in flight';

export interface Monitor {
  readonly start: History;
  /** The history after a step; empty if no order of atomic actions explains it. */
  advance(history: History, before: State, step: Step, effect: Effect): History;
  show(history: History): string;
}

// How far a pending operation has got: not at all, done with an answer, or (a touch in flight) holding or charged to a container.
const WAITING = 0;
const DONE: readonly (Outcome | 'dead')[] = ['ok', 'dead', 'EEXIST', 'ENOENT', 'EBUSY'];
const done = (outcome: Outcome): number =>
  1 + DONE.indexOf(outcome === 'KILLED' || outcome === 'ESRCH' ? 'dead' : outcome);
const HOLDS = 1 + DONE.length;

/** An operation under way: a thread's own; or the reclaim of a page by it; or the end of a victim. */
interface Pending {
  readonly slot: number;
  readonly kind: 'operation' | 'evict' | 'kill';
  readonly task: number;
  readonly operation: Operation;
  /** evict: the container it reclaims from. */
  readonly container: number;
}

interface Config {
  readonly code: Code;
  readonly progress: readonly number[];
}

export function monitor(scope: Scope, grain: Grain): Monitor {
  const codes = coding(scope);
  const threads = scope.threads.length;
  const containers = scope.containers.length;
  const radices = [
    ...scope.threads.map(() => HOLDS + 2 * containers),
    ...scope.threads.map(() => 2),
    ...scope.tasks.map(() => 2),
  ];
  if (radices.reduce((product, radix) => product * radix, codes.size) > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`scope ${scope.name}: its histories do not fit into 53 bits a configuration`);
  }
  const memo = new Map<string, readonly number[]>();

  const write = ({ code, progress }: Config): number =>
    progress.reduceRight((sofar, digit, i) => sofar * radices[i] + digit, 0) * codes.size + code;

  function read(config: number): Config {
    let rest = Math.floor(config / codes.size);
    const progress = radices.map((radix) => {
      const digit = rest % radix;
      rest = Math.floor(rest / radix);
      return digit;
    });
    return { code: config % codes.size, progress };
  }

  const holds = (c: number) => HOLDS + c;
  const charged = (c: number) => HOLDS + containers + c;
  const withProgress = ({ code, progress }: Config, slot: number, to: number, next: Code = code): Config => ({
    code: next,
    progress: progress.map((digit, i) => (i === slot ? to : digit)),
  });

  /** Every way in which pending operation `it` can go on. */
  function successors(config: Config, it: Pending): Config[] {
    if (it.kind === 'evict') return evict(config, it);
    if (it.kind === 'kill') return act(config, it, ['exit', it.task], () => 1);
    const [name, ...args] = it.operation;
    if (name === 'touch') return touch(config, it, args[0] as number);
    const owner = name === 'unmap' || name === 'exit' || name === 'fork' ? [it.task] : [];
    if (name === 'rmdir' && isHeld(config, args[0] as number)) {
      return [withProgress(config, it.slot, done('EBUSY'))];
    }
    return act(config, it, [name, ...owner, ...(args as number[])], done);
  }

  function act(
    config: Config,
    it: Pending,
    move: [string, ...number[]],
    to: (outcome: Outcome) => number,
  ): Config[] {
    const result = codes.apply(config.code, move);
    return result ? [withProgress(config, it.slot, to(result.outcome), result.code)] : [];
  }

  function evict(config: Config, it: Pending): Config[] {
    const p = it.operation[1] as number;
    const owned = codes.decode(config.code).containers.get(it.container)?.active.includes(p);
    const result = owned ? codes.apply(config.code, ['evict', p]) : null;
    return result && result.code !== config.code ? [withProgress(config, it.slot, 1, result.code)] : [];
  }

  const isHeld = ({ progress }: Config, c: number): boolean =>
    progress.some((digit, slot) => slot < threads && (digit === holds(c) || digit === charged(c)));

  function touch(config: Config, it: Pending, p: number): Config[] {
    const state = codes.decode(config.code);
    const home = state.tasks.get(it.task)?.container;
    const mapped = [...state.tasks.values()].some(({ maps }) => maps.includes(p));
    if (home === undefined || mapped || grain === 'atomic')
      return act(config, it, ['touch', it.task, p], done);

    const now = config.progress[it.slot];
    if (now === WAITING) return [withProgress(config, it.slot, holds(home))];
    if (now < charged(0)) {
      const back = withProgress(config, it.slot, WAITING);
      const here = now === holds(home) && roomIn(config, home);
      return here ? [back, withProgress(config, it.slot, charged(home))] : [back];
    }
    const code = firstMapping(config.code, it.task, p, now - charged(0));
    return [withProgress(config, it.slot, done('ok'), code)];
  }

  function roomIn(config: Config, c: number): boolean {
    const container = codes.decode(config.code).containers.get(c);
    const inFlight = config.progress.filter((digit, slot) => slot < threads && digit === charged(c)).length;
    return container !== undefined && container.active.length + inFlight + 1 <= container.limit;
  }

  /** The commit of a charge that was let in before, whatever the limit is by now: c owns p. */
  function firstMapping(code: Code, t: number, p: number, c: number): Code {
    const state = codes.decode(code);
    const owner = state.containers.get(c);
    const task = state.tasks.get(t);
    if (!owner || !task) throw new RangeError(`t${t} is charged to c${c}, and one of them is gone`);
    const containersNow = new Map(state.containers).set(c, { ...owner, active: [p, ...owner.active] });
    const tasks = new Map(state.tasks).set(t, { ...task, maps: [...task.maps, p] });
    return codes.encode({ ...state, containers: containersNow, tasks });
  }

  /** All configurations at the moment when `slot` has got to `wanted`; others may have gone on before it. */
  function respond(
    config: number,
    pending: readonly Pending[],
    slot: number,
    wanted: number,
  ): readonly number[] {
    const key = `${config} ${slot} ${wanted} ${pending.map((it) => `${it.slot} ${it.operation.join()} ${it.container}`).join(' ')}`;
    const known = memo.get(key);
    if (known) return known;
    const found = new Set<number>();
    const seen = new Set([config]);
    const open = [read(config)];
    for (let one = open.pop(); one; one = open.pop()) {
      if (one.progress[slot] === wanted) {
        found.add(write(withProgress(one, slot, WAITING)));
        continue;
      }
      for (const it of pending) {
        if (isDone(one, it)) continue;
        for (const next of successors(one, it)) {
          const number = write(next);
          if (!seen.has(number)) {
            seen.add(number);
            open.push(next);
          }
        }
      }
    }
    memo.set(key, [...found]);
    return [...found];
  }

  const isDone = ({ progress }: Config, { slot, kind }: Pending): boolean =>
    kind === 'operation' ? progress[slot] > WAITING && progress[slot] < HOLDS : progress[slot] > WAITING;

  function advance(history: History, before: State, step: Step, effect: Effect): History {
    const { thread: k } = step;
    const pending = pendingOf(before, step);
    let configs: History = history;
    const finishes = (slot: number, wanted: number, must: boolean) => {
      const next = new Set<number>();
      for (const config of configs) {
        for (const one of respond(config, pending, slot, wanted)) next.add(one);
        if (!must && read(config).progress[slot] === WAITING) next.add(config);
      }
      configs = [...next].sort((a, b) => a - b);
    };

    const { place, target } = before.threads[k];
    const reclaimed =
      pending.some(({ slot }) => slot === threads + k) && effect.state.threads[k].target === null;
    if (reclaimed && target !== null) finishes(threads + k, 1, place === 'put');
    if (effect.answer && pending.some(({ slot }) => slot === k)) finishes(k, done(effect.answer), true);
    const dies = 2 * threads + (scope.threads[k].task ?? 0);
    if (step.name === 'leave' && pending.some(({ slot }) => slot === dies)) finishes(dies, 1, true);
    if (configs === history || !isQuiescent(effect.state)) return configs;
    const seen = codes.observe(effect.state);
    return configs.filter((config) => read(config).code === seen);
  }

  /** What is under way, this step's own operation included. */
  function pendingOf(state: State, step: Step): Pending[] {
    const pending: Pending[] = [];
    scope.threads.forEach(({ task }, k) => {
      const { operation, place, target } = state.threads[k];
      const under = k === step.thread && step.operation ? step.operation : operation;
      if (!under) return;
      const base = { task: task ?? -1, container: -1 };
      const inContract = under[0] !== 'scan' && under[0] !== 'age';
      if (inContract) pending.push({ ...base, slot: k, kind: 'operation', operation: under });
      const record = target === null ? null : state.records[target];
      if (!record || !['take', 'del', 'put'].includes(place) || !['touch', 'scan'].includes(under[0])) return;
      const container = state.containers[record.container]?.name ?? -1;
      pending.push({
        ...base,
        slot: threads + k,
        kind: 'evict',
        operation: ['unmap', record.page],
        container,
      });
    });
    state.tasks.forEach(({ killed }, t) => {
      const exits = pending.some(
        ({ kind, task, operation }) => kind === 'operation' && task === t && operation[0] === 'exit',
      );
      if (killed && !exits)
        pending.push({ slot: 2 * threads + t, kind: 'kill', task: t, operation: ['exit'], container: -1 });
    });
    return pending;
  }

  return {
    start: [write({ code: codes.observe(initial(scope)), progress: radices.map(() => 0) })],
    advance,
    show: (history) => history.map((config) => JSON.stringify(read(config))).join(' '),
  };
}
