// The specification page: made from the source, complete, small, and read by a newcomer, a keyboard, a printer and axe in a real browser.

import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explorerPage, specPage } from '../explorer/build.ts';
import { code, html } from '../explorer/spec/html.ts';
import { readMatrix, readMutants } from '../explorer/spec/mutants.ts';
import { fieldsOf, readSource } from '../explorer/spec/source.ts';
import { actions, profiles } from '../model/index.ts';
import { falseClaims } from '../properties/claims/false.ts';
import { claims } from '../properties/claims/index.ts';
import { letter, questions } from '../properties/claims/letter.ts';
import { scopeNamed } from '../properties/races/protocol/index.ts';
import { axe, Folder, launch, newPage, noBrowser, troubles } from './browser.ts';

const folder = new Folder();
const matrix = folder.write(
  'mutants.json',
  '{"mutants":[{"id":"A3","seeds":5,"caught":4,"runs":{"median":21,"max":130},"claims":["BusyWhileHolding"]}]}',
);
const scopes = [{ containers: 1, tasks: 1, pages: 2, limit: 1 }];
const measured = folder.write(
  'mutants.md',
  `<!-- matrix: bench/mutants.ts -->
| claim | caught by it alone | and among others |
|---|---|---|
| I12 BusyWhileHolding | A3 A19 | - |
| I2 FirstToucherOwns | - | B2 |
<!-- end of matrix -->`,
);
const machines = [scopeNamed('two charges')];
const page = await specPage({
  scopes,
  mutants: matrix,
  matrix: measured,
  machines,
  races: ['canary', 'A26'],
});
const bare = await specPage({
  scopes: [{ containers: 1, tasks: 1, pages: 1, limit: 0 }],
  mutants: '/no/such/file',
  matrix: '/no/such/file',
  machines: [],
});

test('declarations are cut out of the source with their comments', () => {
  const { purpose, declarations } = readSource('model/charge.ts');
  assert.match(purpose, /^Charging a container/);
  const charge = declarations.find(({ name }) => name === 'charge');
  assert.match(charge?.doc ?? '', /^Makes room for one page/);
  assert.match(charge?.code ?? '', /^export function charge[\s\S]*\n}$/);
  for (const { name } of actions) {
    const all = ['container', 'task', 'page'].flatMap((file) => readSource(`model/${file}.ts`).declarations);
    const rule = all.find((one) => one.name === name);
    assert.ok(rule && rule.doc !== '' && rule.code.endsWith('});'), name);
  }
});

test('the switches of a profile are read from their type', () => {
  const declared = readSource('model/profile.ts').declarations.find(({ name }) => name === 'Profile');
  const fields = fieldsOf(declared!).map(({ name }) => name);
  assert.equal(fields.sort(), Object.keys(profiles.letter).sort());
});

test('what is put in is escaped, and code keeps its text', () => {
  assert.is(html`<b>${'<i>&"'}</b>`.text, '<b>&lt;i&gt;&amp;&quot;</b>');
  const { text } = code("const a = '<b>'; // x < y\n", () => undefined);
  assert.is(text.replaceAll(/<[^>]+>/g, ''), "const a = '&lt;b&gt;'; // x &lt; y\n");
});

test('what does not hold is there with its trace and the witness of its last move', () => {
  for (const { name, claim } of falseClaims) {
    const at = page.indexOf(`id="not-${name}"`);
    assert.ok(at > 0, name);
    const article = page.slice(at, page.indexOf('</article>', at));
    assert.ok(article.includes(html`${claim}`.text) && article.includes('data-trace="3'), name);
    assert.match(article, /<p class="witness">✗ \w/, name);
  }
});

test('every link leads somewhere, and no place is there twice', () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(
    ids.filter((id, i) => ids.indexOf(id) !== i),
    [],
  );
  const lost = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id).filter((id) => !ids.includes(id));
  assert.equal(lost, []);
});

test('every claim, action, profile, question and claim of the letter is there', () => {
  for (const { name, claim } of claims) {
    assert.ok(page.includes(`id="claim-${name}"`) && page.includes(html`${claim}`.text), name);
  }
  for (const { id } of [...letter, ...questions]) assert.ok(page.includes(`id="${id}"`), id);
  for (const name of Object.keys(profiles)) assert.ok(page.includes(`<th scope="col">${name}</th>`), name);
  for (const checked of letter.flatMap(({ checkedBy }) => checkedBy)) {
    assert.ok(page.includes(`id="claim-${checked}"`), checked);
  }
});

