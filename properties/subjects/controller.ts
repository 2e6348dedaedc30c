// The optimized controller as a subject: moves in, answers and views out. It starts with room for one of each, so that every run makes it grow.

import { Controller, outcomeName } from '../../impl/controller/index.ts';
import { type Move, noCaseFor, type ProfileName } from '../../model/index.ts';
import type { Run } from '../draw/portfolio.ts';
import type { Answer } from '../view/answer.ts';
import { everything, MAPPED, PINNED, type View } from '../view/view.ts';
import { type Names, Naming, withIds } from './names.ts';
import type { Subject } from './subject.ts';

/** Most moves kill and reclaim nothing. */
const nobody: readonly number[] = Object.freeze([]);

export class ControllerSubject implements Subject {
  readonly name: string;
  readonly observed = everything;
  readonly #profile: ProfileName;
  readonly #root: boolean | undefined;
  readonly #Class: typeof Controller;
  #controller: Controller;
  #names: Names | null = null;
  #ids: Ids = dense;
  /** The controller's id of each page that is looked at. */
  readonly #named: number[] = [];

  /** `Class` is the controller that ships, or a mutant of it (mutants). */
  constructor(profile: ProfileName, root?: boolean, Class = Controller, name = 'controller') {
    this.name = name;
    this.#profile = profile;
    this.#root = root;
    this.#Class = Class;
    this.#controller = this.#fresh();
  }

  #fresh(): Controller {
    const root = this.#root === undefined ? {} : { root: this.#root };
    return new this.#Class(this.#profile, { ...root, pages: 1, tasks: 1, containers: 1 });
  }

  /** For whoever has to put it into a state that is not the initial one. */
  get controller(): Controller {
    return this.#controller;
  }

  /** A drawn run may have ids of its own for the controller. */
  reset(run?: Pick<Run, 'names'>): void {
    const names = run?.names ?? null;
    this.#controller = this.#fresh();
    if (names === this.#names) return;
    this.#names = names;
    this.#ids = names === null ? dense : idsOf(names);
  }

  apply(move: Move): Answer {
    const k = this.#controller;
    const names = this.#names;
    const code = call(k, names === null ? move : withIds(move, (kind, id) => this.#ids[kind].out(id)));
    const killed = k.killed.length === 0 ? nobody : k.killed.toArray();
    const reclaimed = k.reclaimed.length === 0 ? nobody : k.reclaimed.toArray();
    const outcome = outcomeName(code);
    if (names === null) return { outcome, killed, reclaimed };
    const { task, page } = this.#ids;
    return {
      outcome,
      killed: killed.map((t) => task.back(t)),
      reclaimed: reclaimed.map((p) => page.back(p)),
    };
  }

  look(view: View): View {
    view.clear();
    const k = this.#controller;
    const { container, task, page } = this.#ids;
    const { containers, tasks, pages } = view.size;
    const named = this.#named;
    for (let p = 0; p < pages; p++) named[p] = page.out(p);
    for (let slot = 0; slot <= containers; slot++) {
      const c = slot === containers ? -1 : container.out(slot);
      if (k.containerExists(c)) lookAtContainer(k, c, slot, view, this.#ids);
    }
    for (let t = 0; t < tasks; t++) {
      const id = task.out(t);
      if (!k.taskExists(id)) continue;
      view.container[t] = view.slotOf(container.back(k.containerOf(id)));
      for (let p = 0; p < pages; p++) {
        const page = named[p];
        if (k.maps(id, page)) view.map(t, p, k.isPinnedBy(id, page) ? MAPPED | PINNED : MAPPED);
      }
    }
    const { owner: owners, referenced } = view;
    for (let p = 0; p < pages; p++) {
      const page = named[p];
      const owner = k.ownerOf(page);
      if (owner !== null) owners[p] = view.slotOf(container.back(owner));
      if (k.isReferenced(page)) referenced[p] = 1;
    }
    return view;
  }

  verify(): string | null {
    return this.#controller.verify();
  }
}

interface Ids {
  readonly container: Naming;
  readonly task: Naming;
  readonly page: Naming;
}

const idsOf = ({ container, task, page }: Names): Ids => ({
  container: new Naming(container),
  task: new Naming(task),
  page: new Naming(page),
});
const dense = idsOf({ container: [], task: [], page: [] });

function lookAtContainer(k: Controller, c: number, slot: number, view: View, { container, page }: Ids): void {
  const from = slot * view.size.pages;
  view.exists[slot] = 1;
  const parent = k.parentOf(c);
  if (parent !== null) view.parent[slot] = view.slotOf(container.back(parent));
  view.usage[slot] = k.usage(c);
  view.setLimit(slot, k.limit(c));
  view.failcnt[slot] = k.failcnt(c);
  view.reclaims[slot] = k.reclaims(c);
  view.activeLength[slot] = k.copyList(c, true, view.active, from);
  view.inactiveLength[slot] = k.copyList(c, false, view.inactive, from);
  if (page === dense.page) return;
  for (let i = from; i < from + view.activeLength[slot]; i++) view.active[i] = page.back(view.active[i]);
  for (let i = from; i < from + view.inactiveLength[slot]; i++)
    view.inactive[i] = page.back(view.inactive[i]);
}

/** Makes a move; the outcome's code. */
export function call(k: Controller, [name, a, b, c]: Move): number {
  const x = a as number;
  const y = b as number;
  switch (name) {
    case 'touch':
      return k.touch(x, y);
    case 'setLimit':
      return k.setLimit(x, b as number | bigint);
    case 'unmap':
      return k.unmap(x, y);
    case 'copy':
      return k.copy(x, y, c as number);
    case 'pin':
      return k.pin(x, y);
    case 'unpin':
      return k.unpin(x, y);
    case 'evict':
      return k.evict(x);
    case 'mkdir':
      return b === undefined ? k.mkdir(x) : k.mkdir(x, y);
    case 'rmdir':
      return k.rmdir(x);
    case 'spawn':
      return k.spawn(x, y);
    case 'fork':
      return k.fork(x, y);
    case 'exit':
      return k.exit(x);
    case 'move':
      return k.move(x, y);
    default:
      return noCaseFor(name);
  }
}
