// The check command: every reachable state of a scope, and what holds in all of them.

import type { ProfileName } from '../model/profile.ts';
import { implementations } from '../properties/subjects/known.ts';
import { type Context, define, UsageError } from './command.ts';
import {
  choice,
  claims,
  didYouMean,
  json,
  judged,
  keepGoing,
  minutes,
  profiles,
  quiet,
  reporter,
  type Scope,
  save,
  scope,
  text,
  timeout,
  toggle,
  whole,
} from './flags.ts';

const judgedImpl = judged(
  '',
  implementations,
  'judge an implementation on every reachable step of the LRU spec, not the model',
);

const usual = scope('2/2/2/2; protocol 2/2/1/1');

/** A scope of the protocol has a name, its own threads, and what each of them may do. */
export type NamedScope = Scope & { readonly name?: string };

async function named(value: string, flag: string): Promise<NamedScope> {
  const { scopes } = await import('../properties/races/protocol/index.ts');
  const machine = scopes.find(({ name }) => name === value);
  const names = scopes.map(({ name }) => name);
  if (!machine)
    throw new UsageError(
      `--${flag} ${value}: no scope has this name; ${didYouMean(value, names)}, or C/T/P/L`,
    );
  const { name, containers, tasks, pages } = machine;
  return {
    name,
    containers: containers.length,
    tasks: tasks.length,
    pages,
    limit: Math.max(...containers.map(Number)),
  };
}

export const scopeFlag = async (value: string, name: string): Promise<NamedScope> =>
  value.includes('/')
    ? ((await usual.decode(value, name, undefined as never)) as NamedScope)
    : named(value, name);

const flags = {
  model: {
    ...choice(['contract', 'lru', 'protocol'], 'which model is searched', undefined),
    shown: 'contract',
  },
  scope: {
    ...usual,
    placeholder: 'C/T/P/L|NAME',
    help: 'the scope; a name is one of docs/protocol.md',
    decode: scopeFlag,
  },
  profile: { ...profiles('letter'), default: undefined as readonly ProfileName[] | undefined },
  claims: claims(async () => (await import('./check-claims.ts')).moreToCheck()),
  flat: toggle('in the linux profiles: containers directly under the root only, not within each other'),
  refine: toggle(
    'also judge that every step of the LRU spec (in the protocol: every history) is a legal step of the contract',
  ),
  impl: {
    ...judgedImpl,
    default: undefined as string | undefined,
    shown: 'the model itself',
  },
  symmetry: toggle('merge states that differ only by names; counts stay exact'),
  depth: whole('moves', 'maximum depth', undefined, { minimum: 0, maximum: 1_000_000 }, 'no bound'),
  memory: whole(
    'MiB',
    'memory for the tables of states; beyond it the search goes on on disk',
    undefined,
    undefined,
    '60 % of what there is',
  ),
  minutes: minutes(),
  timeout,
  'keep-going': keepGoing,
  workers: whole(
    'threads',
    'how many threads search',
    undefined,
    { minimum: 1, maximum: 64 },
    'one a processor, in a small scope 1',
  ),
  checkpoint: text('FILE', 'save the search there every half minute', 'none'),
  resume: text('FILE', 'go on from a checkpoint', 'from the start'),
  graph: text('FILE', 'write states and steps as FILE.dot or FILE.itf.json', 'none'),
  save,
  json,
  reporter,
  quiet,
};
export type CheckContext = Context<typeof flags>;

export const command = define({
  name: 'check',
  summary: 'the model checker: every reachable state of a scope',
  flags,
  details: `--claims none counts states only, and is fast. In the contract every choice of a reclaim and of a kill is tried.
A transition is a state, a move that is not refused, and its choices. Counts do not depend on --workers or --symmetry.`,
  run: async (context) => (await import('./check-call.ts')).run(context),
});
