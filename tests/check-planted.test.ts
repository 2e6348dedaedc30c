// Mistakes planted in the specification, flat and in its trees: each is found, and no trace is shorter than the one found, by a search of another kind.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Choose, check, type Effect, type Model } from '../checker/index.ts';
import { plainName } from '../properties/scopes/judging.ts';
import { type Planted, planted, plantedModels } from './check-mistakes.ts';

/** All effects of a move, one a combination of choices. */
function* effectsOf<State>(model: Model<State>, state: State, m: number): Generator<Effect<State>> {
  if (model.guard(state, model.moves[m]) !== null) return;
  const path: number[] = [];
  for (;;) {
    const counts: number[] = [];
    const choose: Choose = (count) => {
      if (counts.push(count) > path.length) path.push(0);
      return path[counts.length - 1];
    };
    yield model.effect(state, model.moves[m], choose);
    while (path.length > 0 && path[path.length - 1] + 1 === counts[path.length - 1]) path.pop();
    if (path.length === 0) return;
    path[path.length - 1]++;
  }
}

/** Depth first, to a bound, over states as text, without packing: is there a step of at most `depth` that `bad` names? */
function within<State>(
  model: Model<State>,
  depth: number,
  bad: (before: State, m: number, effect: Effect<State>) => boolean,
): boolean {
  const left = new Map<string, number>();
  const visit = (state: State, rest: number): boolean => {
    const key = model.show?.(state) ?? '';
    if (rest === 0 || (left.get(key) ?? -1) >= rest) return false;
    left.set(key, rest);
    for (let m = 0; m < model.moves.length; m++) {
      for (const effect of effectsOf(model, state, m)) {
        if (bad(state, m, effect) || visit(effect.state, rest - 1)) return true;
      }
    }
    return false;
  };
  return model.initial().some((state) => visit(state, depth));
}

async function findsAtomic(mistake: Planted): Promise<void> {
  const { atomic: model, twin } = await plantedModels(mistake);
  const parts = model.claims.filter(({ name }) => plainName(name) === mistake.claim);
  const claims = parts.map(({ name }) => name);
  const { counterexample } = await check(model, { claims });
  // A packed twin of the specification as it should be does not hide what is wrong with this one.
  const beside = await check(model, { claims, ...(twin ? { twin } : {}) });
  assert.equal(beside.counterexample, counterexample);
  assert.ok(counterexample, `${mistake.id} is not found`);
  const { length } = counterexample?.trace ?? [];
  if (mistake.id === 'I5b')
    assert.match(counterexample?.trace.at(-2)?.show ?? '', / in c\d/, 'who is in whom is shown');
  const claim = parts.find(({ kind }) => kind === 'step');
  const bad = (before: Parameters<typeof model.guard>[0], m: number, effect: Effect<typeof before>) =>
    claim?.kind === 'step' && claim.judge(before, model.moves[m], effect).violation !== null;
  assert.is(within(model, length - 1, bad), false, `${mistake.id}: a trace is shorter than ${length}`);
  assert.is(within(model, length, bad), true, `${mistake.id}: no trace of ${length} moves`);
}

for (const mistake of planted.filter(({ id }) => id !== 'T1')) {
  test(`${mistake.id} ${mistake.claim}: ${mistake.why}`, () => findsAtomic(mistake));
}

test('T1 ChargeTerminates: the victim of the OOM killer lives on', async () => {
  const mistake = planted.find(({ id }) => id === 'T1') as Planted;
  const { charge: model } = await plantedModels(mistake);
  const { counterexample } = await check(model, {});
  assert.is(counterexample?.claim, 'ChargeTerminates');
  const stem = counterexample?.loop ?? 0;
  // A state that the steps of the loop alone lead back to: those are fair, and nothing else is needed.
  const text = (state: Parameters<typeof model.guard>[0]) => model.show?.(state) ?? '';
  const returns = (from: typeof model extends Model<infer S> ? S : never): boolean => {
    const seen = new Set<string>();
    const frontier = [from];
    for (let state = frontier.pop(); state; state = frontier.pop()) {
      for (let m = 0; m < model.moves.length; m++) {
        if (!['attempt', 'reclaim', 'kill'].includes(model.moves[m].name)) continue;
        for (const { state: next } of effectsOf(model, state, m)) {
          if (text(next) === text(from)) return true;
          if (!seen.has(text(next))) frontier.push(next);
          seen.add(text(next));
        }
      }
    }
    return false;
  };
  const bad = (_before: unknown, _m: number, { state }: { state: Parameters<typeof returns>[0] }) =>
    state.pending !== null && returns(state);
  assert.is(within(model, stem - 1, bad), false);
  assert.is(within(model, stem, bad), true);
});

test.run();
