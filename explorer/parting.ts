// One trace under every profile: where does each first do something else than the profile one looks at?

import { IllegalChoice, type ProfileName, profileNames, step } from '../model/index.ts';
import { following } from '../properties/trace/decide.ts';
import { begin, type Linked } from '../properties/trace/link.ts';
import { answersDiffer } from '../properties/view/answer.ts';
import { difference, everything, type Size, View, viewOfState } from '../properties/view/view.ts';

export interface Parting {
  readonly profile: ProfileName;
  /** The move (1 is the first) at which this profile parts, or null. */
  readonly at: number | null;
  readonly what: string;
}

/** Compares answers and everything that can be seen, move by move. The root container is there for all, so that it makes no difference by itself. */
export function partings(linked: Linked, size: Size): Parting[] {
  return profileNames
    .filter((profile) => profile !== linked.profile)
    .map((profile) => partingOf(linked, profile, size));
}

function partingOf(linked: Linked, profile: ProfileName, size: Size): Parting {
  const start = linked.start === 'nothing' ? 'root' : linked.start;
  let here = begin({ ...linked, start });
  let there = begin({ ...linked, start, profile });
  const views = [new View(size), new View(size)] as const;
  for (let i = 0; i < linked.turns.length; i++) {
    const { move, decisions } = linked.turns[i];
    const mine = step(here, move, following(decisions, 'policy'));
    const theirs = legalStep();
    if (!theirs) return { profile, at: i + 1, what: 'the choice made by hand is not legal there' };
    here = mine.state;
    there = theirs.state;
    const what = answersDiffer(theirs, mine) ?? seenDiffers();
    if (what)
      return { profile, at: i + 1, what: what.replace('the specification says', `${linked.profile} says`) };

    function legalStep() {
      try {
        return step(there, move, following(decisions, 'policy'));
      } catch (error) {
        if (error instanceof IllegalChoice) return null;
        throw error;
      }
    }
  }
  return { profile, at: null, what: 'the same at every step' };

  function seenDiffers(): string | null {
    const [theirs, mine] = [viewOfState(there, views[0]), viewOfState(here, views[1])];
    // What the root, which nothing limits, answers for is a matter of the profile from the first page on.
    theirs.usage[size.containers] = mine.usage[size.containers];
    return difference(theirs, mine, everything);
  }
}
