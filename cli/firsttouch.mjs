#!/usr/bin/env node
// The bin: lets node read the TypeScript as it is, then hands over to main.ts. Works from any folder and through a link.

import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

// What is JavaScript already loads three times faster before the translator stands in its way; nearly every command decodes by it.
if (!/^(-|help$|shell$)/.test(process.argv[2] ?? '-')) await import('@effect/schema/Schema');
if (process.argv[2] === 'campaign' && process.argv.includes('redis'))
  await import(process.argv[3] === 'status' ? 'ioredis' : 'bullmq');
register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
const { start } = await import('./main.ts');
await start(process.argv.slice(2));
