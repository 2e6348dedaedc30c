// The explorer in a real browser: typed to, driven by keyboard alone, given good and damaged files, measured by axe, and left to a monkey.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explorerPage } from '../explorer/build.ts';
import { encodeLink } from '../properties/trace/link.ts';
import { axe, Folder, launch, monkey, newPage, noBrowser, troubles } from './browser.ts';

const folder = new Folder();
let browser: Browser;

const example = (reclaimed: string) =>
  JSON.stringify({
    format: 1,
    mistake: 'takes-the-newest',
    breaks: 'LruOrder',
    subject: 'controller',
    profile: 'letter',
    expect: 'holds',
    why: 'the wrong end of the list',
    missed: 'made for this test',
    found: 'by hand',
    scope: { containers: 1, tasks: 1, pages: 3, limit: 2 },
    trace: [
      { move: ['mkdir', 'c0'], outcome: 'ok' },
      { move: ['spawn', 't0', 'c0'], outcome: 'ok' },
      { move: ['setLimit', 'c0', 2], outcome: 'ok' },
      { move: ['touch', 't0', 'p0'], outcome: 'ok' },
      { move: ['touch', 't0', 'p1'], outcome: 'ok' },
      { move: ['touch', 't0', 'p2'], outcome: 'ok', reclaimed: [reclaimed] },
    ],
  });

/** The failure in README, as `verify` saves it. */
const readmeFailure = JSON.stringify({
  format: 1,
  mistake: 'equals-spec-at-touch',
  breaks: 'EqualsSpec',
  subject: 'python3 mine.py',
  profile: 'letter',
  expect: 'holds',
  why: 'active list of c0 is [p0 p1], the specification says [p1 p0]',
  missed: 'made for this test',
  found: 'verify --seed 1 --profile letter',
  scope: { containers: 1, tasks: 1, pages: 2, limit: 0 },
  trace: [
    { move: ['mkdir', 'c0'], outcome: 'ok' },
    { move: ['spawn', 't0', 'c0'], outcome: 'ok' },
    { move: ['touch', 't0', 'p0'], outcome: 'ok' },
    { move: ['touch', 't0', 'p1'], outcome: 'ok' },
  ],
  shown: [
    '+- c0: usage 2, limit none, failcnt 0, reclaimed 0',
    '|  active   head [p0 p1] tail',
    '|  inactive head [] tail',
    '+- tasks: t0 maps [p0 p1]',
  ],
});

interface Visit {
  readonly page: Page;
  readonly found: string[];
}

async function visit(
  options: { hash?: string; width?: number; scheme?: 'light' | 'dark' } = {},
): Promise<Visit> {
  const { hash = '', width = 1280, scheme = 'light' } = options;
  const page = await newPage(browser, { viewport: { width, height: 800 }, colorScheme: scheme });
  const found = troubles(page);
  await page.goto(folder.url('explorer.html') + hash);
  await page.getByRole('heading', { name: 'Containers' }).waitFor();
  return { page, found };
}

const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? '';

/** Types in the shell as a person does, and waits for its answer. */
async function type(page: Page, line: string): Promise<string> {
  const before = await page.locator('.said pre').count();
  await page.getByLabel('shell command').fill(line);
  await page.keyboard.press('Enter');
  await page.locator('.said pre').nth(before).waitFor();
  await page.waitForFunction(
    () => !document.querySelector<HTMLButtonElement>('.shell [type=submit]')?.disabled,
  );
  return (await textOf(page.locator('.said pre').last())).split('\n').slice(1).join('\n');
}

