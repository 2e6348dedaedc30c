// Start of a worker thread: teaches it TypeScript, then hands over to thread.ts.

import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
