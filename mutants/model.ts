// Mutants of the specification: a wrong model must be noticed, by its claims, by the checker, by the pinned counts or by the controller.

import type { Mutant } from '../properties/subjects/mutant.ts';
import type { Edit } from '../properties/subjects/plant.ts';

const edit = (file: string, from: string, to: string): Edit => ({ file: `model/${file}.ts`, from, to });

export const modelMutants: readonly Mutant[] = [
  {
    id: 'M1',
    name: 'limit-is-exclusive',
    why: 'a usage equal to the limit does not fit',
    edits: edit('charge', 'return usage(state, c) + 1 <= limit;', 'return usage(state, c) + 1 < limit;'),
  },
  {
    id: 'M2',
    name: 'limit-plus-one',
    why: 'one page more than the limit fits',
    edits: edit('charge', 'return usage(state, c) + 1 <= limit;', 'return usage(state, c) <= limit;'),
  },
  {
    id: 'M3',
    name: 'refusals-not-counted',
    why: 'failcnt rises only for refusals after the first',
    edits: edit(
      'charge',
      "progress = count(progress, full, 'failcnt');",
      "if (progress.reclaimed.length > 0) progress = count(progress, full, 'failcnt');",
    ),
  },
  {
    id: 'M4',
    name: 'locks-are-ignored',
    why: 'reclaim does not ask who has the page locked',
    edits: [
      edit('reclaim', 'owned.filter((p) => !pinned.has(p))', 'owned'),
      edit('lru', '    if (isPinned(state, p)) {', '    if (isPinned(state, p) && lists.taken.length > 0) {'),
    ],
  },
  {
    id: 'M5',
    name: 'pins-are-inherited',
    why: 'a child has locked what its parent has',
    edits: [
      edit('task', '    const { container, maps } = state', '    const { container, maps, pins } = state'),
      edit('task', '{ container, maps, pins: [] }', '{ container, maps, pins }'),
    ],
  },
  {
    id: 'M6',
    name: 'unmap-keeps-the-page',
    why: 'the last unmap leaves the page on its list',
    edits: edit('unmap', 'return isMapped(after, p) ? after : unlink(after, p);', 'return after;'),
  },
  {
    id: 'M7',
    name: 'victim-is-smallest',
    why: 'the OOM killer picks the member with the fewest pages',
    edits: edit('lru', 'if (size(t) > size(worst))', 'if (size(t) < size(worst))'),
  },
  {
    id: 'M8',
    name: 'new-pages-start-at-the-tail',
    why: 'a first mapping puts the page at the tail of active',
    edits: edit('page', '{ active: prepend(p, active) }', '{ active: append(active, p) }'),
  },
  {
    id: 'M9',
    name: 'rmdir-of-a-charged-container',
    why: 'a container without tasks is removed although it owns pages',
    edits: edit(
      'container',
      "return own(container) > 0 && state.profile.rmdirCharged === 'EBUSY' ? 'EBUSY' : null;",
      'return null;',
    ),
  },
  {
    id: 'M10',
    name: 'activation-keeps-the-bit',
    why: 'a page that is activated keeps its referenced bit',
    edits: edit(
      'page',
      'return { ...activated, referenced: without(state.referenced, p) };',
      'return activated;',
    ),
  },
  {
    id: 'M11',
    name: 'bit-survives-the-page',
    why: 'the referenced bit of a page survives its last unmap',
    edits: edit(
      'unmap',
      '  const referenced = without(state.referenced, p);\n',
      '  const { referenced } = state;\n',
    ),
  },
  {
    id: 'M12',
    name: 'copy-keeps-its-source',
    why: 'copy-on-write maps the copy and goes on mapping the source',
    edits: edit(
      'page',
      "return step.outcome === 'KILLED' ? step : { ...step, state: unmapPage(step.state, t, p) };",
      'return step;',
    ),
  },
];
