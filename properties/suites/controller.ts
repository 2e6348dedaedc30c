// What every suite shares: the controller, random command sequences in any profile, and a claim as a predicate for fc.property.

import fc from 'fast-check';
import { holds, Judge, runs, type Subject } from '../../lockstep/index.ts';
import { type ProfileName, profileNames, profiles } from '../../model/index.ts';
import { domainOf, type Rss } from '../domain/index.ts';
import { ControllerSubject } from '../subjects/controller.ts';

/** The letter as it is meant, the code of 2007, and the two kernels that followed it. */
export const profile: fc.Arbitrary<ProfileName> = fc.constantFrom(...profileNames);

/** Up to 200 commands in a world of 1 to 8 containers, which in every other one lie within each other; a failing one prints as its commands. */
export const commands: fc.Arbitrary<Rss['run']> = fc.oneof(
  runs(domainOf(profiles.letter)),
  runs(domainOf(profiles['linux-v2'])),
);

/** Some 50,000 commands a claim, which take a fraction of a second; a failure is told in words, with the seed and path that repeat it. */
export const enough = { numRuns: 500, includeErrorInReport: true };

export interface Judged {
  /** The controller takes the commands, and the claim is asked after each of them. Throws what is wrong in words. */
  holds(profile: ProfileName, commands: Rss['run']): void;
  /** How often the claim's antecedent held: a claim that is never met says nothing. */
  readonly met: number;
}

/** A claim by its name. The specification decides nothing here: `specification.test.ts` compares with it. */
export function claim(
  name: string,
  open: (profile: ProfileName) => Subject<Rss> = (profile) => new ControllerSubject(profile),
): Judged {
  const known = new Map<ProfileName, { judge: Judge<Rss>; holds(run: Rss['run']): void }>();
  const judgeOf = (profile: ProfileName) => {
    const before = known.get(profile);
    if (before) return before;
    const judge = new Judge<Rss>(domainOf(profiles[profile]), undefined, { only: [name] });
    const made = { judge, holds: holds(open(profile), judge, { compare: false }) };
    known.set(profile, made);
    return made;
  };
  return {
    holds: (profile, run) => judgeOf(profile).holds(run),
    get met() {
      return [...known.values()].reduce((sum, { judge }) => sum + (judge.tally().claims[name]?.met ?? 0), 0);
    },
  };
}
