// C5, decided exactly: the set of all contract states that SOME legal order of the operations so far could have led to.
// A history has no legal order exactly if that set runs empty. Longer than most files: one thing, whose parts only make sense together.

import { OptionError } from '../../../checker/index.ts';
import { moveOf, type Outcome, ownerOf } from '../../../model/index.ts';
import {
  type Effect,
  initial,
  isQuiescent,
  type Operation,
  type Scope,
  type State,
  type Step,
} from '../../../model/protocol/index.ts';
import { type Code, coding } from './contract.ts';

/** Configurations in ascending order: each is a contract state, and how far each pending operation has got in it. */
export type History = readonly number[];

/**
 * `atomic`: every operation takes effect at one point, as in the contract. `in flight`: a touch takes its container, is charged and maps the
 * page at points of their own; an exit unmaps its pages one by one; and a container that an operation still holds, on its way in or out, is
 * busy.
 */
export type Grain = 'atomic' | 'in flight';

export interface Monitor {
  readonly start: History;
  /** The history after a step; empty if no order of atomic actions explains it. */
  advance(history: History, before: State, step: Step, effect: Effect): History;
  show(history: History): string;
}

// How far a pending operation has got: not at all, done with an answer, or in flight: it holds a container, is charged to it, or leaves it.
const WAITING = 0;
const DONE: readonly (Outcome | 'dead')[] = ['ok', 'dead', 'EEXIST', 'ENOENT', 'EBUSY'];
const done = (outcome: Outcome): number =>
  1 + DONE.indexOf(outcome === 'KILLED' || outcome === 'ESRCH' ? 'dead' : outcome);
const FLYING = 1 + DONE.length;

/** Operations of the contract; a scan is one only as the evict that it comes to, an age is none. */
const inContract = (name: string): boolean => name !== 'scan' && name !== 'age';

/** An operation under way: a thread's own; or the reclaim of a page by it; or the end of a victim. */
interface Pending {
  readonly slot: number;
  readonly kind: 'operation' | 'evict' | 'kill';
  readonly task: number;
  readonly operation: Operation;
  /** evict: the container it reclaims from. */
  readonly container: number;
}

const keyOf = (pending: readonly Pending[]): string =>
  pending.map(({ slot, operation, container }) => `${slot} ${operation.join()} ${container}`).join(' ');

interface Config {
  readonly code: Code;
  readonly progress: readonly number[];
}

