// What is judged: anything that takes moves and can be looked at. The specification itself is one, so that the harness can be tested on it.

import type * as lockstep from '../../lockstep/index.ts';
import * as shipped from '../../model/index.ts';
import { type Chooser, lru, type Move, type Profile, type State } from '../../model/index.ts';
import type { Rss } from '../domain/kinds.ts';
import type { Answer } from '../view/answer.ts';
import { everything, type Observed, type View, viewOfState } from '../view/view.ts';

/** A controller in this process. Programs that speak the line protocol, and the kernel, are driven by `properties/subjects/program.ts`. */
export interface Subject extends lockstep.Subject<Rss> {
  readonly name: string;
  readonly observed: Observed;
}

/** Makes a move and looks at what it left. The answer stays as it is when the next move begins. */
export function observe(subject: Subject, move: Move, view: View): Answer {
  const { outcome, killed, reclaimed } = subject.apply(move);
  subject.look(view);
  return { outcome, killed: [...killed], reclaimed: [...reclaimed] };
}

/** A controller outside this process: a program that speaks the line protocol, or the kernel. Every answer comes with what is seen after it. */
export interface OutsideSubject extends lockstep.OpenSubject<Rss> {
  readonly name: string;
  readonly observed: Observed;
  /** What it is to be held against: the LRU spec in everything observed, or the contract, with its own choices fed back. */
  readonly relation: 'lru' | 'contract';
  /** The look after moves that were made by `act`, when it is time: where nobody compares in between. */
  see?(view: View): Promise<void>;
}

/** The executable specification as a subject. */
export class Specification implements Subject {
  readonly name: string;
  readonly observed = everything;
  readonly profile: Profile;
  readonly #choose: Chooser;
  readonly #root: boolean;
  readonly #model: Pick<typeof shipped, 'initial' | 'step'>;
  state: State;

  /** `model`: the one that ships, or a changed copy of it, to which profile and chooser then belong. */
  constructor(
    profile: Profile,
    choose: Chooser = lru,
    root = profile.root,
    model: Pick<typeof shipped, 'initial' | 'step'> = shipped,
  ) {
    this.name = 'lru';
    this.profile = profile;
    this.#choose = choose;
    this.#root = root;
    this.#model = model;
    this.state = model.initial(profile, root);
  }

  reset(): void {
    this.state = this.#model.initial(this.profile, this.#root);
  }

  apply(move: Move): Answer {
    const next = this.#model.step(this.state, move, this.#choose);
    this.state = next.state;
    return next;
  }

  look(view: View): View {
    return viewOfState(this.state, view);
  }
}
