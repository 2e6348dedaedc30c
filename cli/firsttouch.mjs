#!/usr/bin/env node
// The bin: lets node read the TypeScript as it is, then hands over to main.ts. Works from any folder and through a link.

import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
const { start } = await import('./main.ts');
await start(process.argv.slice(2));
