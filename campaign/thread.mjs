// Starts the thread in which jobs run: loads what is JavaScript already, which is slow once node reads TypeScript, and lets node read it then.
import { register } from 'tsx/esm/api';

await Promise.all(['@effect/schema/Schema', 'fast-check', '@babel/parser'].map((name) => import(name)));
register();
await import('./thread.ts');
