// The peer tests as sequences of moves: the controller in lockstep with the specification, then held against the contract, every claim judged.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { within } from '../checker/guard.ts';
import { claimReports, fromList, Judge, Lockstep, OutsideLockstep } from '../lockstep/index.ts';
import { lru, profileNames, profiles } from '../model/index.ts';
import { CANARY, loadController, mutantNamed } from '../mutants/index.ts';
import { domainOf, type Rss } from '../properties/domain/index.ts';
import { Contract } from '../properties/subjects/contract.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { type OutsideSubject, Specification, type Subject } from '../properties/subjects/subject.ts';
import { everything } from '../properties/view/view.ts';
import { readPeers, sequenceOf } from './peers.ts';

const sequences = await Promise.all(readPeers().map(sequenceOf));
const judges = new Map(profileNames.map((name) => [name, new Judge(domainOf(profiles[name]), everything)]));

for (const { peer, size, moves } of sequences) {
  const { file, profile } = peer;
  test(`${file}: ${moves.length} moves in lockstep with the LRU spec`, () => {
    const spec = new Specification(profiles[profile], lru, true);
    const judge = judges.get(profile) as Judge<Rss>;
    const violation = new Lockstep(new ControllerSubject(profile, true), judge, { spec }).run(
      size,
      fromList(moves),
    );
    assert.is(violation, null, violation ? `${violation.claim}: ${violation.witness}` : '');
  });

  test(`${file}: every choice is legal in the contract`, async () => {
    const judge = new Judge(domainOf(profiles[profile], 'contract'), everything);
    const spec = new Contract(profiles[profile], Specification, true);
    const subject = asOutside(new ControllerSubject(profile, true));
    const violation = await new OutsideLockstep(subject, judge, { spec }).run(size, fromList(moves));
    assert.is(violation, null, violation ? `${violation.claim}: ${violation.witness}` : '');
  });
}

/** A subject of this process as one outside of it, which is what can be held against the contract. */
const asOutside = (subject: Subject): OutsideSubject => ({
  name: subject.name,
  observed: subject.observed,
  relation: 'contract',
  reset: async () => subject.reset(),
  apply: async (move, view) => {
    const answer = subject.apply(move);
    subject.look(view);
    return answer;
  },
  close: async () => {},
});

test('the sequences convict mistakes planted in the controller', async () => {
  // Nothing is charged; a reclaimed page goes back to its old owner; a child is born in the root; move carries charges along.
  for (const id of [CANARY, 'A10', 'B17', 'B15']) {
    const Mutated = await loadController(mutantNamed(id) ?? null);
    const found = sequences.find(({ peer: { profile }, size, moves }) => {
      const spec = new Specification(profiles[profile], lru, true);
      const subject = new ControllerSubject(profile, true, Mutated);
      const judge = new Judge(domainOf(profiles[profile]), everything);
      return within(2_000, () => new Lockstep(subject, judge, { spec }).run(size, fromList(moves))) !== null;
    });
    assert.ok(found, id);
  }
});

test('the sequences meet the antecedent of every claim that applies to the letter', () => {
  const judge = judges.get('letter') as Judge<Rss>;
  const reports = claimReports(judge.domain, judge.observed, judge.tally());
  assert.equal(
    reports.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name),
    [],
  );
  assert.equal(
    reports.filter(({ verdict }) => verdict === 'vacuous').map(({ name }) => name),
    [],
  );
});

test.run();
