// A proof of minimality is one: for fifty planted mistakes the proven length is the length that plain enumeration finds, which takes no two
// situations for one. Most are turned operators and left out statements that nobody chose; some make a controller remember what it should not.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALIVE, NotReproduced, Shrinker, snapshot } from '../lockstep/index.ts';
import { initial, lru, type Move, profiles, type Scope, type State, step } from '../model/index.ts';
import { generalMutants } from '../mutants/general.ts';
import { trial } from '../mutants/trial.ts';
import { domainOf } from '../properties/domain/index.ts';
import { shrinking } from '../properties/shrinking/index.ts';
import { movesInOrder } from '../properties/shrinking/moves.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { loadController } from '../properties/subjects/load.ts';
import type { Mutant } from '../properties/subjects/mutant.ts';
import { type Edit, inFile } from '../properties/subjects/plant.ts';
import { answersDiffer } from '../properties/view/answer.ts';
import { View, viewOfState } from '../properties/view/view.ts';

const letter = domainOf(profiles.letter);

/** Breadth by length: the length of the shortest trace that fails, or null. Only a move that has changed nothing at all is not gone on from. */
function enumerated(make: () => ControllerSubject, scope: Scope, most: number): number | null {
  const subject = make();
  const [seen, expected] = [new View(scope), new View(scope)];
  const moves = movesInOrder(scope);
  const fails = (state: State, left: number): boolean => {
    const here = snapshot(shrinking.flat.memory?.(subject) as object);
    for (const move of moves) {
      const next = step(state, move, lru);
      try {
        if (answersDiffer(subject.apply(move), next) || subject.verify() !== null) return true;
        subject.look(seen);
        viewOfState(next.state, expected);
        if (seen.words.some((word, i) => word !== expected.words[i])) return true;
      } catch {
        return true;
      }
      const isSame = next.state === state && here.holds();
      if (left > 1 && !isSame && fails(next.state, left - 1)) return true;
      here.put();
    }
    return false;
  };
  for (let length = 1; length <= most; length++) {
    subject.reset();
    if (fails(initial(profiles.letter), length)) return length;
  }
  return null;
}

const inIndex = inFile('impl/controller/index.ts');
const inMachine = inFile('impl/controller/machine.ts');
const mistake = (id: string, why: string, ...edits: Edit[]): Mutant => ({
  id,
  name: id,
  why,
  edits,
});

const others =
  '    while (m.tasks[at | FIRST_NODE] !== NONE) this.#unmap(t, m.mappings.page[m.tasks[at | FIRST_NODE]]);\n';
const stale = mistake(
  'stale-count',
  'a task that ends keeps the count of pages that it shared, and the next task of that id begins with it',
  inIndex(others, `    const count = m.tasks[at | MAPPED];\n${others}    m.tasks[at | MAPPED] = count;\n`),
);

/** They remember something of what is gone: a task, a container, a lock; some are mistakes about locks. */
const remembering: readonly Mutant[] = [
  stale,
  mistake(
    'reborn-is-counted',
    'a task that is spawned where one of its id ended is counted a page more',
    inMachine('    k[at | HOME] = 0;\n', '    k[at | HOME] = 0;\n    k[at | 6]++;\n'),
    inMachine(
      '    k[at | PREV_MEMBER] = NONE;\n    k',
      '    k[at | PREV_MEMBER] = NONE;\n    if (k[at | 6] > 0) k[at | MAPPED]++;\n    k',
    ),
  ),
  mistake(
    'third-container',
    'the third container that is made starts with a refusal',
    inIndex('    w[c | EXISTS] = 1;\n', '    w[c | EXISTS] = 1;\n    m.tasks[6]++;\n'),
    inIndex(
      '    m.limits[id + 2] = UNLIMITED;\n',
      '    m.limits[id + 2] = UNLIMITED;\n    if (m.tasks[6] === 3) m.doubles[(c | FAILCNT) >> 1] = 1;\n',
    ),
  ),
  mistake(
    'lock-is-inherited',
    'the lock of the first mapper of a page goes to the next one with its place',
    inMachine('    w[p | STATE] &= ~FIRST_PINNED;\n', ''),
  ),
  mistake(
    'locks-add-up',
    'a task that locks a page again has two locks of it',
    inMachine(
      '    if (this.isPinnedBy(t, p) === pinned) return;\n',
      '    if (this.isPinnedBy(t, p) === pinned) {\n      if (pinned) this.words[p | PINS]++;\n      return;\n    }\n',
    ),
  ),
  mistake(
    'second-page-only',
    'the second page is mapped once too often',
    inIndex(
      '      m.becomeFirst(t, p);\n',
      '      m.becomeFirst(t, p);\n      if (id(p) === 1) m.tasks[(t << RECORD) | MAPPED]++;\n',
    ),
    inIndex('const NONE = -1;\n', 'const NONE = -1;\nconst id = (p: Page): number => p >> 3;\n'),
  ),
];

