// Watches uvu from inside a test process: counts the assertions of every test, and catches those that come after its end.

import { register } from 'node:module';

register(new URL('./hooks.mjs', import.meta.url));
