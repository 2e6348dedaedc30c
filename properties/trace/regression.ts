// A counterexample as a uvu test that is ready to be saved: red until its subject does as the specification says.

import type { Move } from '../../model/index.ts';
import { isOutside } from '../subjects/known.ts';
import type { Counterexample } from './counterexample.ts';
import { sizeOf } from './replay.ts';

/**
 * The test judges what the file names: a program or a kernel is started, by the file's command or by the one that FIRSTTOUCH_IMPL holds. What was
 * found in a mutant or in the specification is asked of the controller that ships.
 */
export function testText(example: Counterexample): string {
  const { mistake, breaks, why } = example;
  const [imports, body] = isOutside(example.subject) ? outside(example) : inside(example);
  return `// ${oneLine(why)}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
${imports}

test(${quoted(`${mistake}: ${breaks}`)}, async () => {
${body}
});

test.run();
`;
}

const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ');
/** As JavaScript reads it. */
const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

function inside({ subject, profile, scope, moves }: Counterexample): [string, string] {
  const { containers, tasks, pages } = sizeOf(scope);
  const impl = subject === 'concurrent' ? subject : 'controller';
  return [
    `import { fromList, Judge, Lockstep } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf } from '../properties/domain/index.ts';
import { openSubject } from '../properties/subjects/implementation.ts';`,
    `  const size = { containers: ${containers}, tasks: ${tasks}, pages: ${pages} };
  const subject = await openSubject('${impl}', '${profile}', size);
  const lockstep = new Lockstep(subject, new Judge(domainOf(profiles['${profile}']), subject.observed));
  const violation = lockstep.run(
    size,
    fromList([
${linesOf(moves, 6)}
    ]),
  );
  assert.is(violation?.witness ?? null, null);`,
  ];
}

function outside({ subject, profile, scope, moves, before = [] }: Counterexample): [string, string] {
  const { containers, tasks, pages } = sizeOf(scope);
  return [
    `import { profiles } from 'firsttouch/model';
import { domainOf, fromList, Judge, openOutside, OutsideLockstep } from 'firsttouch/properties';

/** What is judged: another one by FIRSTTOUCH_IMPL. */
const command = process.env.FIRSTTOUCH_IMPL ?? ${quoted(subject)};`,
    `  const scope = { containers: ${containers}, tasks: ${tasks}, pages: ${pages}, limit: ${scope.limit} };
  const subject = await openOutside(command, '${profile}', scope);
  try {
    const judge = new Judge(domainOf(profiles['${profile}'], subject.relation), subject.observed);
    const lockstep = new OutsideLockstep(subject, judge);
${before.map(earlierText).join('')}    const violation = await lockstep.run(
      scope,
      fromList([
${linesOf(moves, 8)}
      ]),
    );
    assert.is(violation?.witness ?? null, null);
  } finally {
    await subject.close();
  }`,
  ];
}

/** A run before, in the same process: the program keeps something over its reset. */
const earlierText = (moves: readonly Move[]): string =>
  `    await lockstep.run(scope, fromList([\n${linesOf(moves, 6)}\n    ]), false);\n`;

const linesOf = (moves: readonly Move[], indent: number): string =>
  moves.map((move) => `${' '.repeat(indent)}[${[...move].map(partText).join(', ')}],`).join('\n');

const partText = (part: string | number | bigint): string =>
  typeof part === 'bigint' ? `${part}n` : typeof part === 'string' ? `'${part}'` : String(part);
