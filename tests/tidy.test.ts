// The house rules that a machine can hold: which room may import which, who may print, and the habits of a file.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The rooms, and which others each may import. What is not listed may import everything. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  proof: ['model'],
  checker: [],
  lockstep: [],
  impl: [],
  properties: ['model', 'impl', 'checker', 'lockstep'],
  shell: ['properties', 'lockstep', 'model', 'impl'],
  mutants: ['properties', 'checker', 'lockstep', 'model', 'impl'],
  campaign: ['properties', 'mutants', 'lockstep', 'model'],
  cli: ['campaign', 'shell', 'mutants', 'properties', 'checker', 'lockstep', 'model', 'proof', 'impl'],
  explorer: ['model', 'lockstep', 'properties', 'mutants', 'shell', 'campaign'],
};
/** Rooms and folders that also run in a browser: no module of node. */
const browser = ['model', 'shell'];
const silent = [
  'model',
  'proof',
  'checker',
  'lockstep',
  'impl',
  'properties',
  'shell',
  'mutants',
  'campaign',
];

const LINES = 400;
const COLUMNS = 160;
/** Longer files, and why they are. */
const long: Readonly<Record<string, string>> = {
  'properties/subjects/fast.ts': 'one transition system on the words of a view',
  'checker/lane.ts': 'the visit of a state, on the model and on its twin, with what it counts',
  'impl/controller/index.ts': 'the façade: every operation and every reading, a few lines each',
  'checker/search.ts': 'the breadth-first search with its books, level by level',
  'checker/table.ts':
    'the set of states: one open-addressing table, its growth, and its window when the states are on disk',
};

interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

/** `path:line: what is wrong, use what instead`. */
type Rule = (source: Source) => string[];

const roomOf = (path: string): string => path.split('/')[0];
const at = (path: string, i: number, what: string, use: string) => `${path}:${i + 1}: ${what}, use ${use}`;
const isIn = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path.startsWith(`${folder}/`));

