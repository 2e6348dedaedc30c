// A condition that fails, as two states that anybody can look at: found by z3 in a small world, and evaluated again by us.

import type { Condition } from './conditions.ts';
import { evaluator, runner, tuples, type Values, type World } from './evaluate.ts';
import type { Sort, Term, Variable } from './language.ts';
import { applied, element, goalName, problem, smt } from './smt.ts';
import type { Solver } from './solver.ts';
import type { Step, System } from './system.ts';

export interface Picture {
  readonly condition: Condition;
  /** The step with its arguments, as in `touch shared(t0, p1)`; or the state alone. */
  readonly title: string;
  readonly world: World;
  readonly before: Values;
  /** The same state, if the condition is about no step. */
  readonly after: Values;
}

const PREFIX: Readonly<Record<string, string>> = { Task: 't', Page: 'p', Container: 'c' };
/** A step with its arguments: `touch shared(t0, p1)`. */
export const stepText = ({ name, args }: Pick<Step, 'name' | 'args'>, values: readonly number[]): string =>
  `${name}(${args.map(({ sort }, i) => `${PREFIX[sort] ?? ''}${values[i]}`).join(', ')})`;

/** Tasks, pages, containers: from small to large. */
const WORLDS = ['111', '211', '121', '112', '221', '212', '122', '222', '113', '114', '223'].map(
  (sizes): World => {
    const [Task, Page, Container] = [...sizes].map(Number);
    return { Task, Page, Container, Int: 8, Bool: 2 };
  },
);
/** Numbers that may be the unlimited limit; all others are small. */
const LIMITS = /^(limit|goal|arg_n)/;

/** What one world may take, in ms. */
const PATIENCE = 20_000;

/** The smallest picture of a condition that fails, in up to three of each; null: there is none, or not within `left()` milliseconds. */
export async function pictureOf(
  condition: Condition,
  solver: Solver,
  left: () => number = () => Infinity,
): Promise<Picture | null> {
  const { system } = condition;
  for (const world of WORLDS) {
    const milliseconds = Math.ceil(Math.min(PATIENCE, left()));
    if (milliseconds <= 0) return null;
    const { found, model = '' } = await solver.ask(inWorld(condition, world), goalName(0), milliseconds);
    if (found !== 'sat') continue;
    // Page_2 is 2.
    const read = new Map(
      [...model.matchAll(/^v_(\S+) -> (?:[A-Z][a-z]+_)?(\w+)/gm)].map(([, name, value]) => [name, value]),
    );
    const value = (name: string) =>
      ({ true: 1, false: 0 })[read.get(name) ?? ''] ?? Number(read.get(name) ?? 0);
    const before = Object.fromEntries(
      [...system.vocabulary.symbols.values()].map(({ name, args }) => [
        name,
        tuples(world, args).map((row) => value([name, ...row].join('_'))),
      ]),
    );
    const args = (condition.step?.args ?? []).map(({ name }) => value(`arg_${name}`));
    // Believed only when evaluated.
    const picture = failing(condition, world, condition.assume)(before, args);
    if (picture) return picture;
  }
  return null;
}

/** The picture of a state, and of the step with these arguments, for which all that is assumed holds and the condition fails. */
export function failing(condition: Condition, world: World, assume: readonly Term[]) {
  const { goal, step } = condition;
  const args = step?.args ?? [];
  const run = step && runner(step, world);
  const [fails, ...demands] = [goal, ...assume].map((term) => evaluator(term, args, world));
  return (before: Values, values: readonly number[]): Picture | null => {
    if (!demands.every((holds) => holds(before, before, ...values))) return null;
    const after = run ? run.apply(before, values) : before;
    if (fails(before, after, ...values)) return null;
    return { condition, title: step ? stepText(step, values) : condition.name, world, before, after };
  };
}

/** The condition in a world of so many of each sort, with small numbers, the counts counted, and every value under a name. */
function inWorld(condition: Condition, world: World): string {
  const { system, step } = condition;
  const named = (name: string, sort: Sort, term: string) => {
    const small = `(<= 0 v_${name} ${world.Int - 1})`;
    const most = LIMITS.test(name) ? `(or ${small} (= v_${name} 9223372036854775807))` : small;
    return [
      `(declare-const v_${name} ${sort})`,
      `(assert (= v_${name} ${term}))`,
      ...(sort === 'Int' ? [`(assert ${most})`] : []),
    ];
  };
  const values = [...system.vocabulary.symbols.values()].flatMap(({ name, args, sort }) =>
    tuples(world, args).flatMap((row) =>
      named([name, ...row].join('_'), sort, applied(name, elements(args, row))),
    ),
  );
  const args = (step?.args ?? []).flatMap(({ name, sort }) => named(`arg_${name}`, sort, name));
  return problem([condition], world, [...values, ...args, ...counts(system, world)]);
}

const elements = (args: readonly Variable[], row: readonly number[]) =>
  row.map((i, at) => element(args[at].sort, i));

/** Each count is the number of those that it counts. */
const counts = (system: System, world: World): string[] =>
  system.counts.flatMap(({ name, set, by, of }) => {
    const args = [...by, of];
    return tuples(world, by).map((x) => {
      const ones = tuples(world, [of]).map((y) => {
        const given = elements(args, [...x, ...y]).map((one, at) => `(${args[at].name} ${one})`);
        return `(let (${given.join(' ')}) (ite ${smt(system.read(set, args))} 1 0))`;
      });
      return `(assert (= ${applied(name, elements(by, x))} (+ 0 ${ones.join(' ')})))`;
    });
  });
