// The report page of a campaign: its story, its one estimate, and in a real browser links that the explorer opens, axe, no sideways scrolling.

import type { Browser } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distinct, looked, statement, unseen } from '../campaign/estimate.ts';
import { emptyResult, type JobResult } from '../campaign/result.ts';
import { storyOf } from '../campaign/story.ts';
import { campaignPage, explorerPage } from '../explorer/build.ts';
import { counterexampleText, FORMAT } from '../properties/trace/counterexample.ts';
import { decodeLink } from '../properties/trace/link.ts';
import { axe, Folder, launch, newPage, noBrowser, troubles } from './browser.ts';

const example = counterexampleText({
  format: FORMAT,
  mistake: 'made-up',
  breaks: 'LruOrder',
  subject: 'controller',
  profile: 'letter',
  expect: 'holds',
  why: 'made up',
  missed: 'made for this test',
  found: 'by hand',
  scope: { containers: 1, tasks: 1, pages: 1, limit: 1 },
  moves: [
    ['mkdir', 0],
    ['spawn', 0, 0],
    ['touch', 0, 0],
  ],
  answers: [1, 2, 3].map(() => ({ outcome: 'ok', killed: [], reclaimed: [] })),
});

const results = (['letter', 'linux-v1'] as const).flatMap((profile) =>
  Array.from({ length: 30 }, (_, k): JobResult => {
    const name = `${profile}${k}`;
    const entries = Array.from({ length: 20 }, (_x, i) => [k * 13 + i, 3, 1] as const);
    return {
      ...emptyResult({ kind: 'random', profile, first: k, name }),
      finished: 1_000_000 + k * 700,
      tally: { runs: 25, commands: 3000 + 100 * (k % 3), claims: {}, reached: {} },
      coverage: {
        runs: 25,
        steps: 3000,
        states: { level: 0, entries },
        branches: [k > 5 ? 1 : 0, 1],
      },
      found:
        profile === 'letter' && k < 2
          ? [{ claim: 'LruOrder', witness: '<p1> is "older"', batch: 0, run: 0, example }]
          : [],
    };
  }),
);
const story = storyOf(results, { branches: ['a.ts:1:1 then', 'a.ts:1:9 else'], closed: () => null });
const head = { verdict: 'violated', jobs: 60, done: 60, poisoned: 0, skipped: 0 } as const;

test('one finding a mistake: traces that break a claim in the same words but for names and numbers are one, told by the shortest', () => {
  const [first, second, third] = results.filter(({ profile }) => profile === 'letter');
  const as = (result: typeof first, witness: string, claim = 'LruOrder') => ({
    ...result,
    found: [{ claim, witness, batch: 0, run: 0 }],
  });
  const { findings } = storyOf(
    [
      as(first, 'usage of c1 is 3, not 2'),
      as(second, 'usage of c0 is 12, not 11'),
      as(third, 'limit of c0 is 3'),
    ],
    { branches: [], closed: () => null },
  );
  assert.equal(
    findings.map(({ witness, times, traces }) => [witness, times, traces]),
    [
      ['usage of c1 is 3, not 2', 2, 2],
      ['limit of c0 is 3', 1, 1],
    ],
  );
});

test('the story: the same whatever the order, the same text one finding, a link that plays its moves', () => {
  const options = { branches: ['a.ts:1:1 then', 'a.ts:1:9 else'], closed: () => null };
  assert.equal(storyOf([...results].reverse(), options), story);
  assert.is(story.findings.length, 1);
  assert.is(story.findings[0].times, 2);
  assert.equal(
    decodeLink(story.findings[0].link ?? '').turns.map(({ move }) => move[0]),
    ['mkdir', 'spawn', 'touch'],
  );
  const [letter] = story.profiles;
  assert.is(letter.looked.distinct.value, 29 * 13 + 20);
  assert.is(letter.looked.branches.taken, 2);
  assert.is(story.seconds, 20.3);
});

test('Good-Turing over runs: a share that is known in advance', () => {
  const seen = { level: 0, entries: [[1, 50, 10] as const, [2, 30, 2] as const, [3, 20, 1] as const] };
  assert.is(unseen(seen, 100).value, 0.2);
  assert.is(unseen({ ...seen, level: 2 }, 400).value, 0.2);
  assert.is(unseen({ level: 0, entries: [] }, 0).value, 1);
  assert.equal([distinct(seen).value, distinct({ ...seen, level: 2 }).value], [3, 12]);
});

test('the statement: what was looked at, what was not, and what check has closed', () => {
  const states = { level: 0, entries: [[1, 80, 2] as const, [2, 20, 1] as const] };
  const scope = { model: 'contract', containers: 1, tasks: 1, pages: 1, limit: 1, states: 13 };
  const all = looked({ runs: 2, steps: 100, states, branches: [3, 0] }, [scope], ['then', 'else']);
  assert.equal(all.branches.never, ['else']);
  assert.equal(statement(all), [
    'looked at 100 states one by one, in 2 runs; distinct: 2',
    'not seen: a step of one more such run ends in a new state with probability 20.0% ± 40.0% (Good-Turing over runs)',
    'branches of the specification: 1 of 2 taken',
    'closed by check: contract 1/1/1/1 (13 states)',
  ]);
});

if (noBrowser) console.log(`SKIP ${noBrowser}`);
else {
  const folder = new Folder();
  let browser: Browser;
  test.before(async () => {
    browser = await launch();
    folder.write('report.html', await campaignPage(head, story));
    folder.write('explorer.html', await explorerPage());
  });
  test.after(() => browser.close());

  for (const [width, scheme] of [
    [360, 'light'],
    [800, 'dark'],
    [1280, 'light'],
  ] as const) {
    test(`${width} px, ${scheme}: axe is content, nothing scrolls sideways, no trouble`, async () => {
      const page = await newPage(browser, { viewport: { width, height: 900 }, colorScheme: scheme });
      const found = troubles(page);
      await page.goto(folder.url('report.html'));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} px too wide`);
      assert.equal(await axe(page), []);
      assert.match(
        (await page.locator('.statement').first().textContent()) ?? '',
        /not seen: a step of one more/,
      );
      if (process.env.FIRSTTOUCH_SHOTS) {
        await page.screenshot({
          path: `${process.env.FIRSTTOUCH_SHOTS}/${width}-${scheme}.png`,
          fullPage: true,
        });
      }
      assert.equal(found, []);
      await page.close();
    });
  }

  test('a finding leads to the explorer, which plays it', async () => {
    const page = await newPage(browser);
    await page.goto(folder.url('report.html'));
    await page.getByRole('link', { name: /look at it in the explorer/ }).click();
    await page.getByRole('heading', { name: 'Containers' }).waitFor();
    assert.match((await page.locator('.trace').textContent()) ?? '', /touch/);
  });
}

test.run();