const IMPORT = /(?:\bfrom|\bimport\(|^import)\s*['"]([^'"]+)['"]/g;

/** Every import of a file, types too: a name is a debt. */
function imports({ lines }: Source): { i: number; specifier: string }[] {
  return lines.flatMap((line, i) =>
    /^\s*(\/\/|\*)/.test(line) ? [] : [...line.matchAll(IMPORT)].map(([, specifier]) => ({ i, specifier })),
  );
}

const arrowsPointOneWay: Rule = (source) => {
  const room = roomOf(source.path);
  return imports(source).flatMap(({ i, specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const target = posix.join(posix.dirname(source.path), specifier);
    const other = roomOf(target);
    const legal = Object.hasOwn(arrows, room) ? arrows[room] : null;
    if (other === room || (legal === null && room !== 'tests' && other !== 'explorer')) return [];
    if (room === 'tests' || legal?.includes(other)) return [];
    const use = legal === null || legal.length === 0 ? 'its own room only' : legal.join(' or ');
    return [at(source.path, i, `${room} imports ${other} (${specifier})`, use)];
  });
};

const importsSayTheirEnding: Rule = (source) =>
  imports(source).flatMap(({ i, specifier }) =>
    specifier.startsWith('.') && !/\.(ts|tsx|mjs|json|css)(\?\w+)?$/.test(specifier)
      ? [at(source.path, i, `${specifier} has no ending`, `${specifier.replace(/\.js$/, '')}.ts`)]
      : [],
  );

const modelsNeedNothing: Rule = (source) =>
  imports(source).flatMap(({ i, specifier }) => {
    if (roomOf(source.path) === 'model' && !specifier.startsWith('.')) {
      return [at(source.path, i, `the model imports the package ${specifier}`, 'the language alone')];
    }
    return isIn(source.path, browser) && specifier.startsWith('node:')
      ? [at(source.path, i, `${specifier} in a file that runs in a browser too`, 'what both offer')]
      : [];
  });

const onlyTheCommandLinePrints: Rule = ({ path, lines }) =>
  !isIn(path, silent)
    ? []
    : lines.flatMap((line, i) =>
        /\bconsole\.\w+\(|process\.std(out|err)\b/.test(line) && !/^\s*(\/\/|\*)/.test(line)
          ? [at(path, i, 'prints', 'a result that cli/ prints')]
          : [],
      );

const saysItsPurposeFirst: Rule = ({ path, lines }) => {
  const first = lines[0].startsWith('#!') ? 1 : 0;
  return /^\/\/ \S/.test(lines[first])
    ? []
    : [at(path, first, 'no purpose on the first line', '`// ` and a sentence')];
};

const isOfAWieldySize: Rule = ({ path, lines }) => {
  const tooLong =
    lines.length > LINES && !Object.hasOwn(long, path)
      ? [
          at(
            path,
            LINES,
            `${lines.length} lines`,
            `two files (or give the reason in ${'tests/tidy.test.ts'})`,
          ),
        ]
      : [];
  const tooWide = lines.flatMap((line, i) =>
    line.length > COLUMNS && !/`|'|"/.test(line) ? [at(path, i, `${line.length} columns`, 'two lines')] : [],
  );
  return [...tooLong, ...tooWide];
};

/** Looked for in the code alone, strings and comments left out. */
const NOT_IN_CODE: readonly (readonly [RegExp, string, string])[] = [
  [/\bas any\b|: any(?=\s*([;,)=\]>|]|$))|<any>|\bany\[\]/, 'any', 'a type, or unknown and a decoder'],
  [/\b(test|suite|describe|it)\.only\(/, 'an only', 'npm test FILTER'],
  [/\benum \w+ \{|\bnamespace \w+ \{/, 'syntax that leaves code behind', 'a union of literals, a module'],
];
const NOWHERE: readonly (readonly [RegExp, string, string])[] = [
  [/@ts-(ignore|nocheck|expect-error)/, 'a type error is silenced', 'a type that holds'],
  [/(^|[^.\w])\/(work|home|root|Users)\/\w/, 'a path of one machine', 'a relative one'],
  [/registry\.npmjs\.org/, 'the name of a registry', 'nothing: npm knows its registry'],
];

const codeOf = (line: string): string =>
  /^\s*(\/\/|\/?\*)/.test(line)
    ? ''
    : line.replace(/'(\\.|[^'\\])*'|"(\\.|[^"\\])*"|`(\\.|[^`\\])*`/g, "''").replace(/\/\/.*$/, '');

const keepsTheHabits: Rule = ({ path, lines }) =>
  lines.flatMap((line, i) => {
    const found = (text: string, list: typeof NOWHERE) => list.filter(([pattern]) => pattern.test(text));
    return [...found(codeOf(line), NOT_IN_CODE), ...found(line, NOWHERE)].map(([, what, use]) =>
      at(path, i, what, use),
    );
  });

const rules: Readonly<Record<string, Rule>> = {
  arrowsPointOneWay,
  importsSayTheirEnding,
  modelsNeedNothing,
  onlyTheCommandLinePrints,
  saysItsPurposeFirst,
  isOfAWieldySize,
  keepsTheHabits,
};

/** What git knows of, or where there is no git what lies here. This file names what it forbids. */
function sources(): Source[] {
  const tracked = existsSync(join(root, '.git'))
    ? execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n')
    : (readdirSync(root, { recursive: true }) as string[]).filter((path) => !/node_modules|^\./.test(path));
  return tracked
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && path !== 'tests/tidy.test.ts')
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n') }));
}

const all = sources();

/** Files that import each other in a circle, types too: whoever reads one must have read the others. */
function circleOf(sources: readonly Source[]): string[] | null {
  const known = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    const source = known.get(path);
    if (!source || done.has(path)) return null;
    for (const { i, specifier } of imports(source)) {
      // What is loaded when it is needed closes no circle.
      if (!specifier.startsWith('.') || source.lines[i].includes('import(')) continue;
      const circle = walk(posix.join(posix.dirname(path), specifier), [...trail, path]);
      if (circle) return circle;
    }
    done.add(path);
    return null;
  };
  for (const path of known.keys()) {
    const circle = walk(path, []);
    if (circle) return circle;
  }
  return null;
}

test('no files import each other in a circle', () => {
  assert.equal(circleOf(all), null);
  const file = (path: string, of: string): Source => ({
    path,
    lines: ['// x', `import type { X } from './${of}.ts';`],
  });
  const [a, b, c] = [file('r/a.ts', 'b'), file('r/b.ts', 'c'), file('r/c.ts', 'a')];
  assert.equal(circleOf([a, b, c]), ['r/a.ts', 'r/b.ts', 'r/c.ts', 'r/a.ts']);
  assert.is(circleOf([a, b]), null);
});

/** The rooms as docs/house.md tells them: what each may import, and how long it is. */
const told = readFileSync(join(root, 'docs/house.md'), 'utf8').matchAll(
  /^\| `(\w+)\/` \| .* \| (.*) \| ([\d,]+) \|$/gm,
);

test('docs/house.md tells every room, what it may import and how long it is', () => {
  const rows = new Map(Array.from(told, ([, room, imports, lines]) => [room, { imports, lines }]));
  for (const [room, may] of Object.entries(arrows))
    assert.is(rows.get(room)?.imports, may.join(', ') || 'nothing', room);
  for (const [room, { lines }] of rows) {
    const own = all.filter(({ path }) => roomOf(path) === room && !/\.(test\.ts|mjs)$/.test(path));
    const count = own.reduce((sum, source) => sum + source.lines.length, 0);
    const said = Number(lines.replaceAll(',', ''));
    assert.ok(Math.abs(count - said) < count / 5, `${room} has ${count} lines, docs/house.md says ${lines}`);
  }
});

test('the pages name files that there are, and no document that a clone has not', () => {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const pages = ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)];
  const gone = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const named = Array.from(text.matchAll(/`([a-z]\w*)(\/[\w./-]*\.(?:ts|mjs|md|txt|py|c))`/g))
      .filter(([, room]) => existsSync(join(root, room)))
      .map(([, room, rest]) => join(root, room + rest));
    const linked = Array.from(text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g), ([, to]) =>
      join(root, page, '..', to),
    );
    const missing = [...named, ...linked].filter((file) => !existsSync(file));
    return [...missing, ...(text.match(/\b(?:SEMANTICS|BUGS\.md|\.\.\/shared)\b/g) ?? [])].map(
      (what) => `${page}: ${what}`,
    );
  });
  assert.equal(gone, []);
});

