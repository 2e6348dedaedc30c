// The peer tests as sequences of moves: the controller in lockstep with the specification, then held against the contract, every claim judged.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lru, type Move, type ProfileName, profileNames, profiles } from '../model/index.ts';
import { ControllerSubject } from '../properties/controller.ts';
import { Judge } from '../properties/judge.ts';
import { fromList, Lockstep, OutsideLockstep } from '../properties/lockstep.ts';
import { FedChooser, Referee } from '../properties/referee.ts';
import { runScript, Shell } from '../properties/shell/index.ts';
import { type OutsideSubject, Specification, type Subject } from '../properties/subject.ts';
import { everything, type Size } from '../properties/view.ts';
import { readPeers, Tracing } from './peers.ts';

interface Sequence {
  readonly file: string;
  readonly profile: ProfileName;
  readonly size: Size;
  readonly moves: readonly Move[];
}

const sequences: Sequence[] = [];
for (const { file, script, profile } of readPeers()) {
  const tracing = new Tracing(profile);
  await runScript(new Shell(tracing), script);
  sequences.push({ file, profile, size: tracing.size, moves: tracing.moves });
}

const judges = new Map(profileNames.map((name) => [name, new Judge(profiles[name], everything)]));

for (const { file, profile, size, moves } of sequences) {
  test(`${file}: ${moves.length} moves in lockstep with the LRU spec`, () => {
    const spec = new Specification(profiles[profile], lru, true);
    const judge = judges.get(profile) as Judge;
    const violation = new Lockstep(new ControllerSubject(profile, true), spec, judge).run(
      size,
      fromList(moves),
    );
    assert.is(violation, null, violation ? `${violation.claim}: ${violation.witness}` : '');
  });

  test(`${file}: every choice is legal in the contract`, async () => {
    const fed = new FedChooser();
    const judge = new Judge(profiles[profile], everything);
    const spec = new Specification(profiles[profile], fed, true);
    const subject = asOutside(new ControllerSubject(profile, true));
    const referee = new Referee(judge, spec, 'contract', fed);
    const violation = await new OutsideLockstep(subject, judge, referee).run(size, fromList(moves));
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

test('the sequences meet the antecedent of every claim that applies to the letter', () => {
  const reports = judges.get('letter')?.reports() ?? [];
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
