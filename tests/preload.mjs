// Watches uvu from inside a test process: counts the assertions of every test, and catches those that come after its end.

import { register } from 'node:module';
import { secondsSpent, tell } from './watch-assert.mjs';

// What the file cost: its own processor time, and that of the processes that it started and waited for.
process.on('exit', () => {
  if (process.platform === 'linux') tell('COST', String(secondsSpent()));
});

// A program was made with the watched uvu in it.
if (!process.env.FIRSTTOUCH_PROGRAMS) register(new URL('./hooks.mjs', import.meta.url));
