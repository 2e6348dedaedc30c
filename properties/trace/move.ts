// Moves on paper: `touch t1 p0` in texts, ["touch","t1","p0"] in JSON. What the arguments are is in args.ts.

import * as Schema from '@effect/schema/Schema';
import { type Arg, type ArgKind, type Move, moveOf, ROOT, type Scope } from '../../model/index.ts';
import { argKind, argKinds, argLetter } from './args.ts';

export const moveNames: readonly string[] = [...argKinds.keys()];

function argText(kind: ArgKind | undefined, arg: Arg): string {
  if (kind === 'container' && Number(arg) === ROOT) return 'root';
  return `${kind ? argLetter[kind] : ''}${arg}`;
}

/** `touch t1 p0` */
export const moveText = ([name, ...args]: Move): string =>
  [name, ...args.map((arg, i) => argText(argKind(name, i), arg))].join(' ');

export type MoveJson = readonly (string | number)[];

/** ["touch","t1","p0"]; a limit is a number, beyond 2^53 a string of digits. */
export function moveToJson([name, ...args]: Move): MoveJson {
  return [
    name,
    ...args.map((arg, i) => {
      if (argKind(name, i) !== 'limit') return argText(argKind(name, i), arg);
      return Number.isSafeInteger(Number(arg)) ? Number(arg) : String(arg);
    }),
  ];
}

/** @throws SyntaxError that says what is wrong and what would be legal. */
export function moveFromJson(json: unknown): Move {
  if (!Array.isArray(json) || typeof json[0] !== 'string') {
    throw new SyntaxError(`a move is an array like ["touch","t0","p0"], not ${JSON.stringify(json)}`);
  }
  const [name, ...args] = json;
  const expected = argKinds.get(name);
  if (!expected)
    throw new SyntaxError(`no move is called ${JSON.stringify(name)}; there are: ${moveNames.join(' ')}`);
  if (args.length !== expected.length && !(name === 'mkdir' && args.length === 2)) {
    throw new SyntaxError(
      `${name} takes ${expected.length} arguments (${expected.join(', ')}), not ${args.length}`,
    );
  }
  return moveOf(
    name,
    args.map((arg, i) => argFromJson(name, argKind(name, i) as ArgKind, arg)),
  );
}

/** `touch t1 p0, setLimit c0 2`, as people write moves; nothing: none. @throws SyntaxError */
export const movesFromText = (text: string): Move[] =>
  text
    .split(', ')
    .filter((move) => move !== '')
    .map((move) =>
      moveFromJson(move.split(' ').map((word) => (/^[0-9]+$/.test(word) ? Number(word) : word))),
    );

function argFromJson(name: string, kind: ArgKind, json: unknown): Arg {
  if (kind === 'limit') {
    if (typeof json === 'number' && Number.isSafeInteger(json)) return json;
    if (typeof json === 'string' && /^-?[0-9]{1,40}$/.test(json)) return BigInt(json);
    throw new SyntaxError(`${name} takes a limit in pages, like 3, not ${JSON.stringify(json)}`);
  }
  if (kind === 'container' && json === 'root') return ROOT;
  const letter = argLetter[kind];
  const match = typeof json === 'string' && new RegExp(`^${letter}([0-9]{1,9})$`).exec(json);
  if (!match) throw new SyntaxError(`${name} takes a ${kind}, like ${letter}0, not ${JSON.stringify(json)}`);
  return Number(match[1]);
}

/** The first argument that a scope has no room for, in words; or null. */
export function outsideScope([name, ...args]: Move, scope: Scope): string | null {
  for (let i = 0; i < args.length; i++) {
    const kind = argKind(name, i);
    if (kind === undefined || kind === 'limit' || (kind === 'container' && args[i] === ROOT)) continue;
    const count = { container: scope.containers, task: scope.tasks, page: scope.pages }[kind];
    if (Number(args[i]) >= count)
      return `${argText(kind, args[i])} is outside its scope, which has ${count} ${kind}s`;
  }
  return null;
}

/** The smallest scope that holds all moves: what they name, and the largest limit they set. */
export function scopeOf(moves: readonly Move[]): Scope {
  const most = { container: 0, task: 0, page: 0, limit: 0 };
  for (const [name, ...args] of moves) {
    args.forEach((arg, i) => {
      const kind = argKind(name, i);
      if (kind === undefined) return;
      const least = kind === 'limit' ? Number(arg) : Number(arg) + 1;
      most[kind] = Math.max(most[kind], Number.isSafeInteger(least) ? least : 0);
    });
  }
  return { containers: most.container, tasks: most.task, pages: most.page, limit: most.limit };
}

/** Whatever lies in the one scope lies in the other, too. */
export const isInside = (inner: Scope, outer: Scope): boolean =>
  inner.containers <= outer.containers &&
  inner.tasks <= outer.tasks &&
  inner.pages <= outer.pages &&
  inner.limit <= outer.limit;

export const scopeText = ({ containers, tasks, pages, limit }: Scope): string =>
  `${containers}/${tasks}/${pages}/${limit}`;

/** The scope of `2/2/2/2`: containers, tasks, pages, limit. @throws SyntaxError */
export function scopeFromText(text: string): Scope {
  const sizes = /^(\d+)\/(\d+)\/(\d+)\/(\d+)$/.exec(text)?.slice(1).map(Number);
  if (!sizes) throw new SyntaxError(`its scope is "${text.slice(0, 40)}", which is not C/T/P/L`);
  const [containers, tasks, pages, limit] = sizes;
  return { containers, tasks, pages, limit };
}

const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }));

export const ScopeSchema = Schema.Struct({ containers: count, tasks: count, pages: count, limit: count });
