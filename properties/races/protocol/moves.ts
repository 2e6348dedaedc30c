// The moves of a scope, as the checker wants them: each step of each thread, with the arguments of the operation that it begins.

import type { Move } from '../../../checker/index.ts';
import type { Operation, Scope, Step } from '../../../model/protocol/index.ts';

const kinds: { readonly [name: string]: string } = {
  touch: 'p',
  unmap: 'p',
  exit: '',
  fork: 't',
  move: 'tc',
  setLimit: 'cn',
  mkdir: 'c',
  rmdir: 'c',
  truncate: 'p',
  scan: 'c',
  age: 'c',
};

const endings = ['die', 'exit', 'del', 'put', 'leave'];

/** The steps that an operation can take after its first. */
const stepsOf: { readonly [name: string]: readonly string[] } = {
  touch: [
    'look',
    'activate',
    'prepare',
    'attempt',
    'reclaim',
    'take',
    'del',
    'put',
    'kill',
    'lock',
    'commit',
    'add',
    'release',
    'drop',
    'again',
  ],
  unmap: ['del', 'put'],
  exit: ['exit', 'del', 'put', 'leave'],
  fork: ['join'],
  truncate: ['take', 'del', 'put'],
  scan: ['take', 'del', 'put'],
  rmdir: ['destroy'],
};

export interface Moves {
  readonly moves: readonly Move[];
  stepOf(move: Move): Step;
}

/** `extra`: steps that a mutated protocol has and this one has not. */
export function movesOf(scope: Scope, extra: readonly string[] = []): Moves {
  const steps: Step[] = scope.threads.flatMap(({ task, program }, thread) => {
    const menu = new Map(program.flat().map((operation) => [operation.join(), operation]));
    const names = new Set(task === null ? [] : endings);
    for (const [name] of menu.values()) for (const step of stepsOf[name] ?? []) names.add(step);
    for (const name of extra) names.add(name);
    const begun = [...menu.values()].map((operation) => ({ thread, name: operation[0], operation }));
    return [...begun, ...[...names].map((name) => ({ thread, name, operation: null }))];
  });
  const moves = steps.map(moveOf);
  const byMove = new Map(moves.map((move, i) => [move, steps[i]]));
  const byText = new Map(moves.map((move, i) => [textOf(move), steps[i]]));
  return { moves, stepOf: (move) => (byMove.get(move) ?? byText.get(textOf(move))) as Step };
}

const textOf = ({ name, args }: Move): string => `${name} ${args.join(' ')}`;

const moveOf = ({ thread, name, operation }: Step): Move => ({
  // An inner step may be called as an operation is ("exit"); the dots keep the two apart on paper.
  name: operation ? name : `.${name}`,
  args: [`k${thread}`, ...(operation ? argsOf(operation) : [])],
});

export const argsOf = ([name, ...args]: Operation): string[] =>
  args.map((value, i) => `${kinds[name][i] === 'n' ? '' : kinds[name][i]}${value}`);

/** The operation that `argsOf` writes so: `touch p0`, `setLimit c0 2`. @throws RangeError if there is none */
export function operationOf(text: string): Operation {
  const [name, ...words] = text.split(' ');
  const operation = [
    name,
    ...words.map((word) => Number(word.replace(/^[ctp]/, ''))),
  ] as unknown as Operation;
  if (words.length !== kinds[name]?.length || String(argsOf(operation)) !== String(words))
    throw new RangeError(`no operation of the protocol is: ${text}`);
  return operation;
}
