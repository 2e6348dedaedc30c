#!/usr/bin/env node
// The bin: lets node read the TypeScript as it is, then hands over to main.ts. Works from any folder and through a link.

import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Where the translator keeps what it has translated; without such a place it translates anew. */
function canKeep() {
  const kept = join(tmpdir(), `tsx-${process.geteuid?.()}`);
  try {
    mkdirSync(kept);
  } catch (error) {
    if (error.code !== 'EEXIST') return false;
  }
  try {
    accessSync(join(kept, '.'), constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
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
  if (process.geteuid && !canKeep()) process.env.TSX_DISABLE_CACHE = '1';
  // What is JavaScript already loads three times faster before the translator stands in its way; nearly every command decodes by it.
  if (!/^(-|help$|shell$)/.test(first ?? '-') && second !== '--help') await import('@effect/schema/Schema');
  if (first === 'campaign' && process.argv.includes('redis'))
    await import(second === 'status' ? 'ioredis' : 'bullmq');
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
  const { start } = await import('./main.ts');
  await start(process.argv.slice(2));
}
