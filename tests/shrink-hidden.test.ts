// A proof is none if `memory` does not show all that a subject remembers, or if a specification writes to its `state`: then it is done without them.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Domain, memoryKey, type Plain, type Subject, shrink } from '../lockstep/index.ts';
import { Audit } from '../lockstep/shrink/audit.ts';
import { Search } from '../lockstep/shrink/search.ts';

type Move = 'add' | 'remove' | 'reset';
type Counter = Plain<Move, 'ok' | 'refused', number>;
const moves: Move[] = ['add', 'remove', 'reset'];

/** What a counter up to 3 does with a move: its new number, or null where it refuses. */
function after(n: number, move: Move): number | null {
  const next = move === 'reset' ? 0 : move === 'add' ? n + 1 : n - 1;
  return next < 0 || next > 3 ? null : next;
}

class Spec {
  state = 0;
  reset() {
    this.state = 0;
  }
  look() {
    return this.state;
  }
  apply(move: Move) {
    const next = after(this.state, move);
    this.state = next ?? this.state;
    return next === null ? 'refused' : 'ok';
  }
}

/** Two mistakes. A reset does not make it forget that it is full: five moves. After a `remove` to 0 an `add` is refused: three moves. */
abstract class Twice implements Subject<Counter> {
  n = 0;
  full = false;
  abstract sore(set?: boolean): boolean;
  reset() {
    this.n = 0;
    this.full = false;
    this.sore(false);
  }
  look() {
    return this.n;
  }
  apply(move: Move) {
    const wasSore = this.sore();
    const next = move === 'add' && (this.full || wasSore) ? null : after(this.n, move);
    this.sore(move === 'remove' && next === 0);
    if (next === null) return 'refused';
    this.n = next;
    if (move !== 'reset') this.full = next === 3;
    return 'ok';
  }
}

/** Keeps it in a private field. */
class Private extends Twice {
  #sore = false;
  sore(set = this.#sore) {
    this.#sore = set;
    return set;
  }
}

/** Keeps it in a variable that a function has caught. */
function closed(): Twice {
  let sore = false;
  class Closed extends Twice {
    sore(set = sore) {
      sore = set;
      return set;
    }
  }
  return new Closed();
}

/** Keeps it where everybody sees it. */
class Open extends Twice {
  isSore = false;
  sore(set = this.isSore) {
    this.isSore = set;
    return set;
  }
}

const counter = (
  shrinking: Partial<Domain<Counter>['shrinking']> = {},
  specification: Domain<Counter>['specification'] = () => new Spec(),
): Domain<Counter> => ({
  name: 'counter',
  specification,
  move: (draw) => moves[draw % moves.length],
  text: (move) => move,
  shrinking: { moves: () => moves, room: () => null, memory: (subject) => subject, ...shrinking },
});

/** The trace that a hunt has found: of the mistake that takes five moves. */
const five = {
  claim: 'EqualsSpec',
  witness: '',
  moves: ['add', 'add', 'add', 'reset', 'add'] as Move[],
  answers: [],
};

test('what memory shows whole is searched through it', async () => {
  const { violation, proof } = await shrink(counter(), () => new Open(), five);
  assert.equal(violation.moves, ['add', 'remove', 'add']);
  assert.is(proof.text, 'nothing shorter fails: 6 situations, 13 moves tried');
});

test('a private field is not seen: every trace is looked at, and the three moves are found', async () => {
  const { violation, proof } = await shrink(counter(), () => new Private(), five);
  assert.equal(violation.moves, ['add', 'remove', 'add']);
  assert.ok(proof.complete);
  assert.match(
    proof.text,
    /^nothing shorter fails: .*; without `memory`: Private has private fields, #sore$/,
  );
});

test('what a closure keeps is seen by what it does: two traces end in the same memory, and go on differently', async () => {
  const { violation, proof } = await shrink(counter(), closed, five);
  assert.equal(violation.moves, ['add', 'remove', 'add']);
  assert.ok(proof.complete);
  assert.match(
    proof.text,
    /; without `memory`: it shows the same after "add, remove" as after "remove", and "add" goes otherwise$/,
  );
});

test('a memory that is not the object itself cannot be put back', async () => {
  const memory = (subject: Subject<Counter>) => ({ ...(subject as Open) });
  const { violation, proof } = await shrink(counter({ memory }), () => new Open(), five);
  assert.equal(violation.moves, ['add', 'remove', 'add']);
  assert.ok(proof.complete);
  assert.match(proof.text, /; without `memory`/);
});

test('what is in a Date, a promise or a class over Map is not seen', async () => {
  for (const [part, said] of [
    [new Date(), 'a Date'],
    [Promise.resolve(), 'a Promise'],
    [new WeakMap(), 'a WeakMap'],
    [Object.assign(new Map(), { extra: 1 }), 'a Map with fields of its own'],
    [Object.defineProperty({}, 'x', { value: 1 }), 'a field x that is not enumerable'],
    [{ [Symbol('s')]: 1 }, 'a field Symbol(s)'],
  ] as const) {
    const make = () => Object.assign(new Open(), { part: { deeper: [part] } });
    const { violation, proof } = await shrink(counter(), make, five);
    assert.equal(violation.moves, ['add', 'remove', 'add']);
    assert.ok(proof.text.includes(`without \`memory\`: `) && proof.text.includes(said), proof.text);
  }
});

