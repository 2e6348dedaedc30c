// The fast judging of random runs is the same judging: the fast specification equals the readable one and says all that it changes,
// and claims asked only where a step shows what they are about say what they say when they are asked of every step.
// FIRSTTOUCH_COMMANDS and FIRSTTOUCH_MUTANTS=all make the runs longer.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BatchResult, runBatch, runsOf } from '../lockstep/index.ts';
import { type Move, profileNames, profiles } from '../model/index.ts';
import { mutants } from '../mutants/index.ts';
import { openMutant } from '../mutants/open.ts';
import { differences } from '../properties/claims/asked.ts';
import { domainOf, RssDomain } from '../properties/domain/index.ts';
import type { Rss } from '../properties/domain/kinds.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { FastSpecification } from '../properties/subjects/fast.ts';
import { Specification, type Subject } from '../properties/subjects/subject.ts';
import { answersDiffer } from '../properties/view/answer.ts';
import { difference, View } from '../properties/view/view.ts';

const COMMANDS = Number(process.env.FIRSTTOUCH_COMMANDS ?? 5_000);
/** Every so manieth mutant. */
const STRIDE = process.env.FIRSTTOUCH_MUTANTS === 'all' ? 1 : 10;
const plan = { impl: 'controller', seed: 7 };

for (const name of profileNames) {
  test(`${name}: the fast specification answers and looks as the readable one does`, () => {
    const domain = domainOf(profiles[name]);
    const fast = new FastSpecification(profiles[name]);
    const spec = new Specification(profiles[name]);
    let commands = 0;
    for (let batch = 0; commands < COMMANDS; batch++) {
      for (const run of runsOf(domain, plan, batch)) {
        const view = new View(run.size);
        const before = new View(run.size);
        fast.reset(run.size);
        spec.reset();
        spec.look(view);
        const take = (move: Move) => {
          before.words.set(view.words);
          const differs = answersDiffer(fast.apply(move), spec.apply(move));
          assert.is(differs ?? difference(fast.look(), spec.look(view)), null, move.join(' '));
          const untold = differences(before, view) & ~fast.changed;
          assert.is(untold, 0, `${move.join(' ')} changed more than the fast specification says`);
          commands++;
        };
        for (const [made, draw] of run.draws.entries()) take(domain.move(draw, view, run, made));
        for (const move of domain.closing(() => view)) take(move);
      }
    }
  });

  test(`${name}: as much is judged, met and reached as where everything is compared and every claim asked`, () => {
    const domain = domainOf(profiles[name]);
    const subject = new ControllerSubject(name);
    for (let batch = 0, commands = 0; commands < COMMANDS; batch++) {
      const [fast, whole] = bothWays(domain, subject, batch);
      assert.equal(fast, whole);
      commands += fast.tally.commands;
    }
  });
}

function bothWays(domain: RssDomain, subject: Subject, batch: number): BatchResult<Rss>[] {
  const runs = runsOf(domain, plan, batch);
  return [false, true].map((thorough) => runBatch(domain, { ...plan, thorough }, batch, runs, subject));
}

/** Most are found in the first batch; a few take thousands of runs. */
const BATCHES = 4;

for (const { id, profile = 'letter' } of mutants.filter((_, i) => i % STRIDE === 0)) {
  test(`mutant ${id}: the same verdict at the same move`, async () => {
    const domain = domainOf(profiles[profile]);
    const subject = await openMutant(id, profile);
    for (let batch = 0; batch < BATCHES; batch++) {
      const [fast, whole] = bothWays(domain, subject, batch);
      assert.equal(fast, whole);
      if (fast.found) return;
    }
  });
}

test('the specification itself plays one run of a hundred, another one each time', () => {
  let made = 0;
  class Counted extends Specification {
    override apply(move: Move) {
      made++;
      return super.apply(move);
    }
  }
  const counted = { specification: () => new Counted(profiles.letter) };
  const domain = Object.assign(new RssDomain(profiles.letter, 'lru'), counted);
  const subject = new ControllerSubject('letter');
  const movesOf = (run: Rss['run']): number => runBatch(domain, plan, 1, [run], subject).tally.commands;
  for (let batch = 0; batch < 9; batch++) {
    const runs = runsOf(domain, plan, batch);
    made = 0;
    assert.is(runBatch(domain, plan, batch, runs, subject).found, null);
    const whole = made;
    assert.is(whole, batch % 4 === 0 ? movesOf(runs[batch / 4]) : 0);
  }
});

test('what a wrong fast specification finds is not told, and the whole batch is judged by the readable one', () => {
  class Wrong extends FastSpecification {
    #moves = 0;
    override apply(move: Move) {
      const answer = super.apply(move);
      return ++this.#moves === 300 ? { ...answer, outcome: 'EINVAL' } : answer;
    }
  }
  const wrong = { fastSpecification: () => new Wrong(profiles.letter) };
  const domain = Object.assign(new RssDomain(profiles.letter, 'lru'), wrong);
  const subject = new ControllerSubject('letter');
  const [fast, whole] = bothWays(domain, subject, 0);
  assert.is(fast.found, null);
  assert.equal(fast, whole);
});

test.run();
