// A thread that judges the specification of the tree that it lies in.

import { register } from 'tsx/esm/api';

register();
await import('./model-witness.ts');
