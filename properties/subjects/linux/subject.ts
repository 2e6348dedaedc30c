// The kernel as a subject: its choices (what it reclaims, whom it kills) are fed back to the contract, which says whether they were legal.

import { BrokerError, type Seen, Session, type SessionOptions } from '../../../impl/linux/index.ts';
import { NotAlive } from '../../../lockstep/index.ts';
import type { Move } from '../../../model/index.ts';
import { moveText } from '../../trace/move.ts';
import type { Answer } from '../../view/answer.ts';
import type { Observed, Size, View } from '../../view/view.ts';
import type { OutsideSubject } from '../subject.ts';
import { KernelContradiction, kernelShows, viewOfKernel } from './seen.ts';

/** Told of every new world, and of every move with what the kernel showed after it. */
export interface Witness {
  begin(size: Size): void;
  saw(move: Move, seen: Seen): void;
  end(): void;
}

export class LinuxSubject implements OutsideSubject {
  readonly name: string = 'linux';
  readonly observed: Observed = kernelShows;
  readonly relation = 'contract';
  readonly #session: Session;
  readonly #witness: Witness | undefined;

  static async open(options: SessionOptions = {}, witness?: Witness): Promise<LinuxSubject> {
    return new LinuxSubject(await Session.open(options), witness);
  }

  private constructor(session: Session, witness: Witness | undefined) {
    this.#session = session;
    this.#witness = witness;
  }

  /** The broker's process. */
  get pid(): number {
    return this.#session.pid;
  }

  async reset(size: Size): Promise<void> {
    this.#witness?.begin(size);
    await this.#session.reset(size).catch(asNotAlive('reset'));
  }

  async apply(move: Move, view: View): Promise<Answer> {
    const seen = await this.#session.apply(move).catch(asNotAlive(moveText(move)));
    this.#witness?.saw(move, seen);
    return show(move, seen, view);
  }

  /** The independent proof of every usage and every lock; null if it confirms `view`. */
  async census(view: View): Promise<string | null> {
    const { census, locked } = await this.#session.census();
    for (const [c, frames] of census) {
      const usage = view.usage[view.slotOf(c)];
      if (frames !== usage)
        return `${c < 0 ? 'the root' : `c${c}`} has usage ${usage}, the machine's frames say ${frames}`;
    }
    for (const [t, pages] of locked) {
      for (let p = 0; p < view.size.pages; p++) {
        const pinned = (view.maps[t * view.size.pages + p] & 2) !== 0;
        if (pinned !== pages.includes(p))
          return `t${t} has p${p} ${pinned ? '' : 'not '}locked, smaps says otherwise`;
      }
    }
    return null;
  }

  close(): Promise<void> {
    this.#witness?.end();
    return this.#session.close();
  }
}

/** Fills the view with what the kernel showed after a move. @throws NotAlive if its books contradict each other */
export function show(move: Move, seen: Seen, view: View): Answer {
  try {
    viewOfKernel(seen, view);
  } catch (error) {
    if (error instanceof KernelContradiction) throw new NotAlive(`after ${moveText(move)}: ${error.message}`);
    throw error;
  }
  return answerOf(seen);
}

const asNotAlive = (what: string) => (error: unknown) => {
  if (error instanceof BrokerError) throw new NotAlive(`on ${what}: ${error.message}`);
  throw error;
};

export const answerOf = ({ outcome, events }: Pick<Seen, 'outcome' | 'events'>): Answer => ({
  outcome,
  killed: events.filter(([kind]) => kind === 'killed').map(([, t]) => t),
  reclaimed: events.filter(([kind]) => kind === 'reclaimed').map(([, p]) => p),
});
