// Whether the first state of a refutation can be reached: the formulas' own micro-steps as a model, put to the checker.

import { check, type Model, type Move } from '../checker/index.ts';
import { counted, evaluator, type Picture, runner, tuples, type Values, zero } from '../proof/index.ts';

/** What says nothing: counters that only rise, and whatever belongs to who does not exist or to what is not under way. */
const COUNTERS = ['failcnt', 'reclaimed', 'before'];
const OF: Readonly<Record<string, readonly string[]>> = {
  exists: ['limit', 'usage', 'lowered', 'pages'],
  live: ['home', 'held'],
  owned: ['owner', 'charger'],
};
const CHARGE = ['faulter', 'charged', 'wanted', 'copying', 'source'];
const UNDER_WAY = [...CHARGE, 'scarce', 'freed', 'victim', 'killing', 'lowering', 'goal'];
const NEEDED: readonly (readonly string[])[] = [
  [],
  CHARGE,
  [...CHARGE, 'scarce', 'freed', 'lowering', 'goal'],
  UNDER_WAY,
  ['faulter', 'source'],
  ['scarce', 'lowering', 'goal'],
];

/** A state with all of that at 0; of the lists all counts. */
function plain(state: Values): Values {
  if (state.killing === undefined) return state;
  const needed =
    state.phase[0] === 3 && !state.killing[0] ? ['victim'] : (NEEDED[state.phase[0]] ?? UNDER_WAY);
  const changed: Record<string, readonly number[]> = {};
  for (const name of [...COUNTERS, ...UNDER_WAY]) {
    if (state[name] && !needed.includes(name)) changed[name] = state[name].map(() => 0);
  }
  for (const [there, names] of Object.entries(OF)) {
    for (const name of names.filter((one) => state[one]))
      changed[name] = state[name].map((value, i) => (state[there][i] ? value : 0));
  }
  return { ...state, ...changed };
}

const UNLIMITED = 2 ** 63;
const MINUTES = 0.5;

/** The picture's, with numbers no larger than what is in it, or than all pages. */
function worldOf({ before, world }: Picture): Picture['world'] {
  const numbers = Object.values(before).flat();
  return { ...world, Int: 1 + Math.max(world.Page, ...numbers.filter((n) => n < UNLIMITED)) };
}

/** In words: the steps that lead there, or that there are none within the picture's world. */
export async function reachable(picture: Picture): Promise<string> {
  const world = worldOf(picture);
  const size = `${world.Container} containers, ${world.Task} tasks, ${world.Page} pages, limits up to ${world.Int - 1}`;
  const model = modelOf({ ...picture, world });
  const { verdict, counterexample } = await check(model, { minutes: MINUTES });
  if (verdict === 'unknown')
    return `whether the first state is reachable was not found out in ${MINUTES} minutes (${size})`;
  if (counterexample === null || counterexample === undefined)
    return `the first state is NOT reachable with ${size}: the invariant is too weak, not the rule wrong`;
  const moves = counterexample.trace.map(({ move }) => `${move.name}(${move.args.join(', ')})`);
  return `the first state is reachable: ${moves.join(' ') || 'it is the beginning'}`;
}

function modelOf({ system, before: wanted, world }: Picture): Model<Values> {
  const symbols = [...system.vocabulary.symbols.values()];
  const sizes = symbols.map(({ name, args }) => ({ name, length: tuples(world, args).length }));
  const width = sizes.reduce((sum, { length }) => sum + length, 0);
  const steps = new Map(
    system.steps.map((step) => [
      step.name,
      { step, run: runner(step, world), guard: evaluator(step.guard, step.args, world) },
    ]),
  );
  const moves: Move[] = system.steps.flatMap(({ name, args, ends, action }) =>
    ends !== null && action !== null ? [] : tuples(world, args).map((row) => ({ name, args: row })),
  );
  const numbers = (move: Move) => move.args.map(Number);
  const target = JSON.stringify(plain(wanted));
  // Nothing exists, but what no step changes is as it is, and there may be a root.
  const fixed = symbols.filter(({ name }) => !system.steps.some(({ effect }) => effect.has(name)));
  const beginning = {
    ...zero(system, world),
    ...Object.fromEntries(fixed.map(({ name }) => [name, wanted[name]])),
    ...(wanted.root ? theRoot(wanted.root[0], world) : {}),
    ...(wanted.batch ? { room: wanted.batch } : {}),
  };
  const first = { ...beginning, ...counted(system, world)(beginning) };
  return {
    name: `formulas of ${world.Container}/${world.Task}/${world.Page}`,
    initial: () => [first],
    moves,
    guard: (state, move) => (steps.get(move.name)?.guard(state, state, ...numbers(move)) ? null : 'not now'),
    effect: (state, move) => ({
      state: plain(steps.get(move.name)?.run.apply(state, numbers(move)) as Values),
    }),
    width,
    pack(state, words, at) {
      let i = at;
      for (const { name } of sizes)
        for (const value of state[name]) words[i++] = value >= UNLIMITED ? 0xffffffff : value;
    },
    unpack(words, at) {
      let i = at;
      const value = () => {
        const word = words[i++];
        return word === 0xffffffff ? UNLIMITED : word;
      };
      return Object.fromEntries(sizes.map(({ name, length }) => [name, Array.from({ length }, value)]));
    },
    claims: [
      {
        kind: 'state',
        name: 'NotThisState',
        claim: 'The first state of the refutation is not reached.',
        judge: (state) => ({
          met: true,
          violation: JSON.stringify(plain(state)) === target ? 'it is reached' : null,
        }),
      },
    ],
  };
}

/** Of a tree the root alone exists. */
function theRoot(root: number, { Container }: Picture['world']): Record<string, readonly number[]> {
  const only = (size: number, place: number, value: number) =>
    Array.from({ length: size }, (_, i) => (i === place ? value : 0));
  return {
    exists: only(Container, root, 1),
    limit: only(Container, root, UNLIMITED),
    below: only(Container ** 2, root * Container + root, 1),
  };
}