test('verdicts with their numbers; a violation by design with its drawing; what was never met is vacuous', () => {
  assert.match(page, /127 states, 1,707 transitions, depth 9/);
  const within = /id="claim-WithinLimit"[\s\S]*?<\/article>/.exec(page)?.[0] ?? '';
  assert.match(within, /<b>v3\.1<\/b> ✗ known violation/);
  assert.match(within, /does not hold under v3\.1[\s\S]*?data-trace="3/);
  const moved = /id="claim-MoveKeepsCharges"[\s\S]*?<\/article>/.exec(page)?.[0] ?? '';
  assert.match(moved, /<b>letter<\/b> ∅ vacuous\s*<small>met 0 of/);
});

test('the mutants that only one claim catches, and an honest word where there is no data', () => {
  const busy = /id="claim-BusyWhileHolding"[\s\S]*?<\/article>/.exec(page)?.[0] ?? '';
  assert.match(busy, /only this claim catches: <a href="#mutant-A3">A3<\/a>/);
  const first = /id="claim-FirstToucherOwns"[\s\S]*?<\/article>/.exec(page)?.[0] ?? '';
  assert.match(
    first,
    /no mutant is caught by this claim alone; it is among those that catch <a href="#mutant-B2">/,
  );
  assert.match(page, /id="mutant-A3">[\s\S]*?4 of 5 seeds<\/td><td>median 21, at most 130/);
  assert.match(bare, /How fast each is found was not generated when this page was made/);
  assert.match(bare, /docs\/mutants.md has no matrix/);
  assert.ok(
    readMatrix('docs/mutants.md')?.get('PinnedNeverReclaimed')?.alone.includes('C3'),
    'the measured file',
  );
  assert.throws(
    () => readMutants(folder.write('bad.json', '{"mutants":3}')),
    /is not what firsttouch mutants/,
  );
});

test('the protocol: C1 to C5 with verdict, scope and states; what does not hold and the races with their interleavings', () => {
  for (const [id, name] of [
    ['C1', 'UsageIsLruSizePlusInFlight'],
    ['C2', 'ReleasedExactlyOnce'],
    ['C3', 'NoStaleOwner'],
    ['C4', 'ContainerOutlivesReferences'],
    ['C5', 'Linearizable'],
  ]) {
    const article = new RegExp(`id="protocol-${name}"[\\s\\S]*?</article>`).exec(page)?.[0] ?? '';
    assert.match(article, new RegExp(`<h3>${id} ${name}</h3>`));
    assert.match(
      article,
      /<b>two charges<\/b> ✓ holds\s*<small>met [\d,]+ of [\d,]+ looks, 889 states/,
      name,
    );
    assert.match(article, /its code: properties\/races\/protocol\/claims-memory\.ts:\d+/);
  }
  const race = /id="race-A26"[\s\S]*?<\/details>/.exec(page)?.[0] ?? '';
  assert.match(race, /ContainerOutlivesReferences<\/b> in 5 steps/);
  assert.is(race.match(/<td class="after">/g)?.length, 5);
  assert.match(page, /at one point<\/h3>[\s\S]*?no order of atomic actions explains it/);
  assert.match(bare, /id="protocol"[\s\S]*?Not asked when this page was made/);
});

test('both pages are one file each, below 300 kB packed', async () => {
  for (const [name, text] of [
    ['spec', page],
    ['explorer', await explorerPage()],
  ] as const) {
    const packed = gzipSync(text).length;
    assert.ok(packed < 300_000, `${name}: ${packed} bytes`);
    assert.not.match(text, /<link[^>]+href="(?!data:)|<script[^>]+src=/);
  }
});

if (noBrowser) console.log(`SKIP in a browser: ${noBrowser}`);
else {
  let browser: Browser;
  const visit = async (
    width = 1280,
    scheme: 'light' | 'dark' = 'light',
  ): Promise<{ page: Page; found: string[] }> => {
    const opened = await newPage(browser, { viewport: { width, height: 800 }, colorScheme: scheme });
    const found = troubles(opened);
    await opened.goto(folder.url('spec.html'));
    await opened.locator('#who-owns .stage .machine').waitFor();
    return { page: opened, found };
  };

  test.before(async () => {
    folder.write('spec.html', page);
    browser = await launch();
  });
  test.after(() => browser.close());

  test('a newcomer finds who owns a shared page, and what happens at the limit, in one click each', async () => {
    const { page: opened, found } = await visit();
    await opened.getByRole('link', { name: 'Who owns a page that two containers map?' }).first().click();
    assert.is(new URL(opened.url()).hash, '#who-owns');
    assert.match(
      (await opened.locator('#who-owns > p').first().textContent()) ?? '',
      /touched it first, alone/,
    );
    await opened.getByRole('link', { name: 'What happens at the limit?' }).first().click();
    assert.match(
      (await opened.locator('#at-the-limit > p').first().textContent()) ?? '',
      /reclaims pages of its own/,
    );
    // Two clicks on: the rule and its code.
    await opened.locator('#at-the-limit').getByRole('link', { name: 'charge', exact: true }).click();
    assert.is(new URL(opened.url()).hash, '#code-model-charge-ts-charge');
    assert.equal(found, []);
    await opened.close();
  });

  test('a drawing is stepped by keyboard, and the list of its moves follows', async () => {
    const { page: opened, found } = await visit();
    const figure = opened.locator('#at-the-limit figure');
    await figure.scrollIntoViewIfNeeded();
    await figure.getByRole('button', { name: 'first' }).press('Enter');
    await figure.getByRole('button', { name: 'step' }).press('Enter');
    assert.match((await figure.locator('output').textContent()) ?? '', /1 \/ 6: mkdir c0/);
    assert.is(await figure.locator('.steps .here').textContent(), 'mkdir c0');
    assert.equal(found, []);
    await opened.close();
  });

  test('the index narrows to a word', async () => {
    const { page: opened } = await visit();
    await opened.getByLabel('find a word').fill('reclaim');
    const shown = await opened.locator('.index li:visible').allTextContents();
    assert.ok(shown.length > 3 && shown.every((text) => /reclaim/i.test(text)), shown.join());
    await opened.close();
  });

  test('axe finds nothing, nothing is cut off, and it prints with all drawings', async () => {
    for (const [width, scheme] of [
      [360, 'light'],
      [1280, 'dark'],
      [1920, 'light'],
    ] as const) {
      const { page: opened, found } = await visit(width, scheme);
      assert.equal(await axe(opened), [], `${width} ${scheme}`);
      assert.is(await opened.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      assert.equal(found, []);
      if (width === 1280) {
        await opened.evaluate(() => dispatchEvent(new Event('beforeprint')));
        const empty = await opened.locator('figure.drawing .stage:empty').count();
        assert.is(empty, 0);
        assert.ok((await opened.pdf()).length > 100_000);
      }
      await opened.close();
    }
  });
}

test.run();
