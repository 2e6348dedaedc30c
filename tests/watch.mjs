// uvu as the tests see it: every handler is counted, so that a test without an assertion says so.

import { suite as plainSuite } from 'uvu';
import { counter } from './watch-assert.mjs';

const watch = (name, handler) => async (context) => {
  counter.test = name;
  const before = counter.count;
  await handler(context);
  if (counter.count === before) console.log(`UNASSERTED ${name}`);
  counter.test = null;
};

function wrap(plain) {
  const test = (name, handler) => plain(name, watch(name, handler));
  test.only = (name, handler) => plain.only(name, watch(name, handler));
  test.skip = plain.skip;
  test.before = plain.before;
  test.after = plain.after;
  test.run = plain.run;
  return test;
}

export const suite = (name, state) => wrap(plainSuite(name, state));
export const test = suite('');
