// verify and replay as processes: the suite holds on the controller, a planted mistake is found, saved and replayed, other languages are judged.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerifySchema } from '../cli/verify-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'firsttouch-verify-'));
const bin = new URL('../cli/firsttouch.mjs', import.meta.url).pathname;
const python = new URL('../examples/external/rss.py', import.meta.url).pathname;
const c = new URL('../examples/external/rss.c', import.meta.url).pathname;

function firsttouch(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { out: stdout, err: stderr, status };
}

/** The verdict of a short hunt in profile letter, its JSON decoded by the exported Schema. */
function judged(impl: string, ...more: string[]) {
  const { out, err, status } = firsttouch(
    ...['verify', '--impl', impl, '--profile', 'letter', '--seed', '11', '--json'],
    ...(more.includes('--runs') ? [] : ['--runs', '60']),
    ...more,
  );
  assert.is(err.includes('Error'), false, err);
  return { status, report: Schema.decodeUnknownSync(VerifySchema)(JSON.parse(out)) };
}

/** A copy of an example with one mistake planted: the text must be there exactly once. */
function broken(file: string, from: string, to: string, name: string): string {
  const source = readFileSync(file, 'utf8');
  assert.is(source.split(from).length, 2, `${from} stands once in ${file}`);
  const copy = join(folder, name);
  writeFileSync(copy, source.replace(from, to));
  return copy;
}

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

test('the controller holds in all four profiles, and the counts follow from the seed, not from the workers', () => {
  const one = firsttouch('verify', '--seed', '7', '--runs', '50', '--json', '--workers', '1');
  const two = firsttouch('verify', '--seed', '7', '--runs', '50', '--json', '--workers', '2');
  assert.is(one.status, 0);
  const counts = (text: string) =>
    Schema.decodeUnknownSync(VerifySchema)(JSON.parse(text)).profiles.map(({ seconds: _, ...rest }) => rest);
  assert.equal(counts(one.out), counts(two.out));
  assert.equal(
    counts(one.out).map(({ profile }) => profile),
    ['letter', 'v3.1', 'linux-v1', 'linux-v2'],
  );
});

test('a mutant of the catalogue is hunted, saved as what is to fail, and replayed and shrunk by its name', () => {
  const { status, report } = judged('mutant:C9', '--save', folder);
  assert.is(status, 1);
  const file = report.counterexample?.file ?? '';
  const { subject, expect, missed } = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal([subject, expect, missed], ['mutant:C9', 'violation', 'not looked into yet']);
  assert.is(firsttouch('replay', file).status, 0, 'it fails as it is to');
  assert.match(
    firsttouch('replay', file, '--impl', 'controller').out,
    /^ok {3}\S+: holds, as the file expects: \d+ moves agree$/m,
  );
  assert.is(firsttouch('shrink', file, '--impl', 'mutant:C9').status, 1);
  const wrong = firsttouch('verify', '--impl', 'mutant:Q7');
  assert.is(wrong.status, 2);
  assert.match(
    wrong.err,
    '--impl mutant:Q7: there is no such mutant; legal are mutant:ID, ID one of A1, A2,',
  );
});

test('claims are asked for by name or by id', () => {
  const { status, out } = firsttouch(
    ...['verify', '--claims', 'I5b, WithinLimit', '--runs', '5', '--profile', 'letter', '--json'],
  );
  const { profiles } = Schema.decodeUnknownSync(VerifySchema)(JSON.parse(out));
  const asked = profiles[0].claims.map(({ name }) => name);
  assert.ok(asked.includes('WithinLimitAfterCharge') && asked.includes('WithinLimit'), asked.join());
  assert.not(asked.includes('FirstToucherOwns'));
  assert.is(status, 0);
  const wrong = firsttouch('verify', '--claims', 'I99');
  assert.is(wrong.status, 2);
  assert.match(wrong.err, /--claims I99: the nearest legal one is/);
});

