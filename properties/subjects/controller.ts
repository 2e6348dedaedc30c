// The optimized controller as a subject: moves in, answers and views out. It starts with room for one of each, so that every run makes it grow.

import { Controller, outcomeName } from '../../impl/controller/index.ts';
import type { Move, ProfileName } from '../../model/index.ts';
import type { Answer } from '../view/answer.ts';
import { everything, MAPPED, NONE, PINNED, type View } from '../view/view.ts';
import type { Subject } from './subject.ts';

export class ControllerSubject implements Subject {
  readonly name: string;
  readonly observed = everything;
  readonly #profile: ProfileName;
  readonly #root: boolean | undefined;
  readonly #Class: typeof Controller;
  #controller: Controller;

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

  reset(): void {
    this.#controller = this.#fresh();
  }

  apply(move: Move): Answer {
    const k = this.#controller;
    const code = call(k, move);
    return { outcome: outcomeName(code), killed: k.killed.toArray(), reclaimed: k.reclaimed.toArray() };
  }

  look(view: View): View {
    view.clear();
    const k = this.#controller;
    const { containers, tasks, pages } = view.size;
    for (let slot = 0; slot <= containers; slot++) {
      const c = slot === containers ? -1 : slot;
      if (k.containerExists(c)) lookAtContainer(k, c, slot, view);
    }
    for (let t = 0; t < tasks; t++) {
      if (!k.taskExists(t)) continue;
      view.container[t] = view.slotOf(k.containerOf(t));
      for (let p = 0; p < pages; p++) {
        if (k.maps(t, p)) view.map(t, p, k.isPinnedBy(t, p) ? MAPPED | PINNED : MAPPED);
      }
    }
    for (let p = 0; p < pages; p++) {
      const owner = k.ownerOf(p);
      view.owner[p] = owner === null ? NONE : view.slotOf(owner);
      if (k.isReferenced(p)) view.referenced[p] = 1;
    }
    return view;
  }

  verify(): string | null {
    return this.#controller.verify();
  }
}

function lookAtContainer(k: Controller, c: number, slot: number, view: View): void {
  const from = slot * view.size.pages;
  view.exists[slot] = 1;
  view.usage[slot] = k.usage(c);
  view.setLimit(slot, k.limit(c));
  view.failcnt[slot] = k.failcnt(c);
  view.reclaims[slot] = k.reclaims(c);
  view.activeLength[slot] = k.copyList(c, true, view.active, from);
  view.inactiveLength[slot] = k.copyList(c, false, view.inactive, from);
}

function call(k: Controller, [name, a, b, c]: Move): number {
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
      throw new RangeError(`the controller has no ${name}`);
  }
}
