// `init`: what it writes in each language speaks the protocol, refuses rightly from the first run, and says what to build next.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diffArrays } from 'diff';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesOf } from '../cli/init-call.ts';
import { type LanguageName, languageNames, languages } from '../cli/languages.ts';
import { main } from '../cli/main.ts';
import { NotAlive } from '../lockstep/index.ts';
import { initial, lru, type Move, movesOf, profiles, type Scope, type State, step } from '../model/index.ts';
import { showState } from '../properties/scopes/show.ts';
import { ProgramSubject } from '../properties/subjects/program.ts';
import { difference, View, viewOfState } from '../properties/view/view.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'firsttouch-init-'));
test.after(() => rmSync(folder, { recursive: true }));

function firsttouch(...args: string[]) {
  const done = spawnSync(process.execPath, [join(root, 'cli/firsttouch.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

/** What each language is run or built by. */
const tools: Readonly<Record<LanguageName, readonly string[]>> = {
  python: ['python3', '--version'],
  c: ['cc', '--version'],
  javascript: ['node', '--version'],
  go: ['go', 'version'],
  rust: ['rustc', '--version'],
};

const isHere = ([tool, ...args]: readonly string[]): boolean => spawnSync(tool, args).status === 0;

test('the first red verdict says what to build next; nothing is overwritten; what cannot be is told in one line', async () => {
  const { status, out, err } = firsttouch('init', 'mine', '--lang', 'python');
  assert.equal([status, err], [0, '']);
  assert.match(out, 'wrote mine/rss.py\nwrote mine/README.md\nwrote mine/.github/workflows/firsttouch.yml\n');
  assert.match(out, 'next: npx firsttouch verify --impl "python3 mine/rss.py" --profile letter\n');
  assert.equal(firsttouch('init', 'mine', '--lang', 'c'), {
    status: 2,
    out: '',
    err: 'firsttouch: init mine: mine/README.md is there already, and nothing is overwritten: name another folder\n',
  });
  assert.equal(readdirSync(join(folder, 'mine')).sort(), ['.github', 'README.md', 'rss.py']);
  for (const [args, complaint] of [
    [['x'], 'init needs --lang; legal are: python, c, javascript, go, rust'],
    [['x', '--lang', 'rusty'], '--lang rusty: the nearest legal one is rust; legal are: '],
    [['', '--lang', 'go'], 'init: DIR is empty; legal is a folder, . is this one'],
    [[join(folder, 'mine/rss.py/x'), '--lang', 'go'], 'x cannot be written: ENOTDIR: '],
  ] as const) {
    let told: Error | null = null;
    await main(['init', ...args], new AbortController().signal).catch((error) => (told = error));
    assert.match(`${(told as Error | null)?.name}: ${(told as Error | null)?.message}`, complaint);
    assert.match(String((told as Error | null)?.name), 'UsageError');
    assert.not.match(String((told as Error | null)?.message), '\n');
  }

  if (!isHere(tools.python)) return console.log('SKIP python3 is not here');
  const red = firsttouch('verify', '--impl', 'python3 mine/rss.py', '--profile', 'letter', '--seed', '1');
  assert.is(red.status, 1);
  assert.is(red.err, '', 'the program has nothing to remark on');
  assert.match(
    red.out,
    /^ImplementationAlive is violated in profile letter\n {2}\w+ is not built yet: build it next$/m,
  );
  assert.match(red.out, /^> +\d {2}\w+( \w+)+ +not built yet \(todo\)$/m);
  assert.not.match(red.out, 'no answer');
  const [, saved] = /^ {2}saved as (\S+)$/m.exec(red.out) ?? [];
  const again = firsttouch('replay', saved);
  assert.is(again.status, 1);
  assert.match(
    again.out,
    /^FAIL \S+: still fails: expected to hold, but ImplementationAlive is violated: \w+ is not built yet: build it next$/m,
  );
  const story = firsttouch('explain', saved).out;
  assert.match(story, /^> \d+\. \w+( \w+)+: not built yet \(todo\)$/m);
  assert.not.match(story, 'no answer');
  assert.not.match(story, '≠', 'of a move that has no answer nothing differs');
  const github = firsttouch('replay', saved, '--reporter', 'github').out;
  assert.match(
    github,
    /^::error title=\S+ expected to hold%2C but ImplementationAlive is violated%3A \w+ is not built yet/m,
  );
});

/** What is built from the start. */
const BUILT = ['mkdir', 'spawn', 'touch'];

/** The situations that the moves that are built lead to, each with a way to it. */
function situations(scope: Scope): { state: State; path: readonly Move[] }[] {
  const found: { state: State; path: readonly Move[] }[] = [{ state: initial(profiles.letter), path: [] }];
  const known = new Set([showState(found[0].state)]);
  for (const { state, path } of found) {
    for (const move of movesOf(scope).filter(([name]) => BUILT.includes(name))) {
      const next = step(state, move, lru).state;
      if (known.has(showState(next))) continue;
      known.add(showState(next));
      found.push({ state: next, path: [...path, move] });
    }
  }
  return found;
}

/** Makes every move in every situation of a scope; returns those that were not built. */
async function judged(command: string, scope: Scope): Promise<string[]> {
  const subject = await ProgramSubject.open(command, profiles.letter, scope);
  assert.is(subject.stumble, null);
  const [seen, spec] = [new View(scope), new View(scope)];
  const todo = new Set<string>();
  const asked: Move[] = [...movesOf(scope), ['setLimit', 0, -1], ['setLimit', 0, 2n ** 63n]];
  for (const { state, path } of situations(scope)) {
    let isThere = false;
    for (const move of asked) {
      if (!isThere) await subject.reset(scope);
      if (!isThere) for (const made of path) await subject.apply(made, seen);
      const expected = step(state, move, lru);
      const where = `${path.join('; ')}; ${move}`;
      try {
        const answer = await subject.apply(move, seen);
        assert.is(answer.outcome, expected.outcome, where);
        assert.is(difference(seen, viewOfState(expected.state, spec), subject.observed), null, where);
      } catch (error) {
        if (!(error instanceof NotAlive)) throw error;
        assert.match(error.message, /^\w+ is not built yet: build it next$/, where);
        assert.is(expected.outcome, 'ok', `${where}: what is refused is refused from the first run`);
        todo.add(move[0]);
      }
      isThere = expected.state === state && !todo.has(move[0]);
    }
  }
  await subject.close();
  return [...todo].sort();
}

for (const lang of languageNames) {
  test(`${lang}: what is refused is refused rightly, mkdir, spawn and touch do what the contract says, and the rest is left`, async () => {
    if (!isHere(tools[lang])) return console.log(`SKIP ${tools[lang][0]} is not here`);
    const { file, build, run } = languages[lang];
    const source = join(folder, file);
    writeFileSync(source, filesOf(lang)[file]);
    const program = join(folder, `rss-${lang}`);
    if (build) {
      // Without the optimizer, which takes longer than the test.
      const text = build(program, source).replace(/ -O2?/, '');
      const { status, stderr } = spawnSync('/bin/sh', ['-c', text], { encoding: 'utf8' });
      assert.equal([status, stderr], [0, ''], 'it is built without a warning');
    }
    const command = build ? program : `${run} ${source}`;
    const left = ['evict', 'exit', 'move', 'pin', 'rmdir', 'setLimit', 'unmap', 'unpin'];
    assert.equal(await judged(command, { containers: 1, tasks: 1, pages: 2, limit: 1 }), ['copy', ...left]);
    assert.equal(
      await judged(command, { containers: 2, tasks: 2, pages: 1, limit: 0 }),
      ['fork', ...left].sort(),
    );
  });
}

/** What only a program with something left to build has, and what goes with such a line. */
const SCAFFOLD = /todo|not_built|\(void\)\w+;/i;
const TAIL = /^\s*(return( "")?;|return 0;|\}|""".*""")$/;
/** The lines below the head, which each file has of its own. */
const body = (text: string): string[] =>
  text
    .slice(text.search(/^(import|#include)/m))
    .split('\n')
    .filter((line) => line.trim() !== '');

/** How many lines of init's the example has otherwise: it knows the other profiles, too, and trees. */
for (const [lang, name, others] of [
  ['python', 'rss.py', 13],
  ['c', 'rss.c', 28],
] as const) {
  test(`examples/external/${name} is what init makes, filled in for all profiles: but for ${others} lines, every line that is built`, () => {
    const example = body(readFileSync(join(root, 'examples/external', name), 'utf8'));
    const missing: string[] = [];
    let isScaffold = false;
    for (const { removed, value } of diffArrays(body(filesOf(lang)[name]), example)) {
      for (const line of removed ? value : []) {
        isScaffold = SCAFFOLD.test(line) || (isScaffold && TAIL.test(line));
        if (!isScaffold) missing.push(line);
      }
      if (!removed) isScaffold = false;
    }
    assert.is(missing.length, others, missing.join('\n'));
    assert.not.match(example.join('\n'), SCAFFOLD, 'nothing is left to build in the example');
  });
}

test('the CI file is that of docs/ci.md, with the step that builds the program', () => {
  const ci = '.github/workflows/firsttouch.yml';
  const doc = readFileSync(join(root, 'docs/ci.md'), 'utf8');
  assert.ok(doc.includes(`\`\`\`yaml\n${filesOf('python')[ci]}\`\`\``));
  const built = filesOf('c')[ci].split('\n');
  const added = built.filter((line) => !filesOf('python')[ci].split('\n').includes(line));
  assert.is(added[0], '      - run: cc -O2 -o rss rss.c');
  assert.match(added[1], 'npx firsttouch verify --impl "./rss" --profile letter');
});

test.run();
