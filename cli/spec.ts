// The spec command: writes the living specification, one HTML file, and opens it on request.

import { fileURLToPath } from 'node:url';
import { define, HOLDS, UsageError } from './command.ts';
import { quiet, scope, text, toggle } from './flags.ts';
import { openInBrowser, pages, write } from './pages.ts';

/** Where the matrix of mutants is kept: what `firsttouch mutants --json` wrote. */
const MUTANTS = fileURLToPath(new URL('../docs/mutants.json', import.meta.url));

export const command = define({
  name: 'spec',
  summary: 'write (or --open) the living specification, one HTML file, made from the model and its claims',
  positional: {
    name: 'FILE',
    help: 'where to write the page, instead of firsttouch-spec.html',
    min: 0,
    max: 1,
  },
  flags: {
    out: text('PATH', 'where to write the page', 'firsttouch-spec.html'),
    scope: {
      ...scope('1/2/2/2, 1/1/3/2 and 2/1/2/1'),
      help: 'judge the claims in this scope only, and not those of the protocol',
    },
    open: toggle('open it in the browser'),
    quiet,
  },
  run: async ({ flags, positionals: [file], out, progress, signal }) => {
    if (flags.out !== undefined && file !== undefined)
      throw new UsageError(`${file} and --out ${flags.out} both say where to write the page; give one`);
    const target = flags.out ?? file ?? 'firsttouch-spec.html';
    const { specPage } = await pages();
    const html = await specPage({
      ...(flags.scope ? { scopes: [flags.scope], machines: [] } : {}),
      mutants: MUTANTS,
      progress: (done, total, what) => progress.report(done, 'searches', total, what),
      signal,
    });
    progress.clear();
    if (signal.aborted) return HOLDS;
    await write(target, html);
    out(`${target}\n`);
    if (flags.open) await openInBrowser(target);
    return HOLDS;
  },
});
