// Watches uvu from inside a test process: counts the assertions of every test, and catches those that come after its end.

import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { tell } from './watch-assert.mjs';

/** Of a second, as /proc counts. */
const TICKS = 100;

// What the file cost: its own processor time, and that of the processes that it started and waited for.
process.on('exit', () => {
  if (process.platform !== 'linux') return;
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  tell('COST', String(ticks / TICKS));
});

register(new URL('./hooks.mjs', import.meta.url));
