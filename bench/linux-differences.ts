// Where today's kernel differs from the letter: random runs in profile letter, each difference cut to its shortest trace on the kernel.

import fc from 'fast-check';
import { type Move, profiles } from '../model/index.ts';
import { tableOf, usualWeights } from '../properties/draw/draw.ts';
import { Judge } from '../properties/lockstep/judge.ts';
import { fromDraws, fromList, type Next, OutsideLockstep } from '../properties/lockstep/lockstep.ts';
import { FedChooser, Referee } from '../properties/lockstep/referee.ts';
import { LinuxSubject, probeLinux } from '../properties/subjects/linux/index.ts';
import { Specification } from '../properties/subjects/subject.ts';
import { moveText } from '../properties/trace/move.ts';

const found = await probeLinux();
if (!found.ok) {
  console.log(`SKIP missing: ${found.missing.join(', ')}`);
  process.exit(0);
}
const size = { containers: 2, tasks: 2, pages: 3 };
const subject = await LinuxSubject.open();
// The letter with a root, as the kernel has one: that is no difference of behaviour.
const letter = { ...profiles.letter, root: true };

async function judge(next: Next) {
  const fed = new FedChooser();
  const judge = new Judge(letter, subject.observed, []);
  const referee = new Referee(judge, new Specification(letter, fed), 'contract', fed);
  return new OutsideLockstep(subject, judge, referee).run(size, next, false);
}

/** What kind of difference: the last move and the witness without its numbers, and however many pages it names. */
const kindOf = (moves: readonly Move[], witness: string) =>
  `${moves.at(-1)?.[0]}: ${witness.replaceAll(/\d+/g, 'N').replaceAll(/pN( pN)*/g, 'pages')}`;

async function shortest(moves: readonly Move[], kind: string): Promise<readonly Move[]> {
  for (let i = moves.length - 2; i >= 0; i--) {
    const without = moves.filter((_, at) => at !== i);
    const violation = await judge(fromList(without));
    if (violation && kindOf(violation.moves, violation.witness) === kind)
      return shortest(violation.moves, kind);
  }
  return moves;
}

const kinds = new Map<string, { moves: readonly Move[]; witness: string; seen: number }>();
const style = { table: tableOf(usualWeights), exotic: false };
const draws = fc.array(fc.nat({ max: 2 ** 30 - 1 }), { minLength: 30, maxLength: 30 });
for (const run of fc.sample(fc.noBias(draws), { seed: 1, numRuns: Number(process.argv[2] ?? 250) })) {
  const violation = await judge(fromDraws(run, style));
  if (!violation) continue;
  const kind = kindOf(violation.moves, violation.witness);
  const moves = await shortest(violation.moves, kind);
  const known = kinds.get(kind);
  const seen = (known?.seen ?? 0) + 1;
  const best = known && known.moves.length <= moves.length ? known : { moves, witness: violation.witness };
  kinds.set(kind, { ...best, seen });
}
await subject.close();
for (const [kind, { moves, witness, seen }] of kinds)
  console.log(`${kind} (${seen} runs)\n  ${witness}\n  ${moves.map(moveText).join('; ')}`);