if (noBrowser) console.log(`SKIP ${noBrowser}`);
else {
  test.before(async () => {
    folder.write('explorer.html', await explorerPage());
    folder.write('bad.json', example('p2'));
    folder.write('readme.json', readmeFailure);
    folder.write('broken.json', example('p2').slice(0, 200));
    browser = await launch();
  });
  test.after(() => browser.close());

  test("the letter's scenario, typed into the shell", async () => {
    const { page, found } = await visit();
    for (const line of [
      'mkdir /containers/rss/0',
      'echo $$ > /containers/rss/0/tasks',
      'echo -n 6 > /containers/rss/0/rss_limit',
      'fork toucher',
      'toucher: touch 0-9',
    ]) {
      assert.is(await type(page, line), '', line);
    }
    assert.is(await type(page, 'cat /containers/rss/0/rss_usage'), '6');
    assert.is(await type(page, 'cat /containers/rss/0/rss_failcnt'), '4');
    const box = page.getByRole('article', { name: 'container /0' });
    assert.match(await textOf(box), /usage 6 \/ limit 6 full/);
    assert.equal(found, []);
    await page.close();
  });

  test('history and completion', async () => {
    const { page } = await visit();
    await type(page, 'mkdir /containers/rss/box');
    const input = page.getByLabel('shell command');
    await input.press('ArrowUp');
    assert.is(await input.inputValue(), 'mkdir /containers/rss/box');
    await input.fill('cat /containers/rss/b');
    await input.press('Tab');
    assert.is(await input.inputValue(), 'cat /containers/rss/box ');
    await input.fill('');
    await input.press('Tab');
    assert.is(await page.evaluate(() => document.activeElement?.textContent), 'run', 'Tab moves on');
    await page.close();
  });

  test('every control is reached by Tab, and works by keyboard', async () => {
    const { page, found } = await visit();
    await page.getByText('State graph of a small scope').press('Enter');
    await page.getByText('export', { exact: true }).press('Enter');
    await page.locator('svg').waitFor();
    const missed = await unreachable(page);
    assert.equal(missed, []);

    await page.getByRole('button', { name: 'mkdir c0' }).press('Enter');
    await page.getByRole('button', { name: 'move sh c0' }).press('Enter');
    await page.getByRole('button', { name: 'setLimit c0 1' }).press('Space');
    await page.getByRole('button', { name: 'touch sh p3' }).press('Enter');
    await page.getByLabel('I decide').press('Space');
    await page.getByRole('button', { name: 'touch sh p4' }).press('Enter');
    await page.getByRole('button', { name: 'p3', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'reclaim p3' }).press('Enter');
    assert.match(await textOf(page.locator('.last')), /touch sh p4 — reclaimed p3/);

    await page.locator('h1').click();
    await page.keyboard.press('ArrowLeft');
    assert.is(await textOf(page.locator('output')), '4 / 5');
    await page.keyboard.press('Home');
    assert.is(await textOf(page.locator('output')), '0 / 5');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    assert.is(await textOf(page.locator('output')), '5 / 5');
    await page.keyboard.press('m');
    assert.is(await page.evaluate(() => document.activeElement?.closest('section')?.className), 'moves');
    await page.getByLabel('jump to a move').press('ArrowLeft');
    assert.is(await textOf(page.locator('output')), '4 / 5');
    await page.getByLabel('profile').selectOption('linux-v2');
    assert.is(await textOf(page.locator('output')), '4 / 5');
    assert.equal(found, []);
    await page.close();
  });

  test('the state graph: arrow keys choose a state, Enter goes there', async () => {
    const { page, found } = await visit();
    await page.getByText('State graph of a small scope').press('Enter');
    await page.locator('#state-0').focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('#state-5.here').waitFor();
    assert.match(await textOf(page.locator('.graph')), /13 states, 92 transitions, 90 refused/);
    await page.locator('#state-0 circle').click();
    await page.locator('#state-0.here').waitFor();
    assert.equal(found, []);
    await page.close();
  });

  test('a counterexample from a file: in lockstep with the model, the first difference is told and is red', async () => {
    const { page, found } = await visit();
    await page.locator('input[type=file]').setInputFiles(`${folder.path}/bad.json`);
    const first = page.locator('.compare .violated');
    await first.waitFor();
    assert.match(await textOf(first), /First difference: at move 6, controller reclaimed p2, the model p0/);
    const colour = await first.locator('b').evaluate((node) => getComputedStyle(node).color);
    assert.is(colour, 'rgb(179, 20, 28)');
    await first.getByRole('button', { name: 'go to move 6' }).click();
    assert.is(await textOf(page.locator('output')), '6 / 6');
    assert.equal(found, []);
    await page.close();
  });

  test("README's failure, opened: what the program showed stands beside the model, as in README's picture", async () => {
    const page = await newPage(browser, {
      viewport: { width: 760, height: 1400 },
      colorScheme: 'light',
      deviceScaleFactor: 0.75,
    });
    await page.goto(folder.url('explorer.html'));
    await page.locator('input[type=file]').setInputFiles(`${folder.path}/readme.json`);
    const pictures = page.locator('.pictures');
    await pictures.waitFor();
    const marked = await pictures.locator('mark').allTextContents();
    assert.equal(
      marked.map((line) => line.trim()),
      ['|  active   head [p0 p1] tail', '|  active   head [p1 p0] tail'],
    );
    const trace = await page.getByRole('heading', { name: 'Trace' }).boundingBox();
    const end = await pictures.boundingBox();
    if (!trace || !end) throw new Error('a part of the page cannot be seen');
    const png = await page.screenshot({
      fullPage: true,
      clip: { x: 0, y: trace.y - 8, width: 760, height: end.y + end.height - trace.y + 16 },
    });
    const file = new URL('../docs/explorer.png', import.meta.url);
    if (process.env.FIRSTTOUCH_GOLDEN === 'write') writeFileSync(file, png);
    // Fonts differ from machine to machine: the same size is asked of neither.
    for (const one of [png, readFileSync(file)]) {
      assert.is(one.subarray(1, 4).toString(), 'PNG');
      assert.ok(one.length < 60_000, `${one.length} bytes`);
    }
    assert.match(readFileSync(new URL('../README.md', import.meta.url), 'utf8'), '](docs/explorer.png)');
    await page.close();
  });

  test('a link opens its trace; a damaged one and a damaged file get a message, and the page goes on', async () => {
    const turns = [['mkdir', 0] as const, ['spawn', 0, 0] as const].map((move) => ({ move, decisions: [] }));
    const scope = { containers: 1, tasks: 1, pages: 1, limit: 1 };
    const hash = encodeLink({ profile: 'letter', start: 'nothing', scope, turns });
    const { page, found } = await visit({ hash: `#${hash}` });
    assert.is(await textOf(page.locator('output')), '2 / 2');

    await page.evaluate((damaged) => void (location.hash = damaged), `${hash.slice(0, -1)}_`);
    await page.locator('.messages .error').waitFor();
    assert.match(await textOf(page.locator('.messages')), /the link is damaged.*still here/s);
    assert.is(await textOf(page.locator('output')), '2 / 2');

    await page.locator('input[type=file]').setInputFiles(`${folder.path}/broken.json`);
    await page.getByText('broken.json is damaged JSON').waitFor();
    await page.getByRole('button', { name: 'touch t0 p0' }).click();
    assert.is(await textOf(page.locator('output')), '3 / 3');
    assert.equal(found, []);
    await page.close();
  });

  test('axe finds no violation: at first, in the middle of things, in the dark', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await visit({ scheme });
      if (scheme === 'light') assert.equal(await axe(page), [], 'at first');
      await page.locator('input[type=file]').setInputFiles(`${folder.path}/bad.json`);
      await page.locator('.compare .violated').waitFor();
      await page.keyboard.press('End');
      await page.getByLabel('I decide').check();
      await page.getByText('State graph of a small scope').press('Enter');
      await page.getByRole('button', { name: 'touch t0 p0', exact: true }).click();
      await page.locator('.choice').waitFor();
      assert.equal(await axe(page), [], `with everything open, ${scheme}`);
      await page.close();
    }
  });

  for (const width of [360, 1280, 1920]) {
    test(`${width} pixels wide: nothing is cut off`, async () => {
      const { page, found } = await visit({ width });
      await page.getByRole('button', { name: 'run the letter’s scenario' }).click();
      await page.locator('.said pre').nth(6).waitFor();
      const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.is(needed, there);
      assert.equal(found, []);
      await page.close();
    });
  }

  test('500 steps of a monkey leave no error; the bench takes 10,000', async () => {
    const { page, found } = await visit();
    assert.is(await monkey(page, 500, 7), 500);
    assert.equal(found, []);
    await page.close();
  });

  test('a file that the page was made for is open at once', async () => {
    folder.write('made.html', await explorerPage({ name: '</script>.json', text: example('p2') }));
    const page = await newPage(browser);
    const found = troubles(page);
    await page.goto(folder.url('made.html'));
    await page.locator('.compare .violated').waitFor();
    assert.equal(found, []);
    await page.close();
  });
}

test.run();

/** Controls that a walk with Tab from the top never comes to. Of a group of radio buttons one is enough, of the graph's states too. */
async function unreachable(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    scrollTo(0, 0);
  });
  const count = await page.evaluate(() => {
    const controls = [...document.querySelectorAll('button, select, input, summary, [tabindex]')].filter(
      (one) => one instanceof Element && one.checkVisibility() && !(one as HTMLButtonElement).disabled,
    );
    for (const [i, one] of controls.entries()) one.setAttribute('data-control', String(i));
    return controls.length;
  });
  const reached = new Set<string>();
  for (let i = 0; i < count + 20; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const { activeElement } = document;
      const same = activeElement?.getAttribute('name');
      const group = same ? [...document.querySelectorAll(`[name="${same}"]`)] : [activeElement];
      return group.map((one) => one?.getAttribute('data-control') ?? '');
    });
    for (const one of at) reached.add(one);
  }
  return page.evaluate(
    (seen) =>
      [...document.querySelectorAll('[data-control]')]
        .filter(
          (one) =>
            !seen.includes(one.getAttribute('data-control') ?? '') && one.getAttribute('tabindex') !== '-1',
        )
        .map((one) => one.outerHTML.slice(0, 80)),
    [...reached],
  );
}
