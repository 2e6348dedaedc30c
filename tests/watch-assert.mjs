// uvu/assert as the tests see it: every assertion is booked for the test that made it, and one that comes after its test's end is told.

import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, writeSync } from 'node:fs';
import * as plain from 'uvu/assert';

/** The test in whose course we are, through every await: { name, count, ended }. */
export const running = new AsyncLocalStorage();

/** Tells the test wrapper, on a pipe of its own: what a test prints cannot be mistaken for it. */
export function tell(kind, what) {
  try {
    writeSync(Number(process.env.FIRSTTOUCH_WATCH), `${kind} ${String(what).replaceAll('\n', ' ')}\n`);
  } catch {
    // A child of a test has our environment, but not our pipe.
  }
}

/** Of a second, as /proc counts. */
const TICKS = 100;

/** Processor time of this process, with that of the processes that it started and waited for; 0 where that is not known. */
export function secondsSpent() {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / TICKS;
}

function counted(name, assertion) {
  const watched = (...args) => {
    const test = running.getStore();
    if (test && !test.ended) test.count++;
    else tell('LATE', `assert.${name}${test ? `, of test "${test.name}"` : ', outside of any test'}`);
    return assertion(...args);
  };
  for (const [key, inner] of Object.entries(assertion)) {
    watched[key] = inner === assertion ? watched : counted(`${name}.${key}`, inner);
  }
  return watched;
}

export const ok = counted('ok', plain.ok);
export const is = counted('is', plain.is);
export const equal = counted('equal', plain.equal);
export const type = counted('type', plain.type);
export const instance = counted('instance', plain.instance);
export const match = counted('match', plain.match);
export const snapshot = counted('snapshot', plain.snapshot);
export const fixture = counted('fixture', plain.fixture);
export const throws = counted('throws', plain.throws);
export const unreachable = counted('unreachable', plain.unreachable);
export const not = counted('not', plain.not);
export const Assertion = plain.Assertion;
