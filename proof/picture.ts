// A condition that fails, as two states that anybody can look at: found by z3 in a small world, and evaluated again by us.

import type { Condition } from './conditions.ts';
import { evaluator, runner, tuples, type Values, type World } from './evaluate.ts';
import { headOf, type Sort, type Term } from './language.ts';
import { applied, goalName, problem, smt } from './smt.ts';
import type { Solver } from './solver.ts';
import type { System } from './system.ts';

export interface Picture {
  readonly system: System;
  /** The step with its arguments, as in `touch shared(t0, p1)`; or the state alone. */
  readonly title: string;
  readonly world: World;
  readonly before: Values;
  /** The same state, if the condition is about no step. */
  readonly after: Values;
}

const PREFIX: Readonly<Record<string, string>> = { Task: 't', Page: 'p', Container: 'c' };
/** Tasks, pages, containers: from small to large. */
const WORLDS = ['111', '211', '121', '112', '221', '212', '122', '222', '113', '114', '223'].map(
  (sizes): World => {
    const [Task, Page, Container] = [...sizes].map(Number);
    return { Task, Page, Container, Int: 8, Bool: 2 };
  },
);
/** Numbers that may be the unlimited limit; all others are small. */
const LIMITS = /^(limit|goal|arg_n)/;
const element = (sort: Sort, i: number) => `${sort}_${i}`;

/** The smallest picture of a condition that fails, in up to three of each; null: there is none. */
export async function pictureOf(condition: Condition, solver: Solver): Promise<Picture | null> {
  const { system } = condition;
  for (const world of WORLDS) {
    const { found, model = '' } = await solver.ask(inWorld(condition, world), goalName(0), 20_000, true);
    if (found !== 'sat') continue;
    const read = new Map([...model.matchAll(/^v_(\S+) -> (\w+)/gm)].map(([, name, value]) => [name, value]));
    const value = (name: string) =>
      ({ true: 1, false: 0 })[read.get(name) ?? ''] ?? Number(read.get(name) ?? 0);
    const symbols = [...system.vocabulary.symbols.values()];
    const before = Object.fromEntries(
      symbols.map(({ name, args }) => [
        name,
        tuples(world, args).map((row) => value([name, ...row].join('_'))),
      ]),
    );
    const args = (condition.step?.args ?? []).map(({ name }) => value(`arg_${name}`));
    const after = condition.step ? runner(condition.step, world).apply(before, args) : before;
    if (!refutes(condition, world, before, after, args)) continue;
    const { step } = condition;
    const shown = step?.args.map(({ sort }, i) => `${PREFIX[sort] ?? ''}${args[i]}`).join(', ');
    return { system, title: step ? `${step.name}(${shown})` : condition.name, world, before, after };
  }
  return null;
}

/** Believed only when evaluated: all that is assumed holds, and the goal does not. */
function refutes(
  { assume, goal, step }: Condition,
  world: World,
  before: Values,
  after: Values,
  args: readonly number[],
): boolean {
  const holds = (term: Term) => evaluator(term, step?.args ?? [], world)(before, after, ...args);
  return assume.every(holds) && !holds(goal);
}

/** The condition in a world of so many of each sort, with small numbers, the counts counted, and every value under a name. */
function inWorld(condition: Condition, world: World): string {
  const { system } = condition;
  const sorts = ['Task', 'Page', 'Container'] as const;
  const elements = (sort: Sort) => Array.from({ length: world[sort] }, (_, i) => element(sort, i));
  const given = sorts.flatMap((sort) => [
    ...elements(sort).map((name) => `(declare-const ${name} ${sort})`),
    `(assert (distinct ${elements(sort).join(' ')}))`,
    `(assert (forall ((x ${sort})) (or ${elements(sort)
      .map((name) => `(= x ${name})`)
      .join(' ')})))`,
  ]);
  const named = (name: string, sort: Sort, term: string): string[] => {
    const index = elements(sort).reduceRight((rest, one, i) => `(ite (= ${term} ${one}) ${i} ${rest})`, '0');
    const value = PREFIX[sort] ? index : term;
    const small =
      sort === 'Int'
        ? [
            `(assert (or (<= 0 v_${name} ${world.Int - 1}) ${LIMITS.test(name) ? `(= v_${name} 9223372036854775807)` : 'false'}))`,
          ]
        : [];
    return [
      `(declare-const v_${name} ${sort === 'Bool' ? 'Bool' : 'Int'})`,
      `(assert (= v_${name} ${value}))`,
      ...small,
    ];
  };
  const values = [...system.vocabulary.symbols.values()].flatMap(({ name, args, sort }) =>
    tuples(world, args).flatMap((row) =>
      named(
        [name, ...row].join('_'),
        sort,
        applied(
          name,
          row.map((i, at) => element(args[at].sort, i)),
        ),
      ),
    ),
  );
  const args = (condition.step?.args ?? []).flatMap(({ name, sort }) => named(`arg_${name}`, sort, name));
  return problem([condition], [...given, ...values, ...args, ...counts(system, world)]);
}

/** Each count is the number of those that it counts. */
function counts({ counts: all, vocabulary, read }: System, world: World): string[] {
  return all.flatMap(({ head }) => {
    const { name } = headOf(head);
    const args = vocabulary.words.get(`in_${name}`)?.args ?? [];
    const inside = smt(read(`in_${name}(${args.map((arg) => arg.name).join(', ')})`, args));
    const value = (row: readonly number[]) => row.map((i, at) => element(args[at].sort, i));
    return tuples(world, args.slice(0, -1)).map((x) => {
      const ones = tuples(world, args.slice(-1)).map((y) => {
        const given = value([...x, ...y]).map((one, at) => `(${args[at].name} ${one})`);
        return `(let (${given.join(' ')}) (ite ${inside} 1 0))`;
      });
      return `(assert (= ${applied(name, value(x))} (+ 0 ${ones.join(' ')})))`;
    });
  });
}
