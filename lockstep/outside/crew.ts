// Several processes of one subject outside this process, side by side: each plays what it is given, and starts anew when it has failed.

import {
  type Ahead,
  type Domain,
  deathIn,
  type Kinds,
  NotAlive,
  noneIfGone,
  type Observed,
  type OpenSubject,
} from '../domain.ts';

/** A move of a run, with what its player wants to know it by. */
export interface Planned<K extends Kinds> extends Ahead<K> {
  readonly tag: number;
}

/** Told of each answer, with what is seen if somebody looks, or of the failure to answer. False ends the run. */
export type Heard<K extends Kinds> = (
  run: number,
  step: number,
  answer: K['answer'] | NotAlive,
  view: K['view'] | null,
) => boolean;

export class Walker<K extends Kinds> {
  readonly #open: () => Promise<OpenSubject<K>>;
  readonly #size: K['size'];
  readonly #view: K['view'];
  subject: OpenSubject<K>;
  #isTold = true;
  /** Moves that it was sent. */
  sent = 0;
  /** It failed, and then did not start again: why. Nothing more is asked of it. */
  gone: NotAlive | null = null;

  constructor(
    open: () => Promise<OpenSubject<K>>,
    subject: OpenSubject<K>,
    domain: Domain<K>,
    size: K['size'],
  ) {
    this.#open = open;
    this.subject = subject;
    this.#size = size;
    this.#view = domain.blank?.(size);
  }

  /** Plays the runs, each from a reset, all told ahead; what is not heard to its end is forgotten. */
  async play(runs: readonly (readonly Ahead<K>[])[], heard: Heard<K>): Promise<void> {
    this.#tell(runs);
    for (const [r, run] of runs.entries()) {
      let step = 0;
      try {
        await this.subject.reset(this.#size);
        for (; step < run.length; step++) {
          const [answer, view] = await this.#ask(run[step]);
          if (!heard(r, step, answer, view)) return;
        }
      } catch (error) {
        if (!(error instanceof NotAlive)) throw error;
        await this.restart();
        if (!this.gone && (await this.#listens(run, step))) {
          // It answers one line at a time: as it is asked from now on, this run and the others once more.
          this.#isTold = false;
          return this.play(runs.slice(r), (r2, ...told) =>
            r2 === 0 && told[0] < step ? true : heard(r + r2, ...told),
          );
        }
        if (!heard(r, step, error, null) || this.gone) return;
        // The rest was told to one that is gone.
        this.#tell(runs.slice(r + 1));
      }
    }
  }

  #tell(runs: readonly (readonly Ahead<K>[])[]): void {
    if (this.#isTold) this.subject.ahead?.(runs);
  }

  /** Of a subject that failed when it was told ahead: does it get beyond that move if it is not? It is then, or again, new. */
  async #listens(run: readonly Ahead<K>[], step: number): Promise<boolean> {
    if (!this.#isTold || !this.subject.ahead) return false;
    try {
      await this.subject.reset(this.#size);
      for (const asked of run.slice(0, step + 1)) await this.#ask(asked);
      return true;
    } catch (error) {
      if (!(error instanceof NotAlive)) throw error;
      await this.restart();
      return false;
    }
  }

  async #ask({ move, look }: Ahead<K>): Promise<[K['answer'], K['view'] | null]> {
    this.sent++;
    if (!look && this.subject.act) return [await this.subject.act(move), null];
    const answer = await this.subject.apply(move, this.#view);
    return [answer, look ? (this.subject.look?.() ?? this.#view) : null];
  }

  async restart(): Promise<void> {
    if (this.gone) return;
    await this.subject.close();
    const again = await this.#open().catch(deathIn);
    if (again instanceof NotAlive) this.gone = again;
    else this.subject = again;
  }
}

/** So many processes at most: more than processors would only wait for each other, and the one that plans is busy, too. */
const MOST = 2;

export class Crew<K extends Kinds> {
  readonly walkers: Walker<K>[];
  readonly #domain: Domain<K>;

  private constructor(domain: Domain<K>, walkers: Walker<K>[]) {
    this.#domain = domain;
    this.walkers = walkers;
  }

  /** Opens one, and a second if it can be started twice. @throws what the first one throws, and what is no reason to do with one */
  static async open<K extends Kinds>(
    open: () => Promise<OpenSubject<K>>,
    domain: Domain<K>,
    size: K['size'],
    most = MOST,
  ): Promise<Crew<K>> {
    const walker = (subject: OpenSubject<K>) => new Walker(open, subject, domain, size);
    const walkers = [walker(await open())];
    const crew = new Crew(domain, walkers);
    try {
      while (walkers.length < most) {
        const other = await open().catch(noneIfGone);
        if (!other) break;
        walkers.push(walker(other));
      }
      return crew;
    } catch (error) {
      await crew.close();
      throw error;
    }
  }

  /** What the subject shows. */
  get observed(): Observed {
    return this.walkers[0].subject.observed ?? new Set(this.#domain.observables);
  }

  /** Why one of them did not start again: from then on nothing is complete. */
  get gone(): NotAlive | null {
    return this.walkers.find(({ gone }) => gone)?.gone ?? null;
  }

  get sent(): number {
    return this.walkers.reduce((sum, walker) => sum + walker.sent, 0);
  }

  /** All of them work until none finds anything to do. */
  async work(turn: (walker: Walker<K>) => Promise<boolean>): Promise<void> {
    await Promise.all(
      this.walkers.map(async (walker) => {
        while (!walker.gone && (await turn(walker)));
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.walkers.map(({ subject }) => subject.close()));
  }
}
