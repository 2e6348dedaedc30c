// Starts a hunting worker: TypeScript first, then the loop.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
