// A thread in which one mutant is tried: lets node read the TypeScript first.

import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
