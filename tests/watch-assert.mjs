// uvu/assert as the tests see it: counts, and reports an assertion that runs when no test does.

import * as plain from 'uvu/assert';

export const counter = { count: 0, test: null };

const counted = (name) =>
  Object.assign(
    (...args) => {
      counter.count++;
      if (counter.test === null) console.log(`LATE assert.${name}`);
      return plain[name](...args);
    },
    { not: plain[name].not && ((...args) => (counter.count++, plain[name].not(...args))) },
  );

export const ok = counted('ok');
export const is = counted('is');
export const equal = counted('equal');
export const type = counted('type');
export const instance = counted('instance');
export const match = counted('match');
export const snapshot = counted('snapshot');
export const throws = counted('throws');
export const unreachable = counted('unreachable');
export const not = Object.assign(counted('not'), plain.not);
