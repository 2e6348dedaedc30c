// What a memory holds that a snapshot does not see (memory.ts), read off the objects and the texts of their classes. Closures and modules hide
// without a trace: they are found out by what the subject does (audit.ts).

import { types } from 'node:util';

/** The first part of a memory that cannot be seen, in words, or null; objects that are fine are not asked. */
export function unseen(root: unknown, isFine: (value: object) => boolean = () => false): string | null {
  const seen = new Set<object>();
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) continue;
    const hidden = isFine(value) ? null : hiddenIn(value);
    if (hidden) return hidden;
    if (value instanceof Map) for (const [key, item] of value) rest.push(key, item);
    else if (value instanceof Set) rest.push(...value);
    else for (const part of Object.values(value)) rest.push(part);
  }
  return null;
}

function hiddenIn(value: object): string | null {
  const name = value.constructor?.name ?? 'an object';
  if (isClosed(value)) return `a ${name}`;
  if (Array.isArray(value)) return null;
  const isTable = value instanceof Map || value instanceof Set;
  if (isTable && Object.keys(value).length > 0) return `a ${name} with fields of its own`;
  for (const field of Reflect.ownKeys(value)) {
    if (typeof field === 'symbol') return `${name} has a field ${String(field)}`;
    if (!Object.prototype.propertyIsEnumerable.call(value, field))
      return `${name} has a field ${field} that is not enumerable`;
  }
  return privatesOf(value);
}

/** Objects of the language that keep something inside. */
const isClosed = (value: object): boolean =>
  types.isDate(value) ||
  types.isPromise(value) ||
  types.isWeakMap(value) ||
  types.isWeakSet(value) ||
  types.isProxy(value) ||
  types.isRegExp(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isGeneratorObject(value) ||
  types.isMapIterator(value) ||
  types.isSetIterator(value) ||
  types.isBoxedPrimitive(value) ||
  value instanceof DataView ||
  value instanceof WeakRef;

/** Private fields, as they are written, or as compilers for older engines write them. */
const PRIVATE = /(?<=\bthis\.)#[\w$]+|(?<=^\s*(?:readonly\s+)?)#[\w$]+(?=\s*[;=])/gm;
const COMPILED = /\b(?:__privateGet|__privateAdd|__classPrivateFieldGet|_classPrivateFieldGet)\w*\(/;
const privates = new Map<object, string | null>();

/** The private fields of an object's class and of those that it extends, in words, or null. */
function privatesOf(value: object): string | null {
  for (let proto = Object.getPrototypeOf(value); proto; proto = Object.getPrototypeOf(proto)) {
    const Class: unknown = proto.constructor;
    if (typeof Class !== 'function' || Class === Object) return null;
    if (!privates.has(Class)) privates.set(Class, privatesIn(Class.name, String(Class)));
    const found = privates.get(Class);
    if (found) return found;
  }
  return null;
}

function privatesIn(name: string, text: string): string | null {
  const names = [...new Set(text.match(PRIVATE))];
  if (names.length > 0) return `${name} has private fields, ${names.join(' ')}`;
  return COMPILED.test(text) ? `${name} has private fields` : null;
}
