// Judges one execution: it ended, its structure is sound, its history is linearizable against the contract, and nothing leaks.

import type { Controller } from '../../../impl/concurrent/index.ts';
import { View } from '../../view/view.ts';
import { contract, keyOf, stateOf } from '../linearize/contract.ts';
import { linearize } from '../linearize/linearize.ts';
import { leftIn, lookAt } from '../stress/subject.ts';
import type { Execution } from './execution.ts';
import { type Program, runThrough } from './program.ts';
import type { Scenario } from './scenarios.ts';

/** The claims of a concurrent execution. */
export type ConcurrentClaim =
  | 'NoDeadlock'
  | 'NoLivelock'
  | 'NoDataRace'
  | 'ImplementationAlive'
  | 'StructureIsSound'
  | 'Linearizable'
  | 'NothingLeaks';

export interface Finding {
  readonly claim: ConcurrentClaim;
  readonly witness: string;
}

export class Referee {
  readonly #program: Program;
  readonly #scenario: Scenario;
  readonly #execution: Execution;
  readonly #view: View;
  readonly #controller: Controller;
  readonly #initial: ReturnType<typeof stateOf>;
  readonly #judged = new Map<string, Finding | null>();

  constructor(program: Program, scenario: Scenario, execution: Execution) {
    this.#program = program;
    this.#scenario = scenario;
    this.#execution = execution;
    this.#view = new View(scenario.size);
    this.#controller = program.index.Controller.on(execution.memory);
    execution.start();
    this.#initial = this.#look();
  }

  /** Different histories with their final states so far. */
  get histories(): number {
    return this.#judged.size;
  }

  #look(): ReturnType<typeof stateOf> {
    lookAt(this.#controller, this.#view);
    return stateOf(this.#view);
  }

  judge(stop: string | null): Finding | null {
    if (stop !== null) return this.#unfinished(stop);
    const race = this.#execution.races?.found;
    if (race) return { claim: 'NoDataRace', witness: this.#tell(race) };
    const unsound = this.#controller.verify();
    if (unsound !== null) return { claim: 'StructureIsSound', witness: unsound };
    const { calls } = this.#execution;
    const end = this.#look();
    const key = `${JSON.stringify(calls)}${keyOf(end)}`;
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const finding = this.#order(end) ?? this.#leaks();
    this.#judged.set(key, finding);
    return finding;
  }

  #tell({ at, what }: { at: number; what: string }): string {
    const { handle } = this.#execution.threads[0];
    return `${this.#program.layout.nameOf(handle, at)}: ${what}, and nothing orders them`;
  }

  #unfinished(stop: string): Finding {
    if (stop === 'livelock') return { claim: 'NoLivelock', witness: 'the threads go on for ever' };
    if (stop !== 'deadlock') return { claim: 'ImplementationAlive', witness: stop };
    const x = this.#execution;
    const asleep = x.threads.flatMap((thread, i) =>
      x.isDone(i)
        ? []
        : [
            `thread ${i} in ${thread.moves[thread.next].join(' ')} on ${this.#program.layout.nameOf(thread.handle, thread.asleepOn)}`,
          ],
    );
    return { claim: 'NoDeadlock', witness: `all sleep: ${asleep.join(', ')}` };
  }

  #order(end: ReturnType<typeof stateOf>): Finding | null {
    const { calls } = this.#execution;
    const result = linearize(calls, contract(end), this.#initial);
    if (result.verdict === 'holds') return null;
    const answers = calls.map(
      ({ thread, input, output }) =>
        `${input.join(' ')} by ${thread} -> ${output.outcome}${list(' killed', 't', output.killed)}${list(' reclaimed', 'p', output.reclaimed)}`,
    );
    return {
      claim: 'Linearizable',
      witness: `no order of: ${answers.join('; ')}; ends in the state seen: ${keyOf(end)}`,
    };
  }

  /** Every task exits, every container is removed, and the structure is empty. */
  #leaks(): Finding | null {
    const { tasks, containers } = this.#scenario.size;
    const h = this.#execution.threads[0].handle;
    const moves = [
      ...Array.from({ length: tasks }, (_, t) => ['exit', t] as const),
      ...Array.from({ length: containers }, (_, c) => ['rmdir', c] as const),
    ];
    for (const move of moves) runThrough(this.#program.perform(h, move));
    const witness = leftIn(this.#controller, containers);
    return witness === null ? null : { claim: 'NothingLeaks', witness };
  }
}

const list = (what: string, letter: string, ids: readonly number[]): string =>
  ids.length === 0 ? '' : `${what} ${ids.map((id) => letter + id).join(' ')}`;