test('a program in Python is judged by the line protocol; one whose second toucher steals is caught, saved, and replayed', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const good = judged(`python3 ${python}`);
  assert.is(good.status, 0);
  assert.is(good.report.profiles[0].claims.find(({ name }) => name === 'EqualsSpec')?.verdict, 'holds');

  const thief = broken(
    python,
    '        self.maps[t].add(p)\n        self.reference(p)\n',
    '        self.maps[t].add(p)\n        self.uncharge(p)\n        self.owner[p] = self.home[t]\n        self.containers[self.home[t]].active.insert(0, p)\n',
    'thief.py',
  );
  const bad = judged(`python3 ${thief}`, '--save', folder);
  assert.is(bad.status, 1);
  assert.is(bad.report.verdict, 'violated');
  const { counterexample } = bad.report;
  assert.ok(counterexample?.file);
  const again = firsttouch('replay', counterexample.file);
  assert.is(again.status, 1, again.out + again.err);
  assert.match(
    again.out,
    `FAIL ${counterexample.file}: still fails: expected to hold, but ${counterexample.claim} is violated`,
  );
  assert.match(again.out, /^1 replayed, 1 not as expected$/m);
  const mended = firsttouch('replay', '--impl', `python3 ${python}`, counterexample.file);
  assert.is(mended.status, 0, mended.out);
  assert.not.match(mended.out, 'still fails');
  // The file's own program, mended where it is.
  writeFileSync(thief, readFileSync(python));
  assert.match(
    firsttouch('replay', counterexample.file).out,
    /^ok {3}\S+: no longer fails, as the file expects: \d+ moves agree$/m,
  );
  const skipped = firsttouch('replay', '--impl', `echo '{"skip":"not here"}'; cat`, counterexample.file);
  assert.match(skipped.out, /^0 replayed, 0 not as expected, 1 skipped$/m);
});

test('a field under a name of its own is remarked on: what it was meant for is not observed', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const typo = broken(python, '"failcnt":', '"fail_count":', 'typo.py');
  const { status, out, err } = firsttouch(
    ...['verify', '--impl', `python3 ${typo}`, '--profile', 'letter', '--runs', '30', '--seed', '3'],
  );
  assert.is(status, 0);
  assert.match(err, /nobody reads "fail_count" of a container; what is read there: usage, limit, failcnt,/);
  assert.is(err.match(/fail_count/g)?.length, 1, 'once, not with every answer');
  assert.match(out, /not observed FailcntCountsRefusals: does not show failcnt/);
});

test('a program that contradicts itself is not alive: the same task twice, in two containers, a lock without a mapping, a name that is none', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const tasks = 'sorted((t for t in self.home if self.home[t] == name), key=number)';
  const pins = '[t for t in self.pins if p in self.pins[t]]';
  const lies: [string, string, RegExp][] = [
    [tasks, `2 * ${tasks}`, /unique/],
    [tasks, 'sorted(self.home, key=number)', /t\d is shown in two containers, one is c\d/],
    [
      pins,
      '([t for t in self.home if p not in self.maps.get(t, ())] or [t for t in self.pins if p in self.pins[t]])',
      /p\d is locked by t\d, which does not map it/,
    ],
    [
      '            name: {\n',
      '            name if c.failcnt < 3 else "zzz": {\n',
      /"zzz" names no container; legal are c0/,
    ],
  ];
  for (const [text, lie, witness] of lies) {
    const { status, report } = judged(`python3 ${broken(python, text, lie, 'liar.py')}`);
    assert.is(status, 1, lie);
    assert.is(report.counterexample?.claim, 'ImplementationAlive', lie);
    assert.match(report.counterexample?.witness ?? '', witness);
  }
});

test('what was found is told also when it cannot be saved; a folder that is none is refused before the search', () => {
  const blocked = join(folder, 'no-folder');
  writeFileSync(blocked, '');
  const refused = firsttouch('verify', '--runs', '5', '--save', blocked);
  assert.is(refused.status, 2);
  assert.match(refused.err, `--save ${blocked}: ${blocked} is no folder`);
  const tooLarge = firsttouch('verify', '--runs', '1', '--scope', '65535/9/65535/9');
  assert.is(tooLarge.status, 2);
  assert.match(tooLarge.err, '--scope 65535/9/65535/9: every page is looked at in every container and task');
  if (!has('python3')) return console.log('SKIP python3 is not here');
  if (!existsSync('/proc/self')) return console.log('SKIP no /proc, in which nobody makes a folder');
  const generous = broken(python, 'container.failcnt += 1', 'container.failcnt += 2', 'generous.py');
  const { status, out, err } = firsttouch(
    ...['verify', '--impl', `python3 ${generous}`, '--profile', 'letter', '--seed', '1', '--save', '/proc/x'],
  );
  assert.is(status, 1);
  assert.match(out, 'is violated in profile letter');
  assert.match(err, /it could not be saved: .*\/proc\/x/);
});

