// The image of a packed state under a renaming of containers, tasks and pages: fields change places, sets of pages change bits.

import type { ModelKind } from './judging.ts';
import type { Fields, Layout } from './layout.ts';
import { type Renaming, renamings } from './symmetries.ts';

/** One renaming as tables: where each field comes from, whether it is a set of pages, what becomes of its value. */
interface Table {
  readonly from: Int32Array;
  /** By field: the table that its value goes through. */
  readonly values: readonly Int32Array[];
}

export class Images {
  readonly count: number;
  readonly #layout: Layout;
  readonly #tables: readonly Table[];
  readonly #fields: Fields;
  readonly #image: Fields;

  constructor(kind: ModelKind, layout: Layout) {
    this.#layout = layout;
    this.#fields = new Int32Array(layout.size);
    this.#image = new Int32Array(layout.size);
    this.#tables = renamings(kind, layout.scope, layout.nested).map((renaming) => tableOf(layout, renaming));
    this.count = this.#tables.length;
  }

  image(words: Uint32Array, at: number, out: Uint32Array, symmetry: number): void {
    const { from, values } = this.#tables[symmetry];
    const fields = this.#fields;
    const image = this.#image;
    this.#layout.unpack(words, at, fields);
    for (let i = 0; i < from.length; i++) image[i] = values[i][fields[from[i]]];
    this.#layout.pack(image, out, 0);
  }
}

function tableOf(layout: Layout, { containers, tasks, pages }: Renaming): Table {
  const { at, slots, scope, unlimited } = layout;
  const slot = (s: number) => (s < scope.containers ? containers[s] : s);
  const same = Int32Array.from({ length: Math.max(unlimited + 1, scope.pages) }, (_, i) => i);
  const sets = Int32Array.from({ length: 2 ** scope.pages }, (_, set) =>
    pages.reduce((image, to, p) => (set & (1 << p) ? image | (1 << to) : image), 0),
  );
  const owners = Int32Array.from({ length: scope.containers + 1 }, (_, c) =>
    c === 0 ? 0 : containers[c - 1] + 1,
  );
  const lists = Int32Array.from({ length: 1 + slots * 2 }, (_, list) =>
    list === 0 ? 0 : 1 + slot((list - 1) >> 1) * 2 + ((list - 1) & 1),
  );
  const from = new Int32Array(layout.size);
  const values = new Array<Int32Array>(layout.size);
  const place = (group: number, renamed: readonly number[], through: Int32Array) => {
    renamed.forEach((to, i) => {
      from[group + to] = group + i;
      values[group + to] = through;
    });
  };
  place(at.limit, containers, same);
  if (layout.nested) place(at.parent, containers, owners);
  place(at.container, tasks, owners);
  place(at.maps, tasks, sets);
  place(at.pins, tasks, sets);
  if (layout.lists) {
    place(at.list, pages, lists);
    place(at.place, pages, same);
    place(at.referenced, [0], sets);
  } else {
    place(
      at.owned,
      Array.from({ length: slots }, (_, s) => slot(s)),
      sets,
    );
  }
  return { from, values };
}
