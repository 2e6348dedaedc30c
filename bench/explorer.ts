// The pages in a real browser: sizes, the first view, a step with 1,000 pages, 10,000 steps of a monkey. `node --import tsx bench/explorer.ts [view|step|monkey]`

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { pages } from '../cli/pages.ts';
import { Folder, launch, monkey, newPage, noBrowser, troubles } from '../tests/browser.ts';
import { runParts, target } from './tools.ts';

const PAGES = 1000;
const STEPS = 200;
const MONKEY = 10_000;

const ms = (value: number) => `${value.toFixed(1)} ms`;

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Until the machine is drawn, counted from the start of the navigation; the median of five, and the best, for the load of others only adds. */
async function firstView(browser: Browser, url: string, what: string, drawn: string): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const page = await newPage(browser, { viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    await page.locator(drawn).first().waitFor();
    times.push(
      await page.evaluate(() => {
        const paints = performance.getEntriesByType('paint').map(({ startTime }) => startTime);
        const [loaded] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
        return Math.max(loaded.domContentLoadedEventEnd, ...paints);
      }),
    );
    await page.close();
  }
  times.sort((a, b) => a - b);
  const [best, median] = [times[0], at(times, 0.5)];
  target(`first view of ${what}: median ${ms(median)}, best ${ms(best)} (1000 ms asked)`, median < 1000);
}

async function type(page: Page, line: string): Promise<void> {
  const before = await page.locator('.said pre').count();
  await page.getByLabel('shell command').fill(line);
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll('.said pre').length > count &&
      !document.querySelector<HTMLButtonElement>('.shell [type=submit]')?.disabled,
    before,
    { timeout: 120_000 },
  );
}

/** From the key to the page laid out again: model, claims, drawing. A container with 1,000 pages is at its limit, so that each move reclaims. */
async function steps(browser: Browser, url: string): Promise<void> {
  const page = await newPage(browser, { viewport: { width: 1280, height: 800 } });
  await page.goto(url);
  for (const line of [
    'mkdir /containers/rss/0',
    'echo $$ > /containers/rss/0/tasks',
    `echo -n ${PAGES} > /containers/rss/0/rss_limit`,
    'fork toucher',
    `toucher: touch 0-${PAGES - 1}`,
    `toucher: touch ${PAGES}-${PAGES + STEPS - 1}`,
  ]) {
    await type(page, line);
  }
  const measure = (how: 'ArrowLeft' | 'ArrowRight' | 'jump') =>
    page.evaluate(
      async ({ how, count }) => {
        const channel = new MessageChannel();
        const turn = () =>
          new Promise<void>((resolve) => {
            channel.port1.onmessage = () => resolve();
            channel.port2.postMessage(0);
          });
        const range = document.querySelector<HTMLInputElement>('.timebar [type=range]');
        const act = (i: number) => {
          if (how !== 'jump') dispatchEvent(new KeyboardEvent('keydown', { key: how }));
          else if (range) {
            // Far back and forth: each jump lands on another move.
            range.value = String((i * 617) % Number(range.max));
            range.dispatchEvent(new Event('input', { bubbles: true }));
          }
        };
        const times: number[] = [];
        for (let i = 0; i < count; i++) {
          const start = performance.now();
          act(i);
          await turn();
          document.body.getBoundingClientRect();
          times.push(performance.now() - start);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return times.sort((a, b) => a - b);
      },
      { how, count: STEPS },
    );
  for (const [how, what] of [
    ['ArrowLeft', 'a step back'],
    ['ArrowRight', 'a step on'],
    ['jump', 'a jump anywhere'],
  ] as const) {
    const times = await measure(how);
    const [median, most] = [at(times, 0.5), at(times, 0.95)];
    target(`${what}, ${PAGES} pages: median ${ms(median)}, p95 ${ms(most)} (16 ms asked)`, most < 16);
  }
  await page.close();
}

async function monkeys(browser: Browser, url: string): Promise<void> {
  const page = await newPage(browser, { viewport: { width: 1280, height: 800 } });
  const found = troubles(page);
  await page.goto(url);
  const start = performance.now();
  for (let done = 0; done < MONKEY; done += 1000) await monkey(page, 1000, 1000 + done);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  target(`${MONKEY} steps of a monkey (${seconds} s): ${found.length} errors`, found.length === 0);
  for (const each of new Set(found)) console.log(`     ${each}`);
  await page.close();
}

const folder = new Folder();
const { explorerPage, specPage } = await pages();
const started = performance.now();
folder.write('explorer.html', await explorerPage());
console.log(`explorer page made in ${ms(performance.now() - started)}`);
const again = performance.now();
folder.write(
  'spec.html',
  await specPage({ mutants: 'docs/mutants.json', progress: () => {}, signal: new AbortController().signal }),
);
console.log(
  `specification page made in ${ms(performance.now() - again)}, the model checker's searches included`,
);

for (const name of ['explorer', 'spec']) {
  const packed = gzipSync(readFileSync(`${folder.path}/${name}.html`)).length;
  target(`${name}.html, gzipped: ${(packed / 1000).toFixed(1)} kB (300 asked)`, packed < 300_000);
}

if (noBrowser) console.log(`SKIP the browser's part: ${noBrowser}`);
else {
  const browser = await launch();
  try {
    const view = async () => {
      await firstView(browser, folder.url('explorer.html'), 'the explorer', '.machine .box');
      await firstView(browser, folder.url('spec.html'), 'the specification', 'main.spec');
    };
    const step = () => steps(browser, folder.url('explorer.html'));
    await runParts(
      { view, step, monkey: () => monkeys(browser, folder.url('explorer.html')) },
      process.argv.slice(2),
    );
  } finally {
    await browser.close();
  }
}
