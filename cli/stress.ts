// The stress command: free-running threads on the concurrent implementation, every history checked; or every schedule of the known races.

import { levelNames } from '../properties/races/schedule/levels.ts';
import { type Context, define } from './command.ts';
import {
  choice,
  json,
  minutes,
  profile,
  quiet,
  runs,
  save,
  scope,
  seed,
  toggle,
  whole,
  workers,
} from './flags.ts';

/** A million operations with four workers. */
export const RUNS = 20;
/** One finds nearly every planted race, two find all. */
export const PREEMPTIONS = 2;

const flags = {
  workers: workers(4),
  runs: {
    ...runs<number | undefined>(undefined, 'runs of 50 windows, or programs of --space'),
    shown: `${RUNS}, or as many as the minutes allow`,
  },
  minutes: minutes(),
  length: whole('operations', 'how many operations a worker does in a window', 250, {
    minimum: 1,
    maximum: 10_000,
  }),
  scope: scope('2/3/3/4, 3/4/8/9, 2/2/2/3 and 4/6/16/17 in turn'),
  seed: seed('1'),
  schedules: toggle(
    'run every schedule of the known races, one atomic operation at a time, instead of free-running threads',
  ),
  preemptions: {
    ...whole<number | undefined>(
      'switches',
      'with --schedules: maximum number of switches in the middle of an operation',
      undefined,
      { minimum: 0, maximum: 8 },
    ),
    shown: `${PREEMPTIONS}`,
  },
  space: {
    ...choice(levelNames, 'with --schedules: all programs of two threads with so many operations', undefined),
    shown: 'the races of the list',
  },
  from: whole('', 'with --space: the number of the first program; each slice prints the next one', 0, {
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
  }),
  mutant: {
    placeholder: 'ID',
    default: undefined as string | undefined,
    shown: 'none: the controller as it ships',
    help: 'plant a concurrent bug first: A24 to B37, or "list"',
    decode: (value: string) => value,
  },
  profile: profile('letter', 'the concurrent implementation knows letter only; another is skipped'),
  save,
  json,
  quiet,
};
export type StressContext = Context<typeof flags>;

export const command = define({
  name: 'stress',
  summary: 'free-running threads on the concurrent implementation, every history checked',
  flags,
  details: `A window is what all workers do between two moments of rest: one history, judged for linearizability against the contract from
the state before it to the state after it. A history too long to judge makes the verdict unknown. Free runs do not repeat: the
seed fixes what each worker does, not when. --schedules repeats exactly and finds every planted race, --mutant ID shows it.
--schedules --space LEVEL leaves the list: every program of that size, in the order of its number, or with --seed the ones that it picks;
--runs and --minutes say how many, --from goes on (docs/concurrent.md).`,
  run: async (context) => (await import('./stress-call.ts')).run(context),
});
