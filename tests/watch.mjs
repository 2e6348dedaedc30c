// uvu as the tests see it: every handler is watched, so that a test that asserts nothing, never runs or is set aside says so.

import { suite as plainSuite } from 'uvu';
import { running, secondsSpent, tell } from './watch-assert.mjs';

const waiting = new Map();
process.on('exit', () => {
  for (const name of waiting.values()) tell('UNRUN', name);
});

/** A line that begins with SKIP is a test's word that it cannot run here: it counts as skipped, in a test or outside of any. */
const { log } = console;
console.log = (...args) => {
  if (typeof args[0] === 'string' && /^SKIP\b/.test(args[0])) {
    const test = running.getStore();
    if (test) test.skipped = true;
    tell(test ? 'SKIPPED' : 'ABSENT', args[0].replace(/^SKIP\s*/, ''));
  }
  log(...args);
};

function watch(name, handler) {
  const key = Symbol(name);
  waiting.set(key, name);
  return async (context) => {
    const test = { name, count: 0, ended: false, skipped: false };
    waiting.delete(key);
    const from = secondsSpent();
    try {
      await running.run(test, handler, context);
      if (test.count === 0 && !test.skipped) tell('UNASSERTED', name);
    } finally {
      test.ended = true;
      tell('SPENT', `${(secondsSpent() - from).toFixed(1)} s: ${name}`);
    }
  };
}

/** A hook may assert too, until it ends. */
const hook = (register) => (handler) =>
  register(async (context) => {
    const place = { name: 'a hook', count: 0, ended: false };
    await running.run(place, handler, context);
    place.ended = true;
  });

function wrap(plain) {
  const test = (name, handler) => plain(name, watch(name, handler));
  test.only = (name, handler) => {
    tell('ONLY', name);
    plain.only(name, watch(name, handler));
  };
  test.skip = (name) => tell('SETASIDE', name);
  for (const when of ['before', 'after']) {
    test[when] = hook(plain[when]);
    test[when].each = hook(plain[when].each);
  }
  test.run = plain.run;
  return test;
}

export const suite = (name, state) => wrap(plainSuite(name, state));
export const test = suite('');
export { exec } from 'uvu';