test('there are files to judge', () => {
  assert.ok(all.length > 100, `${all.length}`);
  for (const room of Object.keys(arrows)) {
    assert.ok(
      all.some(({ path }) => roomOf(path) === room),
      `none in ${room}`,
    );
  }
});

for (const [name, rule] of Object.entries(rules)) {
  test(name, () => assert.is(all.flatMap(rule).join('\n'), ''));
}

test('each rule can fail, and says path:line: X, use Y', () => {
  const made = (path: string, ...lines: string[]): string => {
    const source = { path, lines: ['// Made up.', ...lines] };
    return Object.values(rules)
      .flatMap((rule) => rule(source))
      .join('\n');
  };
  const reads = (room: string) => `import type { X } from '../${room}/index.ts';`;
  assert.is(
    made('impl/a.ts', reads('model')),
    'impl/a.ts:2: impl imports model (../model/index.ts), use its own room only',
  );
  assert.is(
    made('properties/a.ts', '', reads('cli')),
    'properties/a.ts:3: properties imports cli (../cli/index.ts), use model or impl or checker or lockstep',
  );
  assert.match(
    made('checker/deep/a.ts', "const x = await import('../../model/x.ts');"),
    /checker imports model/,
  );
  assert.match(made('cli/a.ts', reads('explorer')), /cli imports explorer/);
  assert.match(made('bench/a.ts', reads('explorer')), /bench imports explorer/);
  assert.is(made('explorer/a.ts', reads('model'), reads('properties')), '');
  assert.match(made('cli/a.ts', "import { x } from './x';"), /\.\/x has no ending, use \.\/x\.ts/);
  assert.match(
    made('model/a.ts', "import { x } from 'fast-check';"),
    /the model imports the package fast-check/,
  );
  assert.match(
    made('shell/a.ts', "import { x } from 'node:fs';"),
    /node:fs in a file that runs in a browser/,
  );
  assert.match(made('checker/a.ts', 'console.log(1);'), /checker\/a\.ts:2: prints/);
  assert.is(made('cli/a.ts', 'console.log(1);'), '');
  assert.match(
    saysItsPurposeFirst({ path: 'cli/a.ts', lines: ['import x'] })[0],
    /no purpose on the first line/,
  );
  assert.match(made('cli/a.ts', ...Array(LINES).fill('')), /401 lines, use two files/);
  assert.match(made('cli/a.ts', `// ${'word '.repeat(40)}`), /columns, use two lines/);
  for (const [line, what] of [
    ['const a = b as any;', 'any'],
    ['let a: any;', 'any'],
    ['// @ts-ignore', 'silenced'],
    ["test.only('x', y);", 'an only'],
    ['enum A {', 'leaves code behind'],
    ["const a = '/home/me/x';", 'one machine'],
  ]) {
    assert.match(made('cli/a.ts', line), what);
  }
});

test.run();