async function found(mutant: Mutant, runs: number) {
  const Class = await loadController(mutant);
  const make = () => new ControllerSubject('letter', undefined, Class);
  const { found } = trial(make, { profile: 'letter', seed: 3, runs });
  return found && found.claim !== ALIVE && found.moves.length > 0 ? { make, violation: found } : null;
}

test('a situation that only a check can tell from another is looked at: five moves, where six were called the shortest', async () => {
  const Class = await loadController(stale);
  const make = () => new ControllerSubject('letter', undefined, Class);
  const moves: Move[] = [
    ['mkdir', 3],
    ['spawn', 4, 3],
    ['spawn', 1, 3],
    ['touch', 4, 13],
    ['touch', 1, 13],
    ['exit', 1],
  ];
  const long = { claim: 'StructureIsSound', witness: '', moves, answers: [] };
  const { text, proof, violation } = new Shrinker(letter, make).shrink(long);
  assert.is(text, 'mkdir c0\nspawn t0 c0\ntouch t0 p0\nfork t0 t1\nexit t1');
  assert.is(violation.claim, 'StructureIsSound');
  assert.ok(proof.complete);
});

/** Small enough to enumerate, and in each scope as many moves as that takes a moment. */
const SMALL: readonly (readonly [Scope, number])[] = [
  [{ containers: 1, tasks: 2, pages: 1, limit: 1 }, 5],
  [{ containers: 1, tasks: 1, pages: 2, limit: 1 }, 5],
  [{ containers: 2, tasks: 1, pages: 1, limit: 1 }, 5],
  [{ containers: 1, tasks: 2, pages: 2, limit: 0 }, 4],
];
const WANTED = 50;

const failsAgain = ({ make, violation }: NonNullable<Awaited<ReturnType<typeof found>>>): boolean => {
  try {
    new Shrinker(letter, make, { situations: 0 }).shrink(violation);
    return true;
  } catch (error) {
    if (error instanceof NotReproduced) return false;
    throw error;
  }
};

test(`of ${WANTED} planted mistakes each is proved to be as short as enumeration finds it`, async () => {
  const general = generalMutants('G').filter(({ name }) => /^(index|machine|tables)/.test(name));
  // Far apart in the source. About every second one is found in four runs. Those that hang would take their time.
  const some = general.filter(({ why }, i) => i % 5 === 2 && !/while|becomeFirst/.test(why));
  let compared = 0;
  for (const mutant of [...remembering, ...some]) {
    if (compared === WANTED) break;
    const start = await found(mutant, remembering.includes(mutant) ? 100 : 4);
    // What shows only with ids far apart is no trace of a small scope.
    if (!start || !failsAgain(start)) continue;
    const { violation, proof, text } = new Shrinker(letter, start.make).shrink(start.violation);
    const { length } = violation.moves;
    const what = `${mutant.id} (${mutant.why}): ${text}; ${proof.text}`;
    assert.ok(proof.complete, what);
    for (const [scope, most] of SMALL) {
      const least = enumerated(start.make, scope, Math.min(most, length));
      if (least !== null && scope.limit <= (proof.size as Scope).limit) assert.is(least, length, what);
    }
    compared++;
  }
  assert.is(compared, WANTED);
});

test.run();
