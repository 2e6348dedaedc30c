// The controller's moves as commands of fast-check, as one writes them with the library's own means: random arguments, always enabled.

import fc from 'fast-check';
import { type Move, moveOf } from '../model/index.ts';
import type { ControllerSubject } from '../properties/subjects/controller.ts';
import type { Specification } from '../properties/subjects/subject.ts';
import { answersDiffer } from '../properties/view/answer.ts';
import { difference, type Size, View } from '../properties/view/view.ts';

/** Compares the answer and the whole view with the specification, as a hunt does. */
class MoveCommand implements fc.Command<Specification, ControllerSubject> {
  readonly move: Move;
  readonly #views: readonly [View, View];
  readonly #ran: () => void;

  constructor(move: Move, views: readonly [View, View], ran: () => void) {
    this.move = move;
    this.#views = views;
    this.#ran = ran;
  }

  check(): boolean {
    return true;
  }

  run(spec: Specification, real: ControllerSubject): void {
    this.#ran();
    const [mine, theirs] = this.#views;
    const answer = real.apply(this.move);
    const expected = spec.apply(this.move);
    real.look(mine);
    spec.look(theirs);
    const differs = answersDiffer(answer, expected) ?? difference(mine, theirs);
    if (differs) throw new Error(differs);
  }

  toString(): string {
    return this.move.join(' ');
  }
}

/** `ran` is told of each command that is run. */
export function commandsOf(size: Size, ran = () => {}): fc.Arbitrary<MoveCommand>[] {
  const views = [new View(size), new View(size)] as const;
  const c = fc.nat(size.containers - 1);
  const t = fc.nat(size.tasks - 1);
  const p = fc.nat(size.pages - 1);
  const command = (name: string, ...args: fc.Arbitrary<number>[]) =>
    fc.tuple(...args).map((values) => new MoveCommand(moveOf(name, values), views, ran));
  return [
    command('mkdir', c),
    command('rmdir', c),
    command('spawn', t, c),
    command('fork', t, t),
    command('exit', t),
    command('move', t, c),
    command('touch', t, p),
    command('unmap', t, p),
    command('copy', t, p, p),
    command('pin', t, p),
    command('unpin', t, p),
    command('setLimit', c, fc.nat(4)),
    command('evict', p),
  ];
}
