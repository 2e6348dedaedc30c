// A worker of bench/concurrent.ts: tsx first, then the TypeScript.

import { register } from 'tsx/esm/api';

register();
await import('./concurrent-worker.ts');
