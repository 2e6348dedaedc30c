// What the cases of other suites find: each mutant of the catalogue against all peer sequences, one file named that convicts it. No random run.

import { guarded } from '../checker/guard.ts';
import { fromList, Judge, Lockstep } from '../lockstep/index.ts';
import { lru, profiles } from '../model/index.ts';
import { CANARY, loadController, mutants } from '../mutants/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { Specification } from '../properties/subjects/subject.ts';
import { everything } from '../properties/view/view.ts';
import { readPeers, type Sequence, sequenceOf } from '../tests/peers.ts';

const PATIENCE_MS = 1_500;
const sequences = await Promise.all(readPeers().map(sequenceOf));

type Mutated = Awaited<ReturnType<typeof loadController>>;

/** What a sequence shows: the claim broken, that it hangs, or nothing. In the mutant's own profile, if it has one. */
function convicts(
  { peer, size, moves }: Sequence,
  Class: Mutated,
  own: keyof typeof profiles,
): string | null {
  const profile = peer.profile === 'letter' ? own : peer.profile;
  const spec = new Specification(profiles[profile], lru, true);
  const judge = new Judge(domainOf(profiles[profile]), everything);
  const lockstep = new Lockstep(new ControllerSubject(profile, true, Class), judge, { spec });
  return guarded(
    PATIENCE_MS,
    () => lockstep.run(size, fromList(moves))?.claim ?? null,
    () => 'ImplementationAlive',
  );
}

const judged = mutants.filter(({ id }) => id !== CANARY);
const missed: string[] = [];
for (const mutant of judged) {
  const Class = await loadController(mutant);
  let claim: string | null = null;
  const first = sequences.find((sequence) => {
    claim = convicts(sequence, Class, mutant.profile ?? 'letter');
    return claim !== null;
  });
  if (!first) missed.push(`${mutant.id} ${mutant.name}`);
  console.log(`${mutant.id.padEnd(4)} ${first ? `${first.peer.file}: ${claim}` : 'not found'}`);
}
const moves = sequences.reduce((sum, sequence) => sum + sequence.moves.length, 0);
console.log(
  `${judged.length - missed.length} of ${judged.length} mutants found by ${sequences.length} sequences (${moves} moves)`,
);
console.log(`not found: ${missed.join(', ')}`);
