// Every schedule with at most k preemptions (Musuvathi and Qadeer, CHESS, 2007), each execution judged, the first violation with its schedule.

import { Chooser } from '../../../checker/choose.ts';
import { Execution } from './execution.ts';
import type { Program } from './program.ts';
import { type Finding, Referee } from './referee.ts';
import type { Scenario } from './scenarios.ts';

export interface ExploreOptions {
  /** Switches away from a thread that could go on, in the middle of an operation. Iterated from 0, so that the first finding has the fewest. */
  readonly preemptions?: number;
  /** Look for data races too. A planted race is to be found without. */
  readonly dataRaces?: boolean;
  /** Stop after so many executions; the verdict is then `unknown`. */
  readonly executions?: number;
}

export interface Exploration {
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly executions: number;
  readonly steps: number;
  /** How many different histories with their final states there were. */
  readonly histories: number;
  readonly preemptions: number;
  readonly finding: (Finding & { readonly schedule: Schedule }) | null;
}

/** Which thread takes each step, from the first to the last. */
export type Schedule = readonly number[];

/** No operation takes this many steps unless it spins for ever. */
const LIVELOCK = 20_000;

/** Who can run, in the order they are tried, and what each costs. */
interface Options {
  readonly threads: readonly number[];
  readonly costs: readonly number[];
}

/** Enumerates bound by bound: 0, 1, ... `preemptions`. */
export function explore(program: Program, scenario: Scenario, options: ExploreOptions = {}): Exploration {
  const { preemptions = 2, executions: most = 2_000_000, dataRaces = true } = options;
  const execution = new Execution(program, scenario, dataRaces);
  const referee = new Referee(program, scenario, execution);
  let executions = 0;
  let steps = 0;
  for (let bound = 0; bound <= preemptions; bound++) {
    const search = new Search(execution, bound);
    do {
      if (executions === most) return report('unknown', bound, null);
      const stop = search.run();
      executions++;
      steps += search.schedule.length;
      // Those with fewer preemptions were judged under the bound before.
      if (search.spent < bound && stop === null) continue;
      const finding = referee.judge(stop);
      if (finding) return report('violated', bound, { ...finding, schedule: [...search.schedule] });
    } while (search.chooser.next());
  }
  return report('holds', preemptions, null);

  function report(
    verdict: Exploration['verdict'],
    bound: number,
    finding: Exploration['finding'],
  ): Exploration {
    return { verdict, executions, steps, histories: referee.histories, preemptions: bound, finding };
  }
}

/** Depth first over the choices: each execution starts anew and follows the choices so far. */
class Search {
  readonly #execution: Execution;
  readonly #bound: number;
  /** Between two executions it turns to the next untried choice. */
  readonly chooser = new Chooser();
  schedule: number[] = [];
  spent = 0;

  constructor(execution: Execution, bound: number) {
    this.#execution = execution;
    this.#bound = bound;
  }

  /** One execution. Null: all threads came to their end; otherwise why not. */
  run(): string | null {
    const x = this.#execution;
    x.start();
    this.schedule = [];
    this.spent = 0;
    let current = -1;
    for (;;) {
      const options = this.#options(current);
      if (options.threads.length === 0) return x.threads.every((_, i) => x.isDone(i)) ? null : 'deadlock';
      if (this.schedule.length > LIVELOCK) return 'livelock';
      const count = options.threads.length;
      const choice = count > 1 ? this.chooser.choose(count) : 0;
      current = options.threads[choice];
      this.spent += options.costs[choice];
      this.schedule.push(current);
      try {
        x.step(current);
      } catch (error) {
        return `t${current} throws ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  }

  /** The thread that runs goes on, or, as far as the bound allows, another takes over. */
  #options(current: number): Options {
    const x = this.#execution;
    const goesOn = current >= 0 && x.isEnabled(current);
    const cost = goesOn && !x.isBetween(current) ? 1 : 0;
    const threads = goesOn ? [current] : [];
    const costs = goesOn ? [0] : [];
    if (this.spent + cost <= this.#bound) {
      for (let i = 0; i < x.threads.length; i++) {
        if (i === current || !x.isEnabled(i)) continue;
        threads.push(i);
        costs.push(cost);
      }
    }
    return { threads, costs };
  }
}
