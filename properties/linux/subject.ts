// The kernel as a subject: its choices (what it reclaims, whom it kills) are fed back to the contract, which says whether they were legal.

import { type Seen, Session, type SessionOptions } from '../../impl/linux/index.ts';
import type { Move } from '../../model/index.ts';
import type { Answer, OutsideSubject } from '../subject.ts';
import type { Observed, Size, View } from '../view.ts';
import { kernelShows, viewOfKernel } from './seen.ts';

export class LinuxSubject implements OutsideSubject {
  readonly name = 'linux';
  readonly observed: Observed = kernelShows;
  readonly relation = 'contract';
  readonly #session: Session;
  /** Told of every move and of what the kernel showed: a recording. */
  readonly #witness: (move: Move, seen: Seen) => void;

  static async open(options: SessionOptions = {}, witness: (move: Move, seen: Seen) => void = () => {}) {
    return new LinuxSubject(await Session.open(options), witness);
  }

  private constructor(session: Session, witness: (move: Move, seen: Seen) => void) {
    this.#session = session;
    this.#witness = witness;
  }

  /** The broker's process. */
  get pid(): number {
    return this.#session.pid;
  }

  reset(size: Size): Promise<void> {
    return this.#session.reset(size);
  }

  async apply(move: Move, view: View): Promise<Answer> {
    const seen = await this.#session.apply(move);
    this.#witness(move, seen);
    viewOfKernel(seen, view);
    return answerOf(seen);
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
    return this.#session.close();
  }
}

export const answerOf = ({ outcome, events }: Pick<Seen, 'outcome' | 'events'>): Answer => ({
  outcome,
  killed: events.filter(([kind]) => kind === 'killed').map(([, t]) => t),
  reclaimed: events.filter(([kind]) => kind === 'reclaimed').map(([, p]) => p),
});
