// Makes the pages: each one HTML file with its script and style inside, which opens from disk without a server or a network.

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const room = dirname(fileURLToPath(import.meta.url));

/** One entry of this room, with all it imports, as one classic script. */
export async function script(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: room,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      rolldownOptions: { input: join(room, entry), output: { format: 'iife' } },
    },
  });
  const outputs = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  const [chunk, ...others] = outputs;
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error(`${entry} is not one script`);
  return chunk.code;
}

/** A template of this room with its style, script and data put where they belong. */
export async function page(template: string, parts: Readonly<Record<string, string>>): Promise<string> {
  const html = await readFile(join(room, template), 'utf8');
  return html.replace(/<!--(\w+)-->/g, (comment, name: string) => parts[name] ?? comment);
}

export const styleElement = async (): Promise<string> =>
  `<style>${await readFile(join(room, 'style.css'), 'utf8')}</style>`;

export const scriptElement = (code: string): string => `<script>${insideScript(code)}</script>`;

/** Inside a script element nothing may look like its end. */
const insideScript = (text: string): string =>
  text.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');

/** The explorer page; with `embedded`, the file that it opens first, whatever is in it: the page itself judges that. */
export async function explorerPage(embedded?: Embedded): Promise<string> {
  return page('index.html', {
    style: await styleElement(),
    embedded: embedded ? JSON.stringify(embedded).replaceAll('<', '\\u003c') : '',
    script: scriptElement(await script('explorer.tsx')),
  });
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
