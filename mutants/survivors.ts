// General mutants that live, each with why: what they change cannot be seen, by anybody.

export interface Survivors {
  readonly reason: string;
  /** As `why` of the mutant says it; a text that several lines have stands for all of them. */
  readonly changes: readonly string[];
}

export const survivors: readonly Survivors[] = [
  {
    reason:
      'a write in front of a typed array, at index -1, is ignored: the test for NONE saves the write, not the data',
    changes: [
      'if (ofPage !== NONE) k.prevOfPage[ofPage] = node; -> if (true) k.prevOfPage[ofPage] = node;',
      'if (ofTask !== NONE) k.prevOfTask[ofTask] = node; -> if (true) k.prevOfTask[ofTask] = node;',
      'if (pageNext !== NONE) k.prevOfPage[pageNext] = pagePrev; -> if (true) k.prevOfPage[pageNext] = pagePrev;',
      'if (taskNext !== NONE) k.prevOfTask[taskNext] = taskPrev; -> if (true) k.prevOfTask[taskNext] = taskPrev;',
      'if (next !== NONE) k[(next << RECORD) | PREV_MEMBER] = prev; -> if (true) k[(next << RECORD) | PREV_MEMBER] = prev;',
      'if (next !== NONE) k[(next << RECORD) | PREV_MEMBER] = t; -> if (true) k[(next << RECORD) | PREV_MEMBER] = t;',
      'if (next !== NONE) w[next | PREV_OF_TASK] = p; -> if (true) w[next | PREV_OF_TASK] = p;',
      'if (next !== NONE) w[next | PREV_OF_TASK] = prev; -> if (true) w[next | PREV_OF_TASK] = prev;',
      'if (parent !== NOWHERE) w[this.#container(parent) | CHILDREN]++; -> if (true) w[this.#container(parent) | CHILDREN]++;',
    ],
  },
  {
    reason:
      'what is written here is written again before it is read: a new container begins with usage 0, and one that goes owns nothing or has passed all on',
    changes: [
      'w[from | USAGE]--; -> w[from | USAGE]++;',
      'without: w[c | USAGE] = 0;',
      'without: w[from | USAGE]--;',
    ],
  },
  {
    reason:
      "where there is no parent there is nothing to pass: usage is 0, and the parent's counter lies behind the words",
    changes: ['if (w[c | PARENT] !== 0) { -> if (true) {'],
  },
  {
    reason: 'a task does not come before itself',
    changes: [
      'if (mapped(t) > mapped(victim) || (mapped(t) === mapped(victim) && t < victim)) victim = t; -> if (mapped(t) > mapped(victim) || (mapped(t) === mapped(victim) && t <= victim)) victim = t;',
    ],
  },
  {
    reason:
      'a sound list ends at its head, after as many pages as its length says; the second bound is for unsound ones',
    changes: [
      'for (let p = w[list | OLDER]; p !== list && n < end; p = w[p | OLDER]) out[n++] = p >> RECORD; -> for (let p = w[list | OLDER]; p !== list && n <= end; p = w[p | OLDER]) out[n++] = p >> RECORD;',
      'for (let p = w[list | OLDER]; p !== list && n < end; p = w[p | OLDER]) out[n++] = p >> RECORD; -> for (let p = w[list | OLDER]; p !== list || n < end; p = w[p | OLDER]) out[n++] = p >> RECORD;',
    ],
  },
  {
    reason: "the word behind the last page is padding, or a list's length below 16, which names no owner",
    changes: [
      'const slot = id < m.pages ? m.slotOf(m.owner(id << RECORD)) : 0; -> const slot = id <= m.pages ? m.slotOf(m.owner(id << RECORD)) : 0;',
    ],
  },
  {
    reason: 'room to begin with: everything grows, and how soon is not seen',
    changes: [
      'this.mappings = new Mappings(Math.min(this.pages, 64)); -> this.mappings = new Mappings(Math.max(this.pages, 64));',
      'if (slot > this.slots) this.grow(this.pages, Math.max(slot, this.slots * 2), this.taskRoom); -> if (slot >= this.slots) this.grow(this.pages, Math.max(slot, this.slots * 2), this.taskRoom);',
      'if (slot > this.slots) this.grow(this.pages, Math.max(slot, this.slots * 2), this.taskRoom); -> if (true) this.grow(this.pages, Math.max(slot, this.slots * 2), this.taskRoom);',
      'used = 0; -> used = 1;',
      'this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1)); -> this.grow(Math.min(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1));',
      'this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1)); -> this.grow(Math.max(pages, 1), Math.min(containers, 1) + 1, Math.max(tasks, 1));',
      'this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1)); -> this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.min(tasks, 1));',
      'this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1)); -> this.grow(Math.max(pages, 2), Math.max(containers, 1) + 1, Math.max(tasks, 1));',
      'this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1)); -> this.grow(Math.max(pages, 1), Math.max(containers, 2) + 1, Math.max(tasks, 1));',
      'this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 1)); -> this.grow(Math.max(pages, 1), Math.max(containers, 1) + 1, Math.max(tasks, 2));',
      'words: Int32Array = new Int32Array(0); -> words: Int32Array = new Int32Array(1);',
      'doubles: Float64Array = new Float64Array(0); -> doubles: Float64Array = new Float64Array(1);',
      'slots = 0; -> slots = 1;',
    ],
  },
  {
    reason: 'page 0 is there from the start',
    changes: [
      'if (!(id >= 0)) throw -> if (!(id > 0)) throw',
      'if (!(id >= 0)) throw -> if (!(id >= 1)) throw',
    ],
  },
  {
    reason: 'a page that was mapped has an owner (OwnedIffMapped): null is a word of its type',
    changes: ['if (owner === null) return state; -> if (false) return state;'],
  },
  {
    reason: '2^27 pages do not fit into a test',
    changes: [
      'if (pages > MOST || slots > MOST / 4 || tasks > MOST) -> if (pages >= MOST || slots > MOST / 4 || tasks > MOST)',
      'if (pages > MOST || slots > MOST / 4 || tasks > MOST) -> if (pages > MOST || slots >= MOST / 4 || tasks > MOST)',
      'if (pages > MOST || slots > MOST / 4 || tasks > MOST) -> if (pages > MOST || slots > MOST / 4 || tasks >= MOST)',
    ],
  },
  {
    reason: 'a move that is not known is refused before any run',
    changes: ['if (!action) -> if (false)'],
  },
  {
    reason:
      'a new array is 0 already, and the first link of a page that is on no list is written before it is read',
    changes: [
      'for (let field = 0; field < 8; field++) { -> for (let field = 0; field <= 8; field++) {',
      'for (let field = 0; field < 8; field++) { -> for (let field = 1; field < 8; field++) {',
      'if (value !== 0) for (let at = from | field; at < to; at += 8) words[at] = value; -> if (true) for (let at = from | field; at < to; at += 8) words[at] = value;',
      'if (value !== 0) for (let at = from | field; at < to; at += 8) words[at] = value; -> if (value !== 0) for (let at = from | field; at <= to; at += 8) words[at] = value;',
      'if (value !== 0) for (let at = from | field; at < to; at += 8) words[at] = value; -> if (value !== 1) for (let at = from | field; at < to; at += 8) words[at] = value;',
    ],
  },
  {
    reason: 'nodes that are given back are not taken again: more memory, the same answers',
    changes: [
      'if (node !== NONE) this.free = this.nextOfPage[node]; -> if (false) this.free = this.nextOfPage[node];',
      'without: this.free = node;',
    ],
  },
  {
    reason: 'without pages the lists that are passed on are empty',
    changes: [
      'if (!parent || own(from) === 0) return state; -> if (!parent && own(from) === 0) return state;',
    ],
  },
  {
    reason: 'taken pages leave the list at once, wherever on it they lie',
    changes: ['inactive: [...inactive, ...still] -> inactive: [...still, ...inactive]'],
  },
  {
    reason: 'where nobody inherits and nothing is locked, there is nothing to do: the test saves a call',
    changes: [
      'if (w[p | PINS] !== 0 || w[p | OTHERS] !== NONE) inherit(this, p); -> if (true) inherit(this, p);',
    ],
  },
  {
    reason: 'the ids are sorted afterwards',
    changes: [
      'found.push(t); -> found.unshift(t);',
      'for (const [id, task] of state.tasks) if (task.container === c) ids.push(id); -> for (const [id, task] of state.tasks) if (task.container === c) ids.unshift(id);',
    ],
  },
  {
    reason: "the order of a task's locks, and of the referenced bits, is not seen",
    changes: [
      'if (!state.referenced.includes(p)) return { ...state, referenced: append(state.referenced, p) }; -> if (!state.referenced.includes(p)) return { ...state, referenced: prepend(p, state.referenced) };',
      'return done(pins.includes(p) ? state : withTask(state, t, { pins: append(pins, p) })); -> return done(pins.includes(p) ? state : withTask(state, t, { pins: prepend(p, pins) }));',
    ],
  },
  {
    reason: 'a list without the page, and owner and mappers of a page that nobody maps, stay as they are',
    changes: [
      'if (!task.maps.includes(p)) return state; -> if (false) return state;',
      'if (task.maps.includes(p)) -> if (true)',
    ],
  },
  {
    reason: 'what is reclaimed nobody has locked',
    changes: [
      'tasks.set(t, { ...task, maps: without(task.maps, p), pins: without(task.pins, p) }); -> tasks.set(t, { ...task, maps: without(task.maps, p), pins: task.pins });',
    ],
  },
];
