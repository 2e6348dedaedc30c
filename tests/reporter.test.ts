// The reporters: what a CI server reads says the same as the exit status, in formats that Node's own reporters write.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { everyViolation } from '../cli/check-all.ts';
import { casesOf } from '../cli/check-report.ts';
import { reported } from '../cli/reporter.ts';
import { ask } from '../properties/scopes/ask.ts';
import type { CheckResult, ClaimResult } from '../properties/scopes/result.ts';

const cases = [
  { name: 'letter: A <b> & c' },
  { name: 'letter: B', skip: 'not observed: does not show pins' },
  {
    name: 'letter: C, or 100%',
    failure: { message: 'c0 says "2"', text: '  1  mkdir c0\n> 2  touch t0 p0 ]]>' },
  },
];

test('JUnit: a testcase a case, what is skipped and what failed inside', async () => {
  const text = await reported('junit', cases);
  assert.is(text.match(/<testcase /g)?.length, 3);
  assert.match(text, 'name="letter: A &lt;b>');
  assert.match(text, /<skipped type="skipped" message="not observed: does not show pins"\/>/);
  assert.match(
    text,
    /<failure type="testCodeFailure" message="c0 says '2'">\n {2}1 {2}mkdir c0\n> 2 {2}touch t0 p0 \]\]>\n/,
  );
});

test('TAP: a plan, and a line a case', async () => {
  const lines = (await reported('tap', cases)).split('\n');
  assert.is(lines[0], 'TAP version 13');
  assert.ok(lines.includes('ok 1 - letter: A <b> & c'));
  assert.ok(lines.includes('ok 2 - letter: B # SKIP not observed: does not show pins'));
  assert.ok(lines.includes('not ok 3 - letter: C, or 100%'));
  assert.ok(lines.includes('1..3'));
});

test('GitHub: an annotation a failure, its newlines, colons and percent signs written as the runner wants them', async () => {
  assert.is(
    await reported('github', cases),
    '::error title=letter%3A C%2C or 100%25%3A c0 says "2"::1  mkdir c0%0A> 2  touch t0 p0 ]]>\n1 passed, 1 failed, 1 skipped\n',
  );
  assert.is(await reported('github', cases.slice(0, 2)), '1 passed, 0 failed, 1 skipped\n');
});

const scope = { containers: 1, tasks: 1, pages: 1, limit: 1 };
const how = { brief: false, style: (_format: unknown, text: string) => text, again: 'again', files: [] };

test('check: a case a claim, and one for the whole search', async () => {
  const { result } = await ask({ kind: 'lru', profile: 'letter', scope });
  const told = casesOf(result, how);
  assert.is(told.length, result.claims.length + 1);
  assert.equal(told.at(-1), { name: 'letter: every state of scope 1/1/1/1, model lru' });
  assert.equal(
    told.filter(({ failure }) => failure),
    [],
  );
  const held = told.filter(({ skip }) => skip === undefined);
  assert.ok(held.some(({ name }) => name === 'letter: UsageIsLruSize'));
});

test('check --keep-going: what one search finds the next leaves out; each violated claim has its trace', async () => {
  const { result } = await ask({ kind: 'lru', profile: 'letter', scope });
  const asked: (readonly string[])[] = [];
  const planted = ['UsageIsLruSize', 'WithinLimit'];
  const { result: all } = await everyViolation(async (without) => {
    asked.push(without);
    const claim = planted.find((name) => !without.includes(name));
    const claims = result.claims.filter(({ name }) => !without.includes(name));
    if (claim === undefined) return { graph: null, result: { ...result, claims } };
    const rows = claims.map(
      (row): ClaimResult => (row.name === claim ? { ...row, verdict: 'violated' } : row),
    );
    const counterexample = { claim, witness: `${claim} is broken`, trace: [] };
    return {
      graph: null,
      result: { ...result, verdict: 'violated', claims: rows, counterexample } as CheckResult,
    };
  });
  assert.equal(asked, [[], ['UsageIsLruSize'], planted]);
  assert.equal(
    all.claims.map(({ name }) => name),
    result.claims.map(({ name }) => name),
  );
  assert.equal(
    all.claims.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name),
    planted,
  );
  const failed = casesOf(all, how).flatMap(({ name, failure }) =>
    failure ? [`${name}: ${failure.message}`] : [],
  );
  assert.equal(failed, [
    'letter: UsageIsLruSize: UsageIsLruSize is broken',
    'letter: WithinLimit: WithinLimit is broken',
    'letter: every state of scope 1/1/1/1, model lru: UsageIsLruSize: UsageIsLruSize is broken',
  ]);
});

test('a search leaves out what it is told to, T1 too', async () => {
  const without = ['UsageIsLruSize', 'ChargeTerminates'];
  const { result } = await ask({ kind: 'lru', profile: 'letter', scope, without });
  const names = result.claims.map(({ name }) => name);
  assert.equal(
    without.filter((name) => names.includes(name)),
    [],
  );
  assert.ok(names.includes('WithinLimit'));
});

test.run();
