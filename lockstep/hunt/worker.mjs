// Starts a hunting worker: TypeScript first, then the loop.
import { register } from 'tsx/esm/api';

register();
const { serve } = await import('./worker.ts');
serve();
