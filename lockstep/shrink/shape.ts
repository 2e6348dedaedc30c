// Objects with the same fields, and functions made for them: V8 reads a field by a name that stands in the code ten times as fast as by a variable.

export type Fields = Record<string, unknown>;

/** Takes what is in the fields: a word, or whatever it is. */
interface Adder {
  add(word: number): void;
  value(value: unknown): void;
}

export interface Shape {
  readonly keys: readonly string[];
  /** Adds the names and what is in the fields. */
  hash(object: Fields, hash: Adder): void;
  read(object: Fields): unknown[];
  /** Writes back what is not as it was read. */
  write(object: Fields, values: readonly unknown[]): void;
  same(object: Fields, values: readonly unknown[]): boolean;
}

/** The last shapes that objects of a class had; most classes have one. */
const byClass = new WeakMap<object, Shape[]>();
const LAST = 12;
const NOTHING = {};

export function shapeOf(object: object): Shape {
  const Class = Object.getPrototypeOf(object) ?? NOTHING;
  let last = byClass.get(Class);
  if (!last) byClass.set(Class, (last = []));
  for (let i = 0; i < last.length; i++) if (hasShape(object, last[i])) return last[i];
  const shape = made(keysOf(object));
  if (last.length === LAST) last.length = 0;
  last.push(shape);
  return shape;
}

/** Does the object have these fields, and no others, in this order? */
export function hasShape(object: object, { keys }: Shape): boolean {
  let i = 0;
  for (const key in object) if (keys[i++] !== key) return false;
  return i === keys.length;
}

function keysOf(object: object): string[] {
  const keys: string[] = [];
  for (const key in object) keys.push(key);
  return keys;
}

function wordOf(text: string, seed: number): number {
  let word = seed;
  for (let i = 0; i < text.length; i++)
    word = Math.imul(word ^ text.charCodeAt(i), 0x01000193) ^ (word >>> 15);
  return word;
}

const shapes = new Map<string, Shape>();
/** Objects that are tables have ever new fields: those that come later have no functions of their own. */
const MOST = 300;

function made(keys: readonly string[]): Shape {
  const name = JSON.stringify(keys);
  const known = shapes.get(name);
  if (known) return known;
  const shape = shapes.size < MOST ? compiled(keys, name) : plain(keys, name);
  if (shapes.size < MOST) shapes.set(name, shape);
  return shape;
}

const plain = (keys: readonly string[], name: string): Shape => ({
  keys,
  hash(object, hash) {
    hash.add(wordOf(name, 1));
    hash.add(wordOf(name, 2));
    for (const key of keys) hash.value(object[key]);
  },
  read: (object) => keys.map((key) => object[key]),
  write(object, values) {
    for (const [i, key] of keys.entries()) if (object[key] !== values[i]) object[key] = values[i];
  },
  same: (object, values) => keys.every((key, i) => object[key] === values[i]),
});

function compiled(keys: readonly string[], name: string): Shape {
  const each = (code: (field: string, i: number) => string) =>
    keys.map((key, i) => code(`o[${JSON.stringify(key)}]`, i));
  const isWord = "typeof v === 'number' && (v | 0) === v";
  const adds = each((field) => `v = ${field}; if (${isWord}) h.add(v); else h.value(v);`);
  const writes = each((field, i) => `if (${field} !== v[${i}]) ${field} = v[${i}];`);
  const equal = each((field, i) => `${field} === v[${i}]`);
  return {
    keys,
    hash: new Function(
      'o',
      'h',
      `let v; h.add(${wordOf(name, 1)}); h.add(${wordOf(name, 2)}); ${adds.join('\n')}`,
    ),
    read: new Function('o', `return [${each((field) => field).join(', ')}]`),
    write: new Function('o', 'v', writes.join('\n')),
    same: new Function('o', 'v', `return ${equal.join(' && ') || 'true'}`),
  } as unknown as Shape;
}
