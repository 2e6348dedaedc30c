// The controller beside the specification: after every command both answer and look the same, in every list and counter.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EQUALS_SPEC, holds, Judge } from '../../lockstep/index.ts';
import { profileNames, profiles } from '../../model/index.ts';
import { domainOf } from '../domain/index.ts';
import { ControllerSubject } from '../subjects/controller.ts';
import { commands, enough } from './controller.ts';

for (const name of profileNames) {
  test(`The controller answers and looks as the specification does, in profile ${name}.`, () => {
    const judge = new Judge(domainOf(profiles[name]));
    fc.assert(fc.property(commands, holds(new ControllerSubject(name), judge)), { ...enough, numRuns: 200 });
    assert.ok((judge.tally().claims[EQUALS_SPEC]?.met ?? 0) > 1000);
  });
}

test.run();
