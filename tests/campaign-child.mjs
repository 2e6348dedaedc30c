// Starts a worker of a test's campaign: loads what is JavaScript already, then lets node read TypeScript.
import { register } from 'tsx/esm/api';

await Promise.all(['@effect/schema/Schema', 'bullmq', 'ioredis'].map((name) => import(name)));
register();
await import('./campaign-child.ts');
