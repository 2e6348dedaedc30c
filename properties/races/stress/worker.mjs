// A worker thread begins here: tsx first, then the TypeScript.

import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
