// Starts a worker of a test's campaign: loads what is JavaScript already, then lets node read TypeScript.
import { register } from 'tsx/esm/api';

await Promise.all([import('@effect/schema/Schema'), import('bullmq'), import('ioredis')]);
register();
await import('./campaign-child.ts');
