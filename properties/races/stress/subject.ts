// The concurrent controller as a subject: driven by one thread it follows the two-list policy exactly, so it is compared with the LRU spec.

import { Controller, type Operation, outcomeName } from '../../../impl/concurrent/index.ts';
import type { Move, ProfileName } from '../../../model/index.ts';
import type { Subject } from '../../subjects/subject.ts';
import type { Answer } from '../../view/answer.ts';
import { everything, MAPPED, NONE, PINNED, type Size, type View } from '../../view/view.ts';

/** Why the concurrent controller cannot run a profile, or null. */
export const whyNotConcurrent = (profile: ProfileName): string | null =>
  profile === 'letter'
    ? null
    : `the concurrent controller implements profile letter only, not ${profile}: lowering, bounded scans and inheritance are not built`;

/** A subject with room for `size`. @throws RangeError for another profile than letter. */
export function concurrentSubject(profile: ProfileName, size: Size): Subject {
  const why = whyNotConcurrent(profile);
  if (why) throw new RangeError(why);
  return new ConcurrentSubject(size);
}

class ConcurrentSubject implements Subject {
  readonly name = 'concurrent';
  readonly observed = everything;
  readonly #size: Size;
  #controller: Controller;

  constructor(size: Size) {
    this.#size = size;
    this.#controller = Controller.create({ ...size, workers: 1 });
  }

  reset(): void {
    this.#controller = Controller.create({ ...this.#size, workers: 1 });
  }

  apply(move: Move): Answer {
    const k = this.#controller;
    const code = k.perform(move as Operation);
    return { outcome: outcomeName(code), killed: [...k.killed], reclaimed: [...k.reclaimed] };
  }

  look(view: View): View {
    lookAt(this.#controller, view);
    return view;
  }

  verify(): string | null {
    return this.#controller.verify();
  }
}

/** What is left of a controller in which every task has exited, and every container was asked to go; or null. */
export function leftIn(k: Controller, containers: number): string | null {
  const wrong = k.verify();
  if (wrong !== null) return wrong;
  for (let c = 0; c < containers; c++)
    if (k.containerExists(c)) return `c${c} cannot be removed after every task has exited`;
  return null;
}

/** Fills a view with what a controller at rest shows. */
export function lookAt(k: Controller, view: View): void {
  view.clear();
  const { containers, tasks, pages } = view.size;
  for (let c = 0; c < containers; c++) if (k.containerExists(c)) lookAtContainer(k, c, view);
  for (let t = 0; t < tasks; t++) {
    view.container[t] = k.containerOf(t);
    for (let p = 0; p < pages; p++) {
      if (k.maps(t, p)) view.map(t, p, k.isPinnedBy(t, p) ? MAPPED | PINNED : MAPPED);
    }
  }
  for (let p = 0; p < pages; p++) {
    view.owner[p] = k.ownerOf(p);
    // A page that nobody owns has no bit; what its word still holds is cleared by the next first touch.
    view.referenced[p] = view.owner[p] !== NONE && k.isReferenced(p) ? 1 : 0;
  }
}

function lookAtContainer(k: Controller, c: number, view: View): void {
  view.exists[c] = 1;
  view.parent[c] = k.parentOf(c);
  view.usage[c] = k.usage(c);
  view.setLimit(c, k.limit(c));
  view.failcnt[c] = k.failcnt(c);
  view.reclaims[c] = k.reclaims(c);
  for (const list of ['active', 'inactive'] as const) {
    const pages = k.listOf(c, list === 'active');
    view[list].set(pages, c * view.size.pages);
    (list === 'active' ? view.activeLength : view.inactiveLength)[c] = pages.length;
  }
}
