// Start of a worker thread: teaches it TypeScript, then hands over to thread.ts.

import { getEnvironmentData } from 'node:worker_threads';

// As the process that started this thread reads TypeScript: the CLI has a way of its own (cli/typescript.mjs).
const reader = getEnvironmentData('firsttouch:typescript');
if (reader) (await import(reader)).readTypeScript();
else (await import('tsx/esm/api')).register();
await import('./thread.ts');
