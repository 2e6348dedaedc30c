// Makes programs of the sources that start fast: everything that an entry needs in a few files of JavaScript, by esbuild.
// What runs is the same: a module knows its place in the sources, and what is not in a program is translated when it is asked for.

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const OWN = fileURLToPath(new URL('./bundled.mjs', import.meta.url));
/** A thread's first file, by its place: `new URL('./worker.mjs', import.meta.url)`. */
const THREAD = /(?<!fileURLToPath\()new URL\('(\.[^']+\.mjs)', import\.meta\.url\)(?!\.(?:href|pathname))/g;
/** A module that is named to others, to be imported there. */
const NAMED = /new URL\('(\.[^']+\.ts)', import\.meta\.url\)\.href|\bmodule: import\.meta\.url/g;
/** A module that is only known when it is asked for. */
const ASKED = /\bimport\((?!['"])/g;
/** Packages that are slow to load file by file, and are modules through and through. The others stay where they are. */
const WITHIN = /^(@effect\/schema|fast-check|diff)(\/|$)/;

export interface Wish {
  readonly root: string;
  /** Where the programs go: an `.mjs` for each entry, at its place below `root`. */
  readonly folder: string;
  /** What to make programs of, and all files that may be in them: paths below `root`. */
  readonly entries: readonly string[];
  readonly sources: readonly string[];
  /** Where a package is taken from instead. */
  readonly alias: Readonly<Record<string, string>>;
}

/** @throws if the sources are no programs */
export async function bundle({ root, folder, entries, sources, alias }: Wish): Promise<void> {
  const inside = new Set(sources.map((path) => join(root, path)));
  const placeOf = (path: string) =>
    pathToFileURL(join(folder, relative(root, path)).replace(/\.ts$/, '.mjs')).href;
  const { threads, named } = modulesIn(inside);
  const own: Plugin = {
    name: 'own',
    setup(on) {
      on.onResolve({ filter: /^tsx\/esm\/api$/ }, () => ({ path: OWN }));
      on.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point' || /node_modules\/[^.]/.test(importer)) return undefined;
        if (Object.hasOwn(alias, path)) return { path: alias[path], external: true };
        return WITHIN.test(path) ? undefined : { path, external: true };
      });
      on.onLoad({ filter: /\.(ts|mjs)$/ }, ({ path }) => {
        if (!inside.has(path) || path === OWN) return undefined;
        const contents = readFileSync(path, 'utf8')
          .replace(THREAD, (whole, to) => {
            const thread = join(dirname(path), to);
            return threads.has(thread) ? `new URL(${JSON.stringify(placeOf(thread))})` : whole;
          })
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
          .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
          .replace('(await import(reader)).readTypeScript()', 'undefined')
          .replace(ASKED, '$import(');
        const asks = contents.includes('$import(') ? `import { $import } from ${JSON.stringify(OWN)};` : '';
        return { contents: asks + contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
      });
    },
  };
  await build({
    absWorkingDir: root,
    entryPoints: [...new Set([...entries.map((path) => join(root, path)), ...threads, ...named])],
    outbase: root,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: `node${process.versions.node}`,
    tsconfig: join(root, 'tsconfig.json'),
    sourcemap: true,
    sourcesContent: false,
    define: {
      BUNDLED: JSON.stringify(
        Object.fromEntries([...named].map((path) => [pathToFileURL(path).href, placeOf(path)])),
      ),
    },
    plugins: [own],
    logLevel: 'silent',
  });
}

/** The threads and the named modules of the sources. */
function modulesIn(sources: ReadonlySet<string>) {
  const [threads, named] = [new Set<string>(), new Set<string>()];
  for (const path of sources) {
    const text = readFileSync(path, 'utf8');
    for (const [, to] of text.matchAll(THREAD)) threads.add(join(dirname(path), to));
    for (const [, to] of text.matchAll(NAMED)) named.add(to === undefined ? path : join(dirname(path), to));
  }
  for (const set of [threads, named]) for (const path of set) if (!sources.has(path)) set.delete(path);
  return { threads, named };
}
