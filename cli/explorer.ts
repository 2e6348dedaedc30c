// The explorer command: writes the time-travel explorer, one HTML file, and opens it on request.

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { define, HOLDS, UsageError } from './command.ts';
import { text, toggle } from './flags.ts';
import { opener, openInBrowser, pages, write } from './pages.ts';

export const command = define({
  name: 'explorer',
  summary: 'write (or --open) the time-travel explorer, one HTML file; with FILE it opens that trace',
  positional: { name: 'FILE', help: 'a counterexample or trace that the page opens first', min: 0, max: 1 },
  flags: {
    out: text('PATH', 'where to write the page', 'firsttouch-explorer.html'),
    open: toggle('open it in the browser'),
  },
  run: async ({ flags, positionals: [file], out }) => {
    const target = flags.out ?? 'firsttouch-explorer.html';
    const embedded = file === undefined ? undefined : await openable(file);
    const { explorerPage } = await pages();
    await write(target, await explorerPage(embedded));
    out(`${target}\n`);
    if (flags.open) await openInBrowser(target);
    return HOLDS;
  },
});

/** What the page could not open is refused here: nobody wants to look for the reason in a browser. */
async function openable(file: string): Promise<{ name: string; text: string }> {
  const name = basename(file);
  const bytes = await readable(file);
  const text = bytes.toString('utf8');
  const { tooLarge, whyNotOpened } = await opener();
  const why = tooLarge(name, bytes.length) ?? whyNotOpened(text, name);
  if (why === null) return { name, text };
  throw new UsageError(
    `${why}; legal are a counterexample, a recorded kernel run, a report of check or verify, an ITF trace or graph, a link, a shell script or transcript`,
  );
}

async function readable(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
