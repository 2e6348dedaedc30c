// A touch as compiled code: made of the sources that are here, word for word the same as TypeScript, and out of use once a source is edited.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compiled } from '../impl/compile/controller.ts';
import { constantsOf, method } from '../impl/compile/slice.ts';
import { Controller, type Options } from '../impl/controller/index.ts';
import { type ProfileName, profiles } from '../model/index.ts';
import type { Observation } from '../properties/claim.ts';
import { ControllerSubject } from '../properties/controller.ts';
import { runBatch, runsOf } from '../properties/hunt/batch.ts';

const folder = new URL('../impl/controller/', import.meta.url);
const names = Object.keys(profiles) as ProfileName[];
const plan = { impl: 'controller', seed: 20070604, exotic: true };

class Compiled extends Controller {
  constructor(profile: string, options: Options = {}) {
    super(profile, { ...options, compiled: true });
  }
}

class Interpreted extends Controller {
  constructor(profile: string, options: Options = {}) {
    super(profile, { ...options, compiled: false });
  }
}

test('impl/controller/touch.wasm is what `npm run compile` writes', () => {
  assert.is(Buffer.compare(readFileSync(new URL('touch.wasm', folder)), compiled()), 0);
});

test('compiled, it agrees with the specification in every profile, all claims hold, and each word is the one that TypeScript writes', () => {
  const touched = { all: 0, killing: 0, reclaiming: 0 };
  for (const profile of names) {
    const subject = new ControllerSubject(profile, undefined, Compiled);
    const twin = new ControllerSubject(profile, undefined, Interpreted);
    let playing = 0;
    const watch = ({ move, outcome, killed, reclaimed }: Observation, run: number) => {
      if (run !== playing) twin.reset();
      playing = run;
      const where = `${profile}, run ${run}: ${move.join(' ')}`;
      assert.equal(twin.apply(move), { outcome, killed, reclaimed }, where);
      assertSameWords(subject.controller, twin.controller, where);
      if (move[0] !== 'touch') return;
      touched.all++;
      if (killed.length > 0) touched.killing++;
      if (reclaimed.length > 0) touched.reclaiming++;
    };
    const { found } = runBatch(plan, profile, 0, runsOf(plan, profile, 0, 150), subject, { watch });
    assert.is(found, null);
    assert.ok(subject.controller.isCompiled && !twin.controller.isCompiled);
  }
  const { all, killing, reclaiming } = touched;
  assert.ok(all > 10_000 && killing > 200 && reclaiming > 1000, JSON.stringify(touched));
});

function assertSameWords(a: Controller, b: Controller, where: string): void {
  assert.is(Buffer.compare(bytesOf(a.machine.words), bytesOf(b.machine.words)), 0, where);
  assert.equal(a.machine.limits, b.machine.limits, where);
  // There may be room for a different number of tasks: a blank record is no difference.
  const tasks = Math.min(a.machine.tasks.length, b.machine.tasks.length);
  const part = (k: Controller) => bytesOf(k.machine.tasks.subarray(0, tasks));
  assert.is(Buffer.compare(part(a), part(b)), 0, where);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);

test('small tables are TypeScript; they become compiled when they have grown, and everything is still there', () => {
  const k = new Controller('letter');
  k.mkdir(0);
  k.spawn(0, 0);
  k.setLimit(0, 1500);
  for (let p = 0; p < 500; p++) k.touch(0, p);
  assert.is(k.isCompiled, false);
  for (let p = 500; p < 5000; p++) k.touch(0, p);
  assert.is(k.isCompiled, true);
  assert.equal([k.usage(0), k.failcnt(0), k.reclaims(0)], [1500, 3500, 3500]);
  assert.equal([...k.reclaimed], [3499]);
  k.spawn(3000, 0);
  assert.equal([k.usage(0), k.members(0)], [1500, [0, 3000]]);
  assert.is(k.verify(), null);
});

test('ids that no table has room for are answered as TypeScript answers', () => {
  const [a, b] = [true, false].map((compiled) => new Controller('letter', { pages: 2000, compiled }));
  for (const k of [a, b]) {
    k.mkdir(0);
    k.spawn(0, 0);
  }
  for (const t of [2 ** 32, 2 ** 31, -1, -(2 ** 32), -0.5, Number.NaN]) {
    assert.is(a.touch(t, 0), b.touch(t, 0), String(t));
  }
  for (const k of [a, b]) assert.throws(() => k.touch(0, -1), /no page has the id -1/);
  assert.is(a.touch(0, 2000), b.touch(0, 2000));
  assert.equal([a.ownerOf(2000), a.isCompiled, b.isCompiled], [0, true, false]);
  for (const k of [a, b]) assert.throws(() => k.touch(0, 2 ** 40), /no room/);
});

test('a word changed in a source, and the whole controller runs as TypeScript', async () => {
  const copies = mkdtempSync(join(tmpdir(), 'firsttouch-compiled-'));
  try {
    const isCompiled = async (name: string, change: (source: string) => string) => {
      const copy = join(copies, name);
      cpSync(fileURLToPath(folder), copy, { recursive: true });
      const file = join(copy, 'reclaim.ts');
      writeFileSync(file, change(readFileSync(file, 'utf8')));
      const module = (await import(pathToFileURL(join(copy, 'index.ts')).href)) as {
        Controller: typeof Controller;
      };
      return new module.Controller('letter', { pages: 5000 }).isCompiled;
    };
    writeFileSync(join(copies, 'package.json'), '{"type":"module"}');
    assert.is(await isCompiled('same', (source) => source), true);
    assert.is(
      await isCompiled('edited', (source) => source.replace('freed < batch', 'freed <= batch')),
      false,
    );
  } finally {
    rmSync(copies, { recursive: true });
  }
});

test('where there is no WebAssembly it runs as TypeScript', () => {
  const index = new URL('index.ts', folder).href;
  const program = `const { Controller } = await import('${index}');
    const k = new Controller('letter', { pages: 2000, compiled: true });
    console.log(k.isCompiled, k.mkdir(0), k.spawn(0, 0), k.touch(0, 1999), k.usage(0));`;
  const flags = ['--jitless', '--no-warnings', '--import', 'tsx', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  assert.is(stdout.trim(), 'false 0 0 0 1', stderr);
});

test('what cannot be cut out is an error: a method that is not there, a constant that no table has', () => {
  assert.throws(() => method('class A {\n  a(): void {\n  }\n}', 'b'), /b is there 0 times/);
  assert.throws(() => constantsOf('const { NEWER } = LINK;', { LINK: {} }), /LINK has no NEWER/);
  assert.equal(constantsOf('const { A: B } = LINK;\nconst NONE = -1;', { LINK: { A: 3 }, SHIFT: {} }), {
    B: 3,
    NONE: -1,
  });
});

test.run();
