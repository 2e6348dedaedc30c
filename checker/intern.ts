// A model without a packing: each state gets a number when its value is first seen. Slower, one thread, no checkpoints; good for small models.

import { ModelDefect, OptionError } from './error.ts';
import type { Model } from './model.ts';
import type { CheckOptions } from './report.ts';

/** A model that leaves out `width`, `pack` and `unpack`: two states are one if they are equal part by part. */
export type SmallModel<State> = Omit<Model<State>, 'width' | 'pack' | 'unpack'>;

const known = new WeakMap<object, unknown>();

/** The model with a packing: its own, or numbers. The same model has the same numbers each time. */
export function packed<State>(model: Model<State> | SmallModel<State>): Model<State> {
  if (!isSmall(model)) return model;
  let made = known.get(model) as Model<State> | undefined;
  if (!made) known.set(model, (made = interned(model)));
  return made;
}

export const isSmall = <State>(model: Model<State> | SmallModel<State>): model is SmallModel<State> =>
  !('pack' in model) && !('unpack' in model) && !('width' in model);

/** Numbers live in one thread, and for one process. @throws OptionError */
export function refuseForSmall({ workers = 1, checkpoint, resume }: CheckOptions): void {
  const needs = 'a model with width, pack and unpack';
  if (workers > 1) throw new OptionError(`workers: ${workers} threads need ${needs}`);
  if (checkpoint !== undefined || resume !== undefined)
    throw new OptionError(`${resume === undefined ? 'checkpoint' : 'resume'}: a saved search needs ${needs}`);
}

function interned<State>(model: SmallModel<State>): Model<State> {
  const numbers = new Map<string, number>();
  const states: State[] = [];
  return {
    ...model,
    width: 1,
    pack(state, words, at) {
      const key = valueText(state);
      let number = numbers.get(key);
      if (number === undefined) {
        number = states.length;
        numbers.set(key, number);
        states.push(state);
      }
      words[at] = number;
    },
    unpack: (words, at) => states[words[at]!]!,
  };
}

/** A text that equal values share, and no others: members of objects, maps and sets in any order. @throws ModelDefect for what has no value */
export function valueText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new ModelDefect(
      `a state holds a ${typeof value}, which has no value to compare (legal: plain data, or pack and unpack)`,
      null,
      String(value).slice(0, 80),
    );
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join()}]`;
  if (ArrayBuffer.isView(value)) return `view[${[...(value as Uint8Array)].map(valueText).join()}]`;
  if (value instanceof Set) return `set{${[...value].map(valueText).sort().join()}}`;
  if (value instanceof Map) return `map${membersText([...value])}`;
  if (hides(value)) {
    const name = value.constructor?.name ?? 'object';
    throw new ModelDefect(
      `a state holds a ${name}, of which not all can be compared (legal: plain data, or pack and unpack)`,
      null,
      name,
    );
  }
  return membersText(Object.entries(value));
}

const membersText = (entries: readonly (readonly [unknown, unknown])[]): string =>
  `{${entries
    .map(([name, member]) => `${valueText(name)}:${valueText(member)}`)
    .sort()
    .join()}}`;

/** Only a plain object shows all of itself: a Date, a class with private fields, a symbol as a key do not. */
function hides(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return !isPlain || Reflect.ownKeys(value).length !== Object.keys(value).length;
}