export function monitor(scope: Scope, grain: Grain): Monitor {
  const codes = coding(scope);
  const threads = scope.threads.length;
  const containers = scope.containers.length;
  const does = (k: number, what: (name: string) => boolean): boolean =>
    scope.threads[k].program.some((menu) => menu.some(([name]) => what(name)));
  const radices = [
    ...scope.threads.map((_, k) => (does(k, (name) => inContract(name)) ? FLYING + 3 * containers : 1)),
    ...scope.threads.map((_, k) =>
      does(k, (name) => name === 'touch' || name === 'scan') ? 2 + containers : 1,
    ),
    ...scope.tasks.map(() => 2 + containers),
  ];
  if (radices.reduce((product, radix) => product * radix, codes.size) > Number.MAX_SAFE_INTEGER) {
    throw new OptionError(
      `scope ${scope.name}: its histories do not fit into 53 bits a configuration (legal: a smaller one)`,
    );
  }
  const memo = new Map<string, ReadonlySet<number>>();
  const remember = (key: string, compute: () => ReadonlySet<number>): ReadonlySet<number> => {
    let known = memo.get(key);
    if (!known) memo.set(key, (known = compute()));
    return known;
  };

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

  const holds = (c: number) => FLYING + c;
  const charged = (c: number) => FLYING + containers + c;
  const leaves = (slot: number, c: number) => (slot < threads ? FLYING + 2 * containers : 2) + c;
  const isHeld = ({ progress }: Config, c: number): boolean =>
    progress.some(
      (digit, slot) =>
        digit === leaves(slot, c) || (slot < threads && (digit === holds(c) || digit === charged(c))),
    );

  const withProgress = ({ code, progress }: Config, slot: number, to: number, next: Code = code): Config => ({
    code: next,
    progress: progress.map((digit, i) => (i === slot ? to : digit)),
  });

  /** Every way in which pending operation `it` can go on. */
  function successors(config: Config, it: Pending): Config[] {
    const now = config.progress[it.slot];
    const [name, ...args] = it.operation;
    const ends = it.kind === 'kill' || name === 'exit';
    if (now >= leaves(it.slot, 0)) return [withProgress(config, it.slot, ends ? WAITING : done('ok'))];
    if (ends) return exit(config, it);
    if (it.kind === 'evict') return evict(config, it);
    if (name === 'truncate') return act(config, it, ['evict', args[0] as number], args[0] as number);
    if (name === 'touch') return touch(config, it, args[0] as number);
    const owner = name === 'unmap' || name === 'fork' ? [it.task] : [];
    if (name === 'rmdir' && isHeld(config, args[0] as number)) {
      return [withProgress(config, it.slot, done('EBUSY'))];
    }
    return act(
      config,
      it,
      [name, ...owner, ...(args as number[])],
      name === 'unmap' ? (args[0] as number) : null,
    );
  }

  /** Takes the action. If page `p` lost its owner by it, the operation holds that container until it answers. */
  function act(config: Config, it: Pending, move: [string, ...number[]], p: number | null = null): Config[] {
    const result = codes.apply(config.code, moveOf(move[0], move.slice(1) as number[]));
    if (!result) return [];
    const was = p === null || grain === 'atomic' ? null : ownerOf(codes.decode(config.code), p);
    const left = was !== null && p !== null && ownerOf(codes.decode(result.code), p) === null;
    return [withProgress(config, it.slot, left ? leaves(it.slot, was) : done(result.outcome), result.code)];
  }

  function evict(config: Config, it: Pending): Config[] {
    const p = it.operation[1] as number;
    if (ownerOf(codes.decode(config.code), p) !== it.container) return [];
    return act(config, it, ['evict', p], p).filter(({ code }) => code !== config.code);
  }

  /** In flight, an exit is an unmap of each page, and then of nothing. */
  function exit(config: Config, it: Pending): Config[] {
    const maps = codes.decode(config.code).tasks.get(it.task)?.maps ?? [];
    if (grain === 'atomic' || maps.length === 0) return act(config, it, ['exit', it.task]);
    return maps.flatMap((p) =>
      act(config, it, ['unmap', it.task, p], p).map((next) =>
        next.progress[it.slot] === done('ok') ? withProgress(next, it.slot, WAITING) : next,
      ),
    );
  }

  function touch(config: Config, it: Pending, p: number): Config[] {
    const { slot, task: t } = it;
    const state = codes.decode(config.code);
    const home = state.tasks.get(t)?.container;
    const now = config.progress[slot];
    const held = now >= charged(0) ? now - charged(0) : now >= holds(0) ? now - holds(0) : null;
    if (home === undefined || ownerOf(state, p) !== null || grain === 'atomic') {
      const joined = act(config, it, ['touch', t, p]);
      if (held === null || home === undefined) return joined;
      return joined.map((next) => withProgress(next, slot, leaves(slot, held)));
    }
    if (now === WAITING) return [withProgress(config, slot, holds(home))];
    if (now < charged(0)) {
      const back = withProgress(config, slot, WAITING);
      const here = held === home && roomIn(config, home);
      return here ? [back, withProgress(config, slot, charged(home))] : [back];
    }
    return [withProgress(config, slot, done('ok'), firstMapping(config.code, t, p, held as number))];
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

  /** Every configuration that the pending operations can get to from this one, as `visit` is told. It says whether to go on from there. */
  function walk(
    config: number,
    pending: readonly Pending[],
    visit: (one: Config, number: number) => boolean,
  ): void {
    const seen = new Set([config]);
    const open = [read(config)];
    for (let one = open.pop(); one; one = open.pop()) {
      if (!visit(one, write(one))) continue;
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
  }

  /** All configurations at the moment when `slot` has got to `wanted`; others may have gone on before it. */
  function respond(
    config: number,
    pending: readonly Pending[],
    slot: number,
    wanted: number,
  ): readonly number[] {
    const found = new Set<number>();
    walk(config, pending, (one) => {
      if (one.progress[slot] !== wanted) return true;
      found.add(write(withProgress(one, slot, WAITING)));
      return false;
    });
    return [...found];
  }

  function reachable(config: number, pending: readonly Pending[]): ReadonlySet<number> {
    const found = new Set<number>();
    walk(config, pending, (_one, number) => {
      found.add(number);
      return true;
    });
    return found;
  }

  /** Without those that others of the set can still become: what they could explain, the others can too. */
  function pruned(configs: History, pending: readonly Pending[], key: string): History {
    if (configs.length < 2) return configs;
    const reach = new Map(
      configs.map((one) => [one, remember(`${one} ${key}`, () => reachable(one, pending))]),
    );
    const covers = (a: number, b: number) => reach.get(a)?.has(b) ?? false;
    return configs.filter((b) => !configs.some((a) => a !== b && covers(a, b) && !(covers(b, a) && b < a)));
  }

  const isDone = ({ progress }: Config, { slot, kind }: Pending): boolean =>
    kind === 'operation' ? progress[slot] > WAITING && progress[slot] < FLYING : progress[slot] === 1;

  function advance(history: History, before: State, step: Step, effect: Effect): History {
    const { thread: k } = step;
    const pending = pendingOf(before, step);
    const key = keyOf(pending);
    let configs: History = history;
    const finishes = (slot: number, wanted: number, must: boolean) => {
      const next = new Set<number>();
      for (const config of configs) {
        const ways = remember(
          `${config} ${slot} ${wanted} ${key}`,
          () => new Set(respond(config, pending, slot, wanted)),
        );
        for (const one of ways) next.add(one);
        if (!must && read(config).progress[slot] === WAITING) next.add(config);
      }
      configs = [...next].sort((a, b) => a - b);
    };

    const { place, target } = before.threads[k];
    const isReclaim = pending.some(({ slot }) => slot === threads + k);
    if (isReclaim && target !== null && effect.state.threads[k].target === null) {
      finishes(threads + k, 1, place === 'put');
    }
    if (effect.answer && pending.some(({ slot }) => slot === k)) finishes(k, done(effect.answer), true);
    const dies = 2 * threads + (scope.threads[k].task ?? 0);
    if (step.name === 'leave' && pending.some(({ slot }) => slot === dies)) finishes(dies, 1, true);

    if (configs === history) return history;
    if (isQuiescent(effect.state)) {
      const seen = codes.observe(effect.state);
      return configs.filter((config) => read(config).code === seen);
    }
    const left = pendingOf(effect.state, null);
    return pruned(configs, left, keyOf(left));
  }

  /** What is under way, this step's own operation included. */
  function pendingOf(state: State, step: Step | null): Pending[] {
    const pending: Pending[] = [];
    scope.threads.forEach(({ task }, k) => {
      const { operation, place, target, answer } = state.threads[k];
      const under = step?.operation && k === step.thread ? step.operation : operation;
      if (!under) return;
      const base = { task: task ?? -1, container: -1 };
      if (inContract(under[0])) pending.push({ ...base, slot: k, kind: 'operation', operation: under });
      const record = target === null ? null : state.records[target];
      if (
        !record ||
        answer === 'KILLED' ||
        !['take', 'del', 'put'].includes(place) ||
        !['touch', 'scan'].includes(under[0])
      )
        return;
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
