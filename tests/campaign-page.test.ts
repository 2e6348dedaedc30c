// The report page of a campaign in a real browser: plots that a keyboard reads, links that the explorer opens, axe, and no sideways scrolling.

import type { Browser } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noCoverage } from '../campaign/coverage.ts';
import { inScopes, unseen } from '../campaign/estimate.ts';
import { emptyResult, type JobResult } from '../campaign/result.ts';
import { storyOf } from '../campaign/story.ts';
import { armsOf, runsByWeight, weigh } from '../campaign/weights.ts';
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
    const entries = Array.from({ length: 20 }, (_x, i) => [k * 13 + i, 3, 1, 0, 0] as const);
    return {
      ...emptyResult({ kind: 'random', profile, first: k, name }),
      finished: 1_000_000 + k * 700,
      tally: { runs: 25, commands: 3000 + 100 * (k % 3), claims: {}, reached: {} },
      coverage: {
        ...noCoverage,
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

test('the story: in time whatever the order, the same text one finding, a link that plays its moves', () => {
  assert.equal(storyOf([...results].reverse(), { branches: [], closed: () => null }).moments, story.moments);
  assert.is(story.findings.length, 1);
  assert.is(story.findings[0].times, 2);
  assert.equal(
    decodeLink(story.findings[0].link ?? '').turns.map(({ move }) => move[0]),
    ['mkdir', 'spawn', 'touch'],
  );
  assert.is(story.moments.at(-1)?.jobs, 60);
  const [letter] = story.profiles;
  assert.is(letter.curve.at(-1)?.states, 29 * 13 + 20);
  assert.is(letter.curve.at(-1)?.branches, 2);
});

test('Good-Turing over runs: a share that is known in advance', () => {
  const seen = [
    { visits: 50, runs: 10 },
    { visits: 30, runs: 2 },
    { visits: 20, runs: 1 },
  ];
  const all = unseen(0, seen, 10, 100);
  assert.is(all.step.value, 0.2);
  assert.is(all.newInARun.value, 0.1);
  assert.is(all.distinct.value, 3);
  assert.is(unseen(2, seen, 10, 400).step.value, 0.2);
  assert.is(unseen(0, [], 0, 0).step.value, 1);
});

test('closed scopes hold nothing that no scope was closed for, nor what only another model closed', () => {
  const coverage = { ...noCoverage, steps: 10, uses: { '0': 4, '-1': 6 } };
  const scope = { containers: 1, tasks: 1, pages: 1, limit: 1, states: 13 };
  assert.is(inScopes(coverage, []).steps, 0);
  assert.is(inScopes(coverage, [{ ...scope, model: 'lru' }]).steps, 0);
  assert.is(inScopes(coverage, [{ ...scope, model: 'contract' }]).steps, 0.4);
});

test('the arm that alone finds new states is drawn more, and none is left out', () => {
  const arms = armsOf(1);
  const booked = arms.map((): [number, number] => [10, 1000]);
  const entries = Array.from({ length: 90 }, (_, i) => [i, 1, 1, 0, 5] as const);
  const weights = weigh(arms, { ...noCoverage, runs: 10, arms: booked, states: { level: 0, entries } });
  assert.ok(Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 1e-9);
  assert.ok(weights[5] > arms[5].prior * 3, `${weights[5]}`);
  assert.ok(weights.every((weight, i) => i === 0 || weight >= arms[i].prior / 4));
  const draw = () => runsByWeight(arms, { seed: 9, weights }, 25);
  assert.equal(draw(), draw());
  assert.is(draw().length, 25);
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
    test(`${width} px, ${scheme}: drawn, axe is content, nothing scrolls sideways, no trouble`, async () => {
      const page = await newPage(browser, { viewport: { width, height: 900 }, colorScheme: scheme });
      const found = troubles(page);
      await page.goto(folder.url('report.html'));
      await page.locator('#plot-unseen canvas').waitFor();
      assert.is(await page.locator('.plot canvas').count(), 6);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} px too wide`);
      assert.equal(await axe(page), []);
      await page.locator('#plot-states .stage').focus();
      await page.keyboard.press('Home');
      const first = await page.locator('#plot-states output').textContent();
      await page.keyboard.press('ArrowRight');
      assert.match(first ?? '', /^3,000 commands: letter 20; linux-v1 20/);
      assert.is.not(await page.locator('#plot-states output').textContent(), first);
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
