// Starts the thread in which jobs run: lets node read the TypeScript first.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
