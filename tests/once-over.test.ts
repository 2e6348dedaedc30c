// A green hunt has compared something: what comparisons cannot see, and what is written into behind their back, is refused by name.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Claim, type Domain, hunt, MET, NOT_MET, type Plain } from '../lockstep/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: each test has kinds of its own
type Any = any;
type Toy = Plain<Any, Any, Any>;

/** A subject that shows and answers what it is told to, and a specification that agrees; both count moves. */
function toy(show: (n: number) => unknown, more: Partial<Domain<Toy>> = {}): Domain<Toy> {
  class Counter {
    state = 0;
    reset() {
      this.state = 0;
    }
    look() {
      return show(this.state);
    }
    apply(_move: unknown): unknown {
      this.state++;
      return 'ok';
    }
  }
  return {
    name: 'toy',
    subjects: { open: () => new Counter() },
    specification: () => new Counter(),
    move: () => 'add',
    text: (move) => JSON.stringify(move),
    ...more,
  };
}

const hunted = (domain: Domain<Toy>, more = {}) =>
  hunt({ domains: [domain], impl: 'x', seed: 1, runs: 10, ...more });

async function refused(domain: Domain<Toy>, why: string): Promise<void> {
  const error = await hunted(domain).catch((thrown: Error) => thrown);
  assert.instance(error, TypeError);
  assert.match((error as Error).message, why);
}

test('a subject that sorts its move in place, so that the specification gets the sorted one', async () => {
  const sorts = {
    reset: () => {},
    look: () => 0,
    apply: (list: number[]) => {
      list.sort();
      return 'ok';
    },
  };
  const moves = { ...toy(() => 0), move: () => [3, 1, 2] };
  assert.is((await hunted(moves)).verdict, 'holds');
  await refused(
    { ...moves, subjects: { open: () => sorts } },
    'writes into the move that it is given, now [1,2,3]',
  );
});

test('a view that is the live object, with which a step is compared to itself', async () => {
  class Live {
    view = { n: 0 };
    reset() {
      this.view = { n: 0 };
    }
    look() {
      return this.view;
    }
    apply() {
      this.view.n++;
      return 'ok';
    }
  }
  const counts = toy((n) => ({ n }));
  assert.is((await hunted(counts)).verdict, 'holds');
  await refused(
    { ...counts, subjects: { open: () => new Live() } },
    'look returns what its moves write into',
  );
  const constant = { n: 0 };
  assert.is(
    (await hunted(toy(() => constant))).verdict,
    'holds',
    'the same object, as long as it is the same',
  );
});

test('views and answers that hide what they hold', async () => {
  class Money {
    readonly #cents: number;
    constructor(cents: number) {
      this.#cents = cents;
    }
    toString() {
      return `${this.#cents}`;
    }
  }
  await refused(
    toy((n) => new Money(n)),
    'the view: Money has private fields, #cents',
  );
  await refused(
    toy((n) => ({ n: [Promise.resolve(n)] })),
    'the view: a Promise',
  );
  await refused(
    toy((value) => Object.defineProperty({}, 'n', { value })),
    'a field n that is not enumerable',
  );
  const told = { viewsDiffer: (a: Money, b: Money) => (String(a) === String(b) ? null : `${a}, not ${b}`) };
  assert.is((await hunted(toy((n) => new Money(n), told))).verdict, 'holds');
  const compared = toy((n) => ({ at: new Date(n), by: new Map([[n, /x/]]), error: new Error(`${n}`) }));
  assert.is((await hunted(compared)).verdict, 'holds');
});

test('what is shown after a reset is compared, too', async () => {
  const counts = toy((n) => n);
  const late = { n: 0, reset: () => void (late.n = 77), look: () => late.n, apply: () => 'ok' };
  const { verdict, found } = await hunted({ ...counts, subjects: { open: () => late } });
  assert.equal([verdict, found?.moves.length], ['violated', 0]);
  assert.is(found?.witness, 'after the reset the view is 77, the specification says 0');
});

test('two claims of one name are refused, and nothing compared without a claim is unknown', async () => {
  const claim = (judged: 0 | 1): Claim<Any> => ({ name: 'C', claim: 'c', kind: 'step', judge: () => judged });
  await refused(
    toy((n) => n, { claims: [claim(NOT_MET), claim(MET)] }),
    'two claims called C',
  );
  await refused(
    toy((n) => n, { claims: [{ ...claim(MET), name: 'EqualsSpec' }] }),
    'two claims called EqualsSpec',
  );
  const nothing = await hunted(
    toy((n) => n),
    { compare: false },
  );
  assert.equal(
    [nothing.verdict, nothing.unjudged],
    ['unknown', 'not one claim was met, so nothing was judged'],
  );
});

test.run();
