// The verify command: random command sequences, implementation against the LRU spec and all claims, over profiles.

import { availableParallelism } from 'node:os';
import { isLinux } from '../properties/subjects/known.ts';
import { type Context, define } from './command.ts';
import * as flag from './flags.ts';

/** Enough for 100,000 commands in each profile. */
const RUNS = 2_000;
/** Of a kernel, whose commands take a hundred times as long. */
const LINUX_RUNS = 50;
/** A program gets as many as fit into this time, in seconds, all profiles together; at most as many as others, at least the fewest. */
export const USUAL_SECONDS = 40;
export const FEWEST_RUNS = 50;
/** How many runs of it at most, where nobody says how many or how long. */
export const usualRuns = (impl: string): number => (isLinux(impl) ? LINUX_RUNS : RUNS);
/** Where findings go that nobody gave a place to. */
export const SAVE = 'out';

const flags = {
  profile: flag.profiles('all'),
  impl: flag.judged(),
  ...flag.linux,
  seed: flag.seed(),
  runs: {
    ...flag.runs<number | undefined>(undefined),
    shown: `${RUNS}; of a program as many as fit into ${USUAL_SECONDS} s, ${FEWEST_RUNS} to ${RUNS}; of a kernel ${LINUX_RUNS}; or as many as the minutes allow`,
  },
  length: { ...flag.length<number | undefined>(undefined), shown: '200' },
  minutes: flag.minutes(),
  claims: flag.claims(),
  scope: flag.scope('a portfolio from 1/1/1/2 to 8/12/48/49'),
  workers: flag.workers(Math.min(2, availableParallelism())),
  timeout: flag.timeout,
  log: flag.log,
  'keep-going': flag.keepGoing,
  save: { ...flag.save, shown: SAVE },
  record: flag.text(
    'DIR',
    'with --impl linux: write what the kernel answered as files into DIR',
    'nothing is recorded',
  ),
  json: flag.json,
  reporter: flag.reporter,
  quiet: flag.quiet,
};
export type VerifyContext = Context<typeof flags>;

export const command = define({
  name: 'verify',
  summary: 'random command sequences: implementation against the LRU spec and all claims, over profiles',
  flags,
  details: `A command for --impl is run by the shell and speaks the line protocol (README, "Test YOUR controller").
What is found is shrunk, saved as a file named by the mistake, and shown with the commands that replay it and search again.`,
  run: async (context) => (await import('./verify-call.ts')).run(context),
});
