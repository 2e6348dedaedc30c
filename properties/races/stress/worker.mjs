// A worker thread begins here: tsx first, then the TypeScript.

import { getEnvironmentData } from 'node:worker_threads';

// As the process that started this thread reads TypeScript: the CLI has a way of its own (cli/typescript.mjs).
const reader = getEnvironmentData('firsttouch:typescript');
if (reader) (await import(reader)).readTypeScript();
else (await import('tsx/esm/api')).register();
await import('./worker.ts');
