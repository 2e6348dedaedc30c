// Makes the pages: each one HTML file with its script and style inside, which opens from disk without a server or a network.

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Story } from '../campaign/story.ts';
import type { Scope } from '../model/index.ts';
import { type CampaignHead, campaignBody } from './campaign/page.ts';
import { readMatrix, readMutants } from './spec/mutants.ts';
import { specBody } from './spec/page.ts';
import { judgeProtocol, usualMachines } from './spec/protocol.ts';
import { judgeAll, usualScopes } from './spec/verdicts.ts';

const room = dirname(fileURLToPath(import.meta.url));

/** One entry of this room, with all it imports, as one classic script. */
export async function script(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(room, entry)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
    plugins: [withoutNode],
  });
  return outputFiles[0].text;
}

/** What a page imports may also save files, where there are any: in a page nobody calls that, and there is nothing behind it. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'node' }));
    build.onLoad({ filter: /./, namespace: 'node' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** A template of this room with its style, script and data put where they belong. */
export async function page(template: string, parts: Readonly<Record<string, string>>): Promise<string> {
  const html = await readFile(join(room, template), 'utf8');
  return html.replace(/<!--(\w+)-->/g, (comment, name: string) => parts[name] ?? comment);
}

export async function styleElement(...sheets: string[]): Promise<string> {
  const texts = await Promise.all(sheets.map((sheet) => readFile(join(room, sheet), 'utf8')));
  return `<style>${texts.join('\n')}</style>`;
}

export const scriptElement = (code: string): string => `<script>${insideScript(code)}</script>`;

/** Inside a script element nothing may look like its end. */
const insideScript = (text: string): string =>
  text.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');

/** The explorer page; with `embedded`, the file that it opens first, whatever is in it: the page itself judges that. */
export async function explorerPage(embedded?: Embedded): Promise<string> {
  return page('index.html', {
    style: await styleElement('style.css'),
    embedded: embedded ? JSON.stringify(embedded).replaceAll('<', '\\u003c') : '',
    script: scriptElement(await script('explorer.tsx')),
  });
}

/** The specification page. The verdicts are asked of the model checker here, which takes most of the time. */
export async function specPage({
  scopes = usualScopes,
  machines = usualMachines,
  races,
  mutants = 'no such file',
  matrix = join(room, '../docs/mutants.md'),
  progress = () => {},
  signal,
}: SpecOptions): Promise<string> {
  const verdicts = await judgeAll(scopes, progress, signal);
  let asked = 0;
  const next = (what: string) => progress(asked++, machines.length + 1, what);
  const protocol =
    machines.length > 0 && !signal?.aborted ? await judgeProtocol(machines, next, races) : null;
  return page('spec.html', {
    style: await styleElement('style.css', 'spec/spec.css'),
    body: specBody({
      verdicts,
      protocol,
      mutants: { table: readMutants(mutants), matrix: readMatrix(matrix) },
    }),
    script: scriptElement(await script('spec/spec.tsx')),
  });
}

/** The report page of a campaign. */
export async function campaignPage(head: CampaignHead, story: Story): Promise<string> {
  const style = await styleElement('style.css', 'spec/spec.css', 'campaign/campaign.css');
  return page('campaign.html', {
    style,
    body: campaignBody(head, story),
  });
}

export interface SpecOptions {
  readonly scopes?: readonly Scope[] | undefined;
  /** The scopes in which the protocol is searched; none leaves it out. */
  readonly machines?: typeof usualMachines;
  /** The planted races of the protocol, by id; all, if none is named. */
  readonly races?: readonly string[];
  /** What `firsttouch mutants --json` wrote; the page says so if there is no such file. */
  readonly mutants?: string;
  /** The document with the matrix of claims and mutants. */
  readonly matrix?: string;
  readonly progress?: (done: number, total: number, what: string) => void;
  readonly signal?: AbortSignal;
}

export interface Embedded {
  readonly name: string;
  readonly text: string;
}

/** Whole or not at all: a reader never sees half a page. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.part`;
  try {
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
