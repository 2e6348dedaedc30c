// The reporters: what a CI server reads says the same as the exit status, in formats that Node's own reporters write.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reported } from '../cli/reporter.ts';

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
    '::error title=letter%3A C%2C or 100%25::c0 says "2"%0A  1  mkdir c0%0A> 2  touch t0 p0 ]]>\n',
  );
  assert.is(await reported('github', cases.slice(0, 2)), '');
});

test.run();
