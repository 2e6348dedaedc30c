// A situation of a search is what the subject remembers and what the specification does: a subject may forget what the specification does not.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Domain, memoryKey, type Plain, type Subject, shrink } from '../lockstep/index.ts';
import { initial, lru, type Move, type Profile, profiles, type State, step } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { View, viewOfState } from '../properties/view/view.ts';

type Seal = Plain<'look' | 'seal' | 'add' | 'remove', 'ok' | 'refused', number>;
const sealing: Seal['move'][] = ['look', 'seal', 'add', 'remove'];

/** A counter to 5; after a seal, of which nothing is to be seen yet, no more is added. */
class Sealed {
  state = { n: 0, isSealed: false };
  reset() {
    this.state = { n: 0, isSealed: false };
  }
  look() {
    return this.state.n;
  }
  apply(move: Seal['move']) {
    const { n, isSealed } = this.state;
    if (move === 'add' ? n === 5 || isSealed : move === 'remove' && n === 0) return 'refused';
    this.state = {
      n: n + (move === 'add' ? 1 : move === 'remove' ? -1 : 0),
      isSealed: isSealed || move === 'seal',
    };
    return 'ok';
  }
}

/** Forgets the seal: two moves. Stops at 3: four moves. Its memory shows all that it remembers. */
class Forgets {
  n = 0;
  reset() {
    this.n = 0;
  }
  look() {
    return this.n;
  }
  apply(move: Seal['move']) {
    if (move === 'add' ? this.n === 3 : move === 'remove' && this.n === 0) return 'refused';
    this.n += move === 'add' ? 1 : move === 'remove' ? -1 : 0;
    return 'ok';
  }
}

test('what the subject forgets, the specification may remember: then one memory is several situations', async () => {
  const four = {
    claim: 'EqualsSpec',
    witness: '',
    answers: [],
    moves: ['add', 'add', 'add', 'add'] as Seal['move'][],
  };
  const shrunk = (specification: Domain<Seal>['specification']) => {
    const shrinking = { moves: () => sealing, room: () => null, memory: (subject: Subject<Seal>) => subject };
    const domain = {
      name: 'seal',
      specification,
      move: () => 'look',
      text: String,
      shrinking,
    } as Domain<Seal>;
    return shrink(domain, () => new Forgets(), four);
  };
  for (const [specification, said] of [
    [() => new Sealed(), /^nothing shorter fails: 4 situations, \d+ moves tried$/],
    [stateless, /; without `memory`: the specification has no `state`$/],
    [dated, /; without `memory`: in the specification's `state`, a Date/],
  ] as const) {
    const { violation, proof } = await shrunk(specification);
    assert.equal([violation.moves, proof.complete], [['seal', 'add'], true]);
    assert.match(proof.text, said);
  }
});

/** The same without its `state`. */
function stateless() {
  const spec = new Sealed();
  return {
    reset: () => spec.reset(),
    look: () => spec.look(),
    apply: (move: Seal['move']) => spec.apply(move),
  };
}

/** The same; its state holds what cannot be read. */
const dated = () => Object.assign(stateless(), { state: { since: new Date(0) } });

test('RSS says stateIsSeen: states that look the same go on alike, whatever the order of their tables', () => {
  const size = { containers: 2, tasks: 2, pages: 2, limit: 2 };
  for (const profile of [profiles.letter, profiles['linux-v2']]) {
    const { shrinking, name } = domainOf(profile);
    assert.is(shrinking.stateIsSeen, true);
    const moves = [...shrinking.moves(size)];
    const looks = (state: State) => memoryKey(viewOfState(state, new View(size)).words);
    const first = new Map<string, { state: State; after: string; key: string }>();
    let twins = 0;
    for (const state of someStates(profile, moves)) {
      const [seen, key] = [looks(state), memoryKey(state)];
      const known = first.get(seen);
      if (known?.key === key) continue;
      const after = moves
        .map((move) => step(state, move, lru))
        .map((next) => `${next.outcome} ${next.killed} ${next.reclaimed} ${looks(next.state)}`)
        .join();
      if (known) {
        twins++;
        assert.is(after, known.after, name);
      } else first.set(seen, { state, after, key });
    }
    assert.ok(twins > 20, `${name}: ${twins} states that differ and look the same`);
  }
});

/** States of random walks: always the same ones. */
function* someStates(profile: Profile, moves: readonly Move[]): Generator<State> {
  let random = 1;
  for (let walk = 0; walk < 150; walk++) {
    let state = initial(profile);
    for (let made = 0; made < 25; made++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      ({ state } = step(state, moves[Math.floor((random / 2 ** 32) * moves.length)], lru));
      yield state;
    }
  }
}

test.run();
