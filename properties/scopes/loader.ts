// Puts the optimized controller into a given state of the specification, and takes it out again, so that a state need not be walked to.

import { type Controller, ROOT } from '../../impl/controller/index.ts';
import { BIT, PAGE } from '../../impl/controller/tables.ts';
import { type Container, type State, UNLIMITED } from '../../model/index.ts';

/** The order in which the mappers of a page come: the controller keeps the first apart, so both ends of the order are worth a look. */
export type MapperOrder = 'ascending' | 'descending';

/** From an empty controller to `state`. Lists, bits and mappings go through the machine below the rules; containers, tasks, limits through the front door. */
export function load(k: Controller, state: State, order: MapperOrder = 'ascending'): void {
  const make = (id: number): void => {
    const { parent, limit } = state.containers.get(id) as Container;
    if (id === ROOT || k.containerExists(id)) return;
    if (parent !== null) make(parent);
    k.mkdir(id, parent ?? ROOT);
    if (limit !== UNLIMITED) k.setLimit(id, limit);
  };
  for (const id of state.containers.keys()) make(id);
  const tasks = [...state.tasks];
  if (order === 'descending') tasks.reverse();
  for (const [t, task] of tasks) k.spawn(t, task.container);
  const m = k.machine;
  for (const [t, task] of tasks) {
    for (const p of task.maps.map((id) => m.page(id))) {
      if (m.isMapped(p)) m.map(t, p);
      else m.becomeFirst(t, p);
    }
  }
  for (const [id, { active, inactive }] of state.containers) {
    const c = m.container(id + 2);
    for (const p of [...active].reverse()) m.charge(c, m.page(p));
    for (const p of [...inactive].reverse()) {
      m.charge(c, m.page(p));
      m.unlink(c | BIT.ACTIVE, m.page(p));
      m.link(c, m.page(p), m.ownedBy(c));
    }
  }
  for (const p of state.referenced) m.words[m.page(p) | PAGE.STATE] |= BIT.REFERENCED;
  for (const [t, task] of tasks) for (const p of task.pins) m.setPinned(t, m.page(p), true);
}

/** Back to empty by the front door: every task exits, every container goes. What it leaves behind is what the next load works on. */
export function unload(k: Controller, { tasks, containers }: { tasks: number; containers: number }): void {
  for (let t = 0; t < tasks; t++) if (k.taskExists(t)) k.exit(t);
  // A parent goes after its children: no tree is deeper than there are containers.
  for (let round = 0; round < containers; round++) {
    for (let c = 0; c < containers; c++) if (k.containerExists(c)) k.rmdir(c);
  }
}