test('a program is looked at in every profile before it is hunted to the end of one', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const eager = broken(python, '{"zero": "unlimited", "huge": "wraps"', '{"huge": "wraps"', 'eager.py');
  const { status, out } = firsttouch('verify', '--impl', `python3 ${eager}`, '--seed', '11', '--json');
  assert.is(status, 1);
  const { profiles, counterexample } = Schema.decodeUnknownSync(VerifySchema)(JSON.parse(out));
  assert.is(counterexample?.profile, 'v3.1');
  assert.is(profiles[0].profile, 'letter');
  assert.is(profiles[0].runs, 50);
});

const compile = (source: string, name: string): string => {
  const program = join(folder, name);
  const { status, stderr } = spawnSync('cc', ['-O1', '-o', program, source], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return program;
};

test('--keep-going finds each of three mistakes, also behind a frequent one, and tells and saves it once', () => {
  if (!has('cc')) return console.log('SKIP cc is not here');
  const one = broken(c, 'failcnt++', 'failcnt += containers[c].failcnt == 3 ? 2 : 1', 'one.c');
  const two = broken(
    one,
    '  containers[c].limit = limit;',
    '  containers[c].limit = limit == 3 ? 4 : limit;',
    'two.c',
  );
  const three = broken(two, '  owner[p] = NONE;\n  referenced[p] = 0;', '  owner[p] = NONE;', 'three.c');
  const { status, report } = judged(
    compile(three, 'three'),
    '--keep-going',
    '--runs',
    '150',
    '--save',
    folder,
  );
  assert.is(status, 1);
  const found = report.counterexamples ?? [];
  assert.equal(found[0], report.counterexample);
  assert.equal(found.map(({ claim, witness }) => `${claim}: ${witness.replaceAll(/[0-9]+/g, 'N')}`).sort(), [
    'EqualsSpec: limit of cN is N, the specification says N',
    'EqualsSpec: referenced bit of pN is N, the specification says N',
    'FailcntCountsRefusals: failcnt of cN rose by N, reclaims and kills show N refusals',
  ]);
  assert.ok(found.every(({ file }) => file !== null && existsSync(file)));
  assert.is(report.profiles[0].runs, 150, 'all runs were played');
});

test('a program in C is judged; one that reclaims from a locked page is caught', () => {
  if (!has('cc')) return console.log('SKIP cc is not here');
  assert.is(judged(compile(c, 'rss')).status, 0);
  const careless = broken(c, '    if (pinned(p)) {', '    if (0) {', 'careless.c');
  const bad = judged(compile(careless, 'careless'), '--save', folder);
  assert.is(bad.status, 1);
  assert.match(bad.report.counterexample?.claim ?? '', /^(PinnedNeverReclaimed|EqualsSpec)$/);
});

test('a program that dies on a move is started anew until the moves that kill it are left, also when it dies before the first run', () => {
  if (!has('python3')) return console.log('SKIP python3 is not here');
  const dying = (where: string, name: string) => {
    const program = broken(python, where, `        if len(self.home) > 1: sys.exit(3)\n${where}`, name);
    const { status, report } = judged(`python3 ${program}`, '--save', folder);
    assert.is(status, 1);
    assert.is(report.counterexample?.claim, 'ImplementationAlive');
    assert.match(report.counterexample?.witness ?? '', 'exit status 3');
    return report.counterexample?.moves.map(([kind]) => kind);
  };
  const setLimit = '        container = self.container(c)\n        n = int';
  const moves = dying(setLimit, 'mortal.py');
  assert.is(moves?.length, 4, String(moves));
  assert.is(moves?.at(-1), 'setLimit');
  const anyLimit = broken(python, setLimit, `        sys.exit(3)\n${setLimit}`, 'stillborn.py');
  const stillborn = judged(`python3 ${anyLimit}`, '--save', folder).report.counterexample;
  assert.equal(stillborn?.moves, [['setLimit', 'c0', 0]]);
  assert.match(stillborn?.proof ?? '', 'nothing shorter fails: 0 traces');
});

test('a program that is silent, dies or talks nonsense violates ImplementationAlive; one that declines is skipped', () => {
  const script = (name: string, body: string): string => {
    const file = join(folder, name);
    writeFileSync(file, body);
    return `${process.execPath} ${file}`;
  };
  const dead = judged(script('dead.mjs', 'process.exit(3);'));
  assert.is(dead.status, 1);
  assert.is(dead.report.counterexample?.claim, 'ImplementationAlive');
  assert.match(dead.report.counterexample?.witness ?? '', 'exit status 3');
  const absent = judged(join(folder, 'absent.mjs'));
  assert.match(absent.report.counterexample?.witness ?? '', 'no such command');
  const nonsense = judged(script('nonsense.mjs', "process.stdin.on('data', () => console.log('hello'));"));
  assert.match(
    nonsense.report.counterexample?.witness ?? '',
    /^to \{"firsttouch":1,.*: its line is not JSON: "hello"; legal is one line: \{"ok":true\}/,
  );
  const shy = judged(script('shy.mjs', `process.stdin.on('data', () => console.log('{"ok":false}'));`));
  assert.match(
    shy.report.counterexample?.witness ?? '',
    /answered \{"ok":false\}: Expected true at \["ok"\]/,
  );
  // It starts once only: what it did then is told as it was found.
  const once = judged(
    script(
      'once.mjs',
      `import { existsSync, writeFileSync } from 'node:fs';
      if (existsSync('started')) process.exit(3);
      writeFileSync('started', '');
      const answer = (line) => line.includes('"move"') ? '{"outcome":"ok","view":{"containers":{}}}' : '{"ok":true}';
      process.stdin.on('data', (text) => console.log(answer(String(text))));`,
    ),
  );
  assert.is(once.status, 1);
  assert.match(
    once.report.counterexample?.proof ?? '',
    /^not shrunk: it does not start again: .*exit status 3/,
  );
  const declines = firsttouch(
    ...['verify', '--profile', 'v3.1', '--runs', '2', '--impl'],
    script('declines.mjs', `process.stdin.on('data', () => console.log('{"skip":"no v3.1 here"}'));`),
  );
  assert.is(declines.status, 4);
  assert.match(declines.out, 'no v3.1 here');
});

test('a counterexample that is damaged, newer or out of its scope is refused with place and reason, exit 2', () => {
  const head = {
    ...{ format: 1, mistake: 'x', breaks: 'EqualsSpec', subject: 'controller', profile: 'letter' },
    ...{ expect: 'holds', why: 'w', missed: 'm', found: 'f' },
    scope: { containers: 1, tasks: 1, pages: 1, limit: 0 },
    trace: [{ move: ['mkdir', 'c0'], outcome: 'ok' }],
  };
  const refused = (change: object, expected: RegExp | string) => {
    const file = join(folder, 'refused.json');
    writeFileSync(file, JSON.stringify({ ...head, ...change }));
    const { err, status } = firsttouch('replay', file);
    assert.is(status, 2, err);
    assert.match(err, expected);
    assert.is(err.trim().split('\n').length, 1, err);
  };
  refused({ surprise: 1 }, 'surprise');
  refused({ format: 2 }, 'newer than this program');
  refused({ trace: [{ move: ['touch', 't0', 'p5'], outcome: 'ok' }] }, 'p5 is outside its scope');
  refused({ trace: [{ move: ['touche', 't0', 'p0'], outcome: 'ok' }] }, 'there are: mkdir');
  refused({ why: '' }, 'why');
  refused({ subject: 'controler' }, 'subject: controler: the nearest legal one is controller');
  refused({ subject: 'mutant:ZZ' }, 'subject: there is no mutant ZZ');
  refused({ breaks: 'WithinLimt' }, 'breaks: WithinLimt is no claim; the nearest legal one is WithinLimit');
  writeFileSync(join(folder, 'broken.json'), '{"format": 1,');
  assert.match(firsttouch('replay', join(folder, 'broken.json')).err, 'not JSON');
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
