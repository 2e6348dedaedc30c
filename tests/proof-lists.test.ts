// The formulas of the lists and the model are one specification; and what is proved of the scan is refuted where a mistake is planted in it.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stateLines } from '../cli/prove-report.ts';
import { type Profile, type ProfileName, profiles, ROOT } from '../model/index.ts';
import { lists, NoSolver, openSolver, textOf } from '../proof/index.ts';
import { compareLists } from './proof-lists.ts';
import { refutation } from './proof-needed.ts';
import { planted } from './proof-planted.ts';

const batch = (name: ProfileName, reclaimBatch: number): Profile => ({ ...profiles[name], reclaimBatch });
const one = (pages: number) => ({ containers: [0], pages });
/** Under the root a container, and one in that. */
const tree = { containers: [ROOT, 0, 1], pages: 2 };

for (const [profile, size, ends] of [
  [batch('letter', 1), one(2), 547],
  [batch('letter', 2), one(3), 12_604],
  [batch('linux-v1', 1), tree, 5_718],
] as const) {
  test(`${profile.name}, ${size.pages} pages, ${size.containers.length} containers, a batch of ${profile.reclaimBatch}: every end is that of the model`, () => {
    assert.equal(compareLists(lists(profile.name), profile, size), { compared: ends, difference: null });
  });
}

/** Each is a difference from the model, and refuted in the claim. */
const mistakes: readonly (readonly [why: string, text: string, by: string, claim: string])[] = [
  [
    'a cleared bit is no progress',
    '  bit(q) := bit(q) & q != p\n  changed := true\n',
    '  bit(q) := bit(q) & q != p\n',
    'ReclaimFailsOnlyIfAllPinned',
  ],
  [
    'a locked page is taken',
    '& turn(p) & !pinned(p) & !bit(p)',
    '& turn(p) & !bit(p)',
    'ReclaimFailsOnlyIfAllPinned',
  ],
  [
    'at least one active page is looked at only if active is the longer list',
    'actives(c) - waiting(c) : 1',
    'actives(c) - waiting(c) : 0',
    'ReclaimFailsOnlyIfAllPinned',
  ],
  [
    'the newest inactive page is taken first',
    'q != p => older(p, q)\n  todo',
    'q != p => older(q, p)\n  todo',
    'LruOrder',
  ],
  [
    'an active page that gets another round keeps its bit',
    '  do clear(p)\n  left := left - 1',
    '  changed := true\n  left := left - 1',
    'ScanEnds',
  ],
];

const solver = await openSolver().catch((error) => {
  if (error instanceof NoSolver) return null;
  throw error;
});
test.after(() => solver?.close());

for (const [why, text, by, claim] of mistakes) {
  test(`${why}: a difference, and refuted in ${claim}`, async () => {
    const wrong = lists('letter', planted(textOf('lists'), text, by));
    assert.match(
      compareLists(wrong, batch('letter', 1), one(2)).difference ?? 'none',
      /the model: .*\nthe formulas: /,
    );
    if (!solver) return console.log('SKIP z3-solver was left out of this install');
    const picture = await refutation(wrong, claim, solver);
    assert.ok(picture, 'refuted, with two states');
    const [before, after] = [picture.before, picture.after].map((state) => stateLines(state, picture.world));
    assert.not.equal(before, after);
    assert.match(before.join('\n'), /^c0: active .*, inactive .*\n(.*\n)*under way: /);
  });
}

test.run();
