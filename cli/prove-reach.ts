// Whether a refutation can be reached: the formulas' own micro-steps as a model, put to the checker.

import { check, type Model, type Move } from '../checker/index.ts';
import {
  counted,
  evaluator,
  failing,
  type Picture,
  runner,
  type Step,
  stepText,
  type Term,
  tuples,
  type Values,
  type World,
  zero,
} from '../proof/index.ts';

const UNLIMITED = 2 ** 63;
const MINUTES = 0.5;

/** The picture's, with numbers no larger than what is in it, or than all pages. */
function worldOf({ before, world }: Picture): World {
  const numbers = Object.values(before).flat();
  return { ...world, Int: 1 + Math.max(world.Page, ...numbers.filter((n) => n < UNLIMITED)) };
}

/** In words: the steps after which the same step breaks the claim, with the picture of that; or that there are none in the picture's world. */
export async function reachable(picture: Picture): Promise<{ where: string; picture: Picture }> {
  const world = worldOf(picture);
  const size = `${world.Container} containers, ${world.Task} tasks, ${world.Page} pages, limits up to ${world.Int - 1}`;
  const { model, first, after, pictureIn } = modelOf({ ...picture, world });
  const { verdict, counterexample } = await check(model, { minutes: MINUTES });
  if (verdict === 'unknown') {
    const where = `whether that can be reached was not found out in ${MINUTES} minutes (${size})`;
    return { where, picture };
  }
  if (counterexample === null || counterexample === undefined) {
    const where = `NOT reachable with ${size}: most likely the invariant is too weak, not the rule wrong; a larger world may still reach it`;
    return { where, picture };
  }
  const trace = counterexample.trace.map(({ move }) => move);
  const steps = new Map(picture.condition.system.steps.map((step) => [step.name, step]));
  const moves = trace.map((move) => stepText(steps.get(move.name) as Step, move.args.map(Number)));
  const last = trace.reduce(after, first);
  return {
    where: `reachable: ${moves.join(', ') || 'it is the beginning'}`,
    picture: pictureIn(last) ?? picture,
  };
}

/** What belongs to who does not exist says nothing; nor do counters that only rise, nor at rest what was under way. */
const OF: Readonly<Record<string, readonly string[]>> = {
  exists: ['limit', 'usage', 'lowered', 'pages'],
  live: ['home', 'held'],
  owned: ['owner', 'charger'],
};

/** The names that a formula speaks of. */
function namesIn({ name, args }: Term): string[] {
  return [name, ...args.flatMap(namesIn)];
}

/** A state with all of that at 0, but for what the claim speaks of. */
function plainly({ system, goal }: Picture['condition']): (state: Values) => Values {
  const spoken = new Set(namesIn(goal));
  const counts = system.counts.map(({ name }) => name);
  const underWay = [...system.vocabulary.symbols.values()]
    .filter(({ name, args }) => args.length === 0 && !counts.includes(name))
    .filter(({ name }) => system.steps.some(({ effect }) => effect.has(name)));
  const atRest = [...underWay.map(({ name }) => name), 'before'];
  return (state) => {
    const changed: Record<string, readonly number[]> = {};
    for (const name of ['failcnt', 'reclaimed', ...(state.phase[0] === 0 ? atRest : [])])
      if (state[name] && !spoken.has(name)) changed[name] = state[name].map(() => 0);
    for (const [there, names] of Object.entries(OF))
      for (const name of names.filter((one) => state[one] && state[there]))
        changed[name] = state[name].map((value, i) => (state[there][i] ? value : 0));
    return { ...state, ...changed };
  };
}

interface Formulas {
  readonly model: Model<Values>;
  readonly first: Values;
  readonly after: (state: Values, move: Move) => Values;
  /** The picture of the step that is asked about, in a state in which it breaks the claim. */
  readonly pictureIn: (state: Values) => Picture | undefined;
}

/** The formulas as a model. */
function modelOf({ condition, before: wanted, world }: Picture): Formulas {
  const { system, step: asked } = condition;
  const plain = plainly(condition);
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
  const after = (state: Values, move: Move) =>
    plain(steps.get(move.name)?.run.apply(state, numbers(move)) as Values);
  const fails = failing(condition, world, asked ? [asked.guard] : []);
  const rows = tuples(world, asked?.args ?? []);
  // Nothing exists, but what no step changes is as it is, and there may be a root.
  const fixed = symbols.filter(({ name }) => !system.steps.some(({ effect }) => effect.has(name)));
  const beginning = {
    ...zero(system, world),
    ...Object.fromEntries(fixed.map(({ name }) => [name, wanted[name]])),
    ...(wanted.root ? theRoot(wanted.root[0], world) : {}),
    ...(wanted.batch ? { room: wanted.batch } : {}),
  };
  const first = { ...beginning, ...counted(system, world)(beginning) };
  const pictureIn = (state: Values) =>
    rows.map((row) => fails(state, row)).find((picture) => picture !== null) ?? undefined;
  const model: Model<Values> = {
    name: `formulas of ${world.Container}/${world.Task}/${world.Page}`,
    initial: () => [first],
    moves,
    guard: (state, move) => (steps.get(move.name)?.guard(state, state, ...numbers(move)) ? null : 'not now'),
    effect: (state, move) => ({ state: after(state, move) }),
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
        name: 'NotRefuted',
        claim: 'The step that is asked about breaks the claim in no state that is reached.',
        judge: (state) => {
          return { met: true, violation: pictureIn(state)?.title ?? null };
        },
      },
    ],
  };
  return { model, first, after, pictureIn };
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
