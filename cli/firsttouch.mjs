#!/usr/bin/env node
// The bin: lets node read the TypeScript as it is, then hands over to main.ts. Works from any folder and through a link.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [first, second] = process.argv.slice(2);
const textOf = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');

// Help and version are told without the translator, in a fifth of the time: help.txt is what main.ts writes (a test says so).
if (/^(--help|-h|help)$/.test(first) && second === undefined) tell(textOf('help.txt'));
else if (first === '--version') tell(`${JSON.parse(textOf('../package.json')).version}\n`);
else await run();

function tell(text) {
  process.stdout.on('error', ({ code, message }) => {
    if (code === 'EPIPE') return;
    process.stderr.write(`firsttouch: what was found cannot be written: ${message}\n`);
    process.exitCode = 2;
  });
  process.stdout.write(text);
}

function refuseLostFolder() {
  try {
    process.cwd();
  } catch (error) {
    process.stderr.write(
      `firsttouch: the current folder is not there any more (${error.code}): go to another\n`,
    );
    process.exit(2);
  }
}

async function run() {
  refuseLostFolder();
  if (first === 'campaign' && process.argv.includes('redis'))
    await import(second === 'status' ? 'ioredis' : 'bullmq');
  const { start } = await main();
  await start(process.argv.slice(2));
}

/** Read as it is, lines and all; or as the program that `npm test` has made of these sources at the start of its run (tests/programs.ts). */
async function main() {
  const { FIRSTTOUCH_PROGRAMS: made, FIRSTTOUCH_DEBUG: asItIs } = process.env;
  if (!asItIs && made?.startsWith(fileURLToPath(new URL('../node_modules/', import.meta.url))))
    return import(`${made}/cli/main.mjs`);
  (await import('./typescript.mjs')).readTypeScript();
  return import('./main.ts');
}
