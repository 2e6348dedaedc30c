// The controlled scheduler: the same code, every schedule with few preemptions, every planted race found, every schedule repeatable.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Controller, type Operation } from '../impl/concurrent/index.ts';
import { columns } from '../properties/races/schedule/columns.ts';
import { explore } from '../properties/races/schedule/explore.ts';
import { concurrentMutants } from '../properties/races/schedule/mutants.ts';
import { loadProgram, runThrough } from '../properties/races/schedule/program.ts';
import { races } from '../properties/races/schedule/scenarios.ts';
import { intoSteps, stepsOf } from '../properties/races/schedule/steps.ts';
import { sourcesOf } from '../properties/races/schedule/variant.ts';
import { dice, drawMove } from '../properties/races/stress/moves.ts';

const program = await loadProgram();

test('steps: declarations become generators, calls yield, all else stays', () => {
  const source =
    "function a(x: number) {\n  // a(1) in a comment\n  return x === 0 ? 'a(2)' : h.a(3) + a(b(x) - a(0));\n}";
  assert.equal(stepsOf(source), ['a']);
  assert.is(
    intoSteps(source, new Set(['a'])),
    "function* a(x: number) {\n  // a(1) in a comment\n  return x === 0 ? 'a(2)' : h.a(3) + (yield* a(b(x) - (yield* a(0))));\n}",
  );
});

test('without the marks of a step, the stepping form is the shipped text', () => {
  const shipped = sourcesOf({ form: 'plain' });
  const stepping = sourcesOf({ form: 'steps' });
  for (const file of [
    'page.ts',
    'charge.ts',
    'lock.ts',
    'mapping.ts',
    'reclaim.ts',
    'oom.ts',
    'task.ts',
    'container.ts',
  ]) {
    const text = stepping.get(file) as string;
    assert.ok(text.includes('(yield* '), file);
    const unmarked = text.replaceAll('function*', 'function').replaceAll('yield* ', '');
    const bare = (source: string | undefined) => source?.replaceAll(/[()]/g, '');
    assert.is(bare(unmarked), bare(shipped.get(file)), file);
  }
});

test('run through, the stepping form leaves the same words as the shipped one', () => {
  const size = { containers: 3, tasks: 4, pages: 6 };
  const shipped = Controller.create({ ...size, workers: 1 });
  const words = new Int32Array(program.layout.wordsFor({ ...size, workers: 1 }));
  program.layout.format(words, { ...size, workers: 1 });
  const h = program.layout.handleOn(words, 0);
  const random = dice(7);
  for (let n = 0; n < 3000; n++) {
    const move = drawMove(random, size);
    assert.is(runThrough(program.perform(h, move)), shipped.perform(move as Operation), move.join(' '));
    assert.equal(h.reclaimed, shipped.handle.reclaimed);
    assert.ok(Buffer.compare(Buffer.from(words.buffer), Buffer.from(shipped.buffer)) === 0, move.join(' '));
  }
});

test('no race goes wrong in the shipped controller, with at most 2 preemptions (1 with three threads)', () => {
  for (const race of Object.values(races)) {
    // Three threads take longer with two: `stress --schedules` does that.
    const result = explore(program, race, { preemptions: race.threads.length > 2 ? 1 : 2 });
    assert.is(result.finding, null, `${race.name}: ${result.finding?.witness}`);
    assert.is(result.verdict, 'holds', race.name);
    // The threads did get in each other's way.
    assert.ok(result.histories >= 6 && result.executions > 60, `${race.name}: ${JSON.stringify(result)}`);
  }
});

test('every planted race is found, with as many preemptions as it is said to take', async () => {
  for (const mutant of concurrentMutants) {
    const { id, race, min } = mutant;
    const result = explore(await loadProgram(mutant), race, { dataRaces: false });
    assert.is(result.verdict, 'violated', id);
    const operations = race.threads.reduce((sum, moves) => sum + moves.length, 0);
    assert.is(`${operations}/${result.preemptions}`, min, id);
  }
});

test('a plain access that no lock orders is a data race, though nothing else goes wrong', async () => {
  const edit = {
    file: 'impl/concurrent/page.ts',
    from: 'const charged = load(h.m, page + MAPCOUNT)',
    to: 'const charged = peek(h.m, page + MAPCOUNT)',
  };
  const plain = await loadProgram({ id: 'plain-access', edits: [edit] });
  const { finding } = explore(plain, races.firstTouchers);
  assert.is(finding?.claim, 'NoDataRace');
  assert.match(
    finding?.witness ?? '',
    /^p0\.mapcount: (plain read by thread \d, atomic write|atomic write by thread \d, plain read) by thread \d, and nothing orders them$/,
  );
  assert.is(explore(plain, races.firstTouchers, { dataRaces: false }).verdict, 'holds');
});

test('a schedule is repeated exactly, and shown as one column a thread', async () => {
  const b26 = concurrentMutants.find(({ id }) => id === 'B26') as (typeof concurrentMutants)[number];
  const broken = await loadProgram(b26);
  const { finding } = explore(broken, b26.race, { dataRaces: false });
  assert.ok(finding);
  const text = columns(broken, b26.race, finding?.schedule ?? []);
  assert.is(columns(broken, b26.race, finding?.schedule ?? []), text);
  const rows = text.split('\n');
  assert.match(rows[0], /^thread 0 +thread 1$/);
  assert.ok(
    rows.some(
      (row) => /^ {2}add p0\.mapcount 0 > 1$/.test(row) || /^ {20,}add p0\.mapcount 0 > 1$/.test(row),
    ),
    text,
  );
  assert.is(finding?.claim, 'StructureIsSound');
  assert.is(finding?.witness, 'c1 says 1, its lists hold 0');
});

test('a budget that runs out is unknown', () => {
  const result = explore(program, races.threeTouchers, { executions: 100 });
  assert.is(result.verdict, 'unknown');
  assert.is(result.executions, 100);
});

test.run();