test('a specification that writes to its state is followed by its moves', async () => {
  class Writes {
    state = { log: [] as number[] };
    reset() {
      this.state = { log: [0] };
    }
    look() {
      return this.state.log.at(-1) as number;
    }
    apply(move: Move) {
      const next = after(this.look(), move);
      if (next !== null) this.state.log.push(next);
      return next === null ? 'refused' : 'ok';
    }
  }
  const { violation, proof } = await shrink(
    counter({}, () => new Writes()),
    () => new Open(),
    five,
  );
  assert.equal(violation.moves, ['add', 'remove', 'add']);
  assert.ok(proof.complete);
  assert.match(
    proof.text,
    /^nothing shorter fails: .*; without `state`: the specification writes to it, and is to put a new one there$/,
  );
});

test('a specification that remembers more than its state is followed by its moves', async () => {
  class More extends Spec {
    #sore = false;
    override reset() {
      super.reset();
      this.#sore = false;
    }
    override apply(move: Move) {
      const wasSore = this.#sore;
      this.#sore = false;
      if (move === 'add' && wasSore) return 'refused';
      const answer = super.apply(move);
      this.#sore = move === 'remove' && answer === 'ok' && this.state === 0;
      return answer;
    }
  }
  const { violation, proof } = await shrink(
    counter({}, () => new More()),
    () => new Open(),
    five,
  );
  assert.equal(violation.moves, five.moves);
  assert.ok(proof.complete);
  assert.match(
    proof.text,
    /; without `memory` and `state`: from the start a trace goes otherwise than by it$/,
  );
});

test('moves that read alike in words are not one', async () => {
  const worded = { ...counter(), text: () => 'a move' };
  const six = { ...five, moves: ['reset', ...five.moves] as Move[] };
  const { violation } = await shrink(worded, () => new Open(), six, { situations: 0 });
  assert.equal(violation.moves, five.moves);
});

test('a subject that throws dice is not proved anything of', async () => {
  let n = 0;
  class Dice extends Twice {
    sore() {
      return false;
    }
    override apply(move: Move) {
      const isHit = this.n === 2 && ++n % 17 === 0;
      return isHit ? 'refused' : super.apply(move);
    }
  }
  const { proof } = await shrink(counter(), () => new Dice(), five);
  assert.not(proof.complete);
  assert.is(proof.text, 'no proof: one and the same trace goes otherwise each time');
});

test('what is told of a trace that was only shortened by leaving out is what was tried', async () => {
  const { shrinking: _, ...plain } = counter();
  for (const [length, said] of [
    [12, 'one or two moves mends it'],
    [13, 'one move mends it'],
  ] as const) {
    class Tires extends Open {
      made = 0;
      override reset = () => void (this.made = 0);
      override apply = () => (++this.made < length ? 'ok' : 'refused');
    }
    const { proof } = await shrink(plain, () => new Tires(), { ...five, moves: Array(length).fill('reset') });
    assert.is(proof.text, `leaving out any ${said}; shorter ones were not searched for`);
  }
});

test('a specification that breaks is no trace that fails', () => {
  class Breaks extends Spec {
    override apply(): 'ok' {
      throw new TypeError('the specification breaks');
    }
  }
  const broken = counter({}, () => new Breaks());
  const options = { size: null, moves, insight: null, recalls: false, renaming: false };
  const search = new Search(broken, () => new Open(), options);
  assert.throws(() => [...search.until(1, 10)], /the specification breaks/);
  const audit = new Audit(broken, () => new Open(), { ...options, length: 2, budget: 10 });
  assert.throws(() => audit.of([{ moves: ['add'], like: null }]), /the specification breaks/);
});

test('what is not the same has not the same key: names of fields, and kinds of values, count', () => {
  const numbers = [['1.5'], [1.5], [5n], ['5'], [null], [0x7003], [true], ['true']];
  const different = [...numbers, { x: 1 }, { y: 1 }, [[], 1], [[1]]];
  assert.is(new Set(different.map(memoryKey)).size, different.length);
});

test('a search that was left in the midst of a level goes on from there, whoever had the subject meanwhile', () => {
  /** Its memory is another object after each reset, as the controller's is. */
  class Renewed implements Subject<Counter> {
    inner = new Open();
    reset = () => void (this.inner = new Open());
    apply = (move: Move) => this.inner.apply(move);
    look = () => this.inner.look();
  }
  const subject = new Renewed();
  const options = { size: null, moves, recalls: true, renaming: false };
  const insight = { memory: () => subject.inner, alike: null };
  const found = (slices: readonly number[]) => {
    const search = new Search(counter(), () => subject, { ...options, insight });
    for (const most of slices) {
      for (const _ of search.until(5, most));
      subject.reset();
      for (const move of moves) subject.apply(move);
    }
    return search.found;
  };
  assert.equal(found([2, 3, 4, 5, 6, 100]), found([100]));
  assert.equal(found([100]), ['add', 'remove', 'add']);
});

test.run();
