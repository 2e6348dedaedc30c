// Where today's kernel differs from the letter: random runs in profile letter, each difference cut to its shortest trace on the kernel.

import fc from 'fast-check';
import { fromList, fromRun, Judge, type Next, OutsideLockstep } from '../lockstep/index.ts';
import { type Move, profiles } from '../model/index.ts';
import { domainOf, type Rss } from '../properties/domain/index.ts';
import { tableOf, usualWeights } from '../properties/draw/draw.ts';
import { LinuxSubject, probeLinux } from '../properties/subjects/linux/index.ts';
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

const domain = domainOf(letter, 'contract');

async function judge(next: Next<Rss>) {
  const judge = new Judge(domain, subject.observed, { only: [] });
  return new OutsideLockstep(subject, judge).run(size, next, false);
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
const style = { table: tableOf(usualWeights), exotic: false, nested: false, leavesOnly: false };
const draws = fc.array(fc.nat({ max: 2 ** 30 - 1 }), { minLength: 30, maxLength: 30 });
for (const run of fc.sample(fc.noBias(draws), { seed: 1, numRuns: Number(process.argv[2] ?? 250) })) {
  const violation = await judge(fromRun(domain, { size, style, draws: run }));
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
