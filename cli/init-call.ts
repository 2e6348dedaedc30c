// What init does: writes the program of a language, with the contract's words in it, a README and a CI file. Overwrites nothing.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rulesOf } from '../properties/trace/contract.ts';
import { HOLDS, UsageError } from './command.ts';
import type { InitContext } from './init.ts';
import { type Language, type LanguageName, languageNames, languages } from './languages.ts';
import { wrapped } from './wrap.ts';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
/** Columns of a comment. */
const WIDTH = 110;
const CI_FILE = '.github/workflows/firsttouch.yml';

export async function run({ flags, positionals: [folder], out }: InitContext): Promise<number> {
  const { lang } = flags;
  if (lang === undefined) throw new UsageError(`init needs --lang; legal are: ${languageNames.join(', ')}`);
  if (folder === '') throw new UsageError('init: DIR is empty; legal is a folder, . is this one');
  const files = filesOf(lang);
  write(folder, files);
  const { build, impl } = commandsOf(languages[lang], folder);
  const next = nextOf({ build, impl });
  if (flags.json)
    out(`${JSON.stringify({ dir: folder, lang, files: Object.keys(files), build, impl, next })}\n`);
  else {
    for (const name of Object.keys(files)) out(`wrote ${join(folder, name)}\n`);
    out(`next: ${next}\n`);
  }
  return HOLDS;
}

interface Commands {
  /** null: nothing to build. */
  readonly build: string | null;
  readonly impl: string;
}

const quoted = (command: string): string => (/^[\w./-]+$/.test(command) ? command : `"${command}"`);

const nextOf = ({ build, impl }: Commands): string =>
  `${build ? `${build} && ` : ''}npx firsttouch verify --impl ${quoted(impl)} --profile letter`;

/** How the program in a folder is built and run, from where the user is; `.`: from the folder itself. */
function commandsOf({ file, build, run }: Language, folder: string): Commands {
  const inside = (name: string) => {
    const path = join(folder, name);
    return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  };
  if (run !== undefined) return { build: null, impl: `${run} ${inside(file)}` };
  const program = inside('rss');
  return {
    build: build?.(program, inside(file)) ?? null,
    impl: program.startsWith('/') ? program : `./${program}`,
  };
}

/** What is written, by its name within the folder. */
export function filesOf(lang: LanguageName): Readonly<Record<string, string>> {
  const language = languages[lang];
  const inside = commandsOf(language, '.');
  const { build, impl } = inside;
  const probe = `npx firsttouch probe --impl ${quoted(impl)}`;
  const readme = read('init/README.md')
    .replace('{{FILE}}', language.file)
    .replace('{{VERIFY}}', nextOf(inside))
    .replace('{{PROBE}}', build ? `${build} && ${probe}` : probe);
  return {
    [language.file]: withContract(read(`init/${language.file}`), language),
    'README.md': readme,
    [CI_FILE]: ciFile(inside),
  };
}

/** The file for GitHub Actions in docs/ci.md, for this program. */
function ciFile({ build, impl }: Commands): string {
  const [, yaml] = /## GitHub Actions[\s\S]*?```yaml\n([\s\S]*?)```/.exec(read('../docs/ci.md')) ?? [];
  if (yaml === undefined) throw new Error('docs/ci.md has no file for GitHub Actions');
  const step = build ? `      - run: ${build}\n` : '';
  return yaml.replaceAll('python3 rss.py', impl).replace(/^ +- run: npm install/m, `${step}$&`);
}

/** Writes all of it or nothing. @throws UsageError naming the first file that is there already, or why it cannot be written */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  const paths = Object.keys(files).map((name) => join(folder, name));
  const there = (path: string) => statSync(path, { throwIfNoEntry: false });
  try {
    const taken = paths.find(there);
    if (taken !== undefined)
      throw new UsageError(
        `init ${folder}: ${taken} is there already, and nothing is overwritten: name another folder`,
      );
    for (const [i, text] of Object.values(files).entries()) {
      makeFolder(dirname(paths[i]));
      writeFileSync(paths[i], text, { flag: 'wx' });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`init ${folder} cannot be written: ${(error as Error).message}`);
  }
}

/** One by one: where no folder can be made, as in /proc, a recursive mkdir of node 20 never ends. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

// The contract's words, out of docs/contract.md.

/** Each line `contract: NAME` of a program, a comment, becomes what docs/contract.md says of it. */
export function withContract(program: string, { comment }: Pick<Language, 'comment'>): string {
  const rules = commentsOf(read('../docs/contract.md'));
  return program.replace(/^( *)(?:#|\/\/) contract: (\w+)$/gm, (_line, indent: string, name: string) => {
    const lines = rules.get(name);
    if (!lines) throw new Error(`docs/contract.md has no rule ${name}`);
    return lines.map((line) => `${indent}${comment} ${line}`.trimEnd()).join('\n');
  });
}

/** By name, in lines: the moves, the charge with its drawing, and the two rules of the lists. */
function commentsOf(page: string): ReadonlyMap<string, readonly string[]> {
  const rules = rulesOf(page);
  const comments = new Map<string, readonly string[]>();
  const of = (section: string) => rules.filter((rule) => rule.section === section);
  for (const { name, text } of of('The moves')) comments.set(name, wrapped(text, WIDTH));
  const [, drawing] = /## A charge\n\n```\n([\s\S]*?)```/.exec(page) ?? [];
  // The victim is in the drawing, and what is reclaimed in the rule of the lists.
  const words = of('A charge').filter(({ name }) => name !== 'the victim' && name !== 'Reclaiming a page');
  if (drawing)
    comments.set('charge', [
      ...drawing.trimEnd().split('\n'),
      '',
      ...wrapped(words.map(({ text }) => text).join(' '), WIDTH),
    ]);
  for (const [as, name] of [
    ['reference', 'On a reference'],
    ['reclaim', 'A reclaim'],
  ]) {
    const rule = of('The two lists').find((one) => one.name === name);
    if (!rule) throw new Error(`docs/contract.md has no rule ${name}`);
    comments.set(as, wrapped(rule.text, WIDTH));
  }
  return comments;
}
