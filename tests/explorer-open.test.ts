// What the explorer opens: every saved counterexample, every recorded kernel run, what check and verify print, graphs of other models.

import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recordingDiffers } from '../explorer/compare.ts';
import { openText } from '../explorer/open.ts';
import type { Opened } from '../explorer/opened.ts';
import { Session } from '../explorer/session.ts';
import { Timeline } from '../explorer/timeline.ts';
import type { Scope } from '../model/index.ts';
import { ask } from '../properties/scopes/ask.ts';
import { askProtocol } from '../properties/scopes/protocol.ts';

const read = (file: string) => readFileSync(new URL(`../counterexamples/${file}`, import.meta.url), 'utf8');
const filesOf = (folder: string) =>
  readdirSync(new URL(`../counterexamples/${folder}`, import.meta.url)).filter((name) =>
    name.endsWith('.json'),
  );

const traceOf = (opened: Opened) => {
  if (opened.kind !== 'trace' || !opened.recorded) throw new Error(`opened as ${opened.kind}`);
  return { timeline: Timeline.of(opened.linked), recorded: opened.recorded };
};
const scope = (containers: number, tasks: number, pages: number, limit: number): Scope => ({
  containers,
  tasks,
  pages,
  limit,
});

test('every saved counterexample opens; of a mutant the first difference is found where it is saved', () => {
  for (const file of filesOf('')) {
    const { timeline, recorded } = traceOf(openText(read(file), file));
    assert.ok(timeline.length > 0, file);
    const differs = recordingDiffers(timeline, recorded);
    if (!recorded.subject.startsWith('mutant:')) assert.is(differs, null, file);
  }
  const { timeline, recorded } = traceOf(openText(read('underflow-wraps.json'), 'x'));
  assert.equal(recordingDiffers(timeline, recorded), {
    at: 5,
    what: 'mutant:B25 answered ok, the model KILLED',
  });
});

test('every recorded kernel run opens, with the choices of the kernel, and the model shows what the kernel showed', () => {
  const files = filesOf('recorded');
  assert.ok(files.length > 0);
  let reclaimed = 0;
  for (const file of files) {
    const { timeline, recorded } = traceOf(openText(read(`recorded/${file}`), file));
    assert.is(timeline.world.profile, file.startsWith('guest-v2') ? 'linux-v2' : 'linux-v1');
    assert.is(timeline.length, recorded.answers.length);
    assert.is(recordingDiffers(timeline, recorded), null, file);
    reclaimed += recorded.answers.reduce((n, one) => n + (one.reclaimed?.length ?? 0), 0);
  }
  assert.ok(reclaimed > 100, `${reclaimed} pages reclaimed`);
});

test('a kernel run that is not what the contract allows, or shows something else, is told at the move', () => {
  const texts = filesOf('recorded').map((name) => read(`recorded/${name}`));
  const text = texts.find((file) => file.includes('"EBUSY"')) ?? '';
  const at = (damaged: string) => {
    const { timeline, recorded } = traceOf(openText(damaged, 'x'));
    return recordingDiffers(timeline, recorded);
  };
  const usage = at(
    text.replace(
      /(\["touch","t\d","p\d"\],"ok",\[\],\[\[\d,)(\d)/,
      (_all, head, n) => head + (Number(n) + 1),
    ),
  );
  assert.match(usage?.what ?? '', /shows usage \d in c\d, the model \d/);
  const outcome = at(text.replace('"EBUSY"', '"ok"'));
  assert.match(outcome?.what ?? '', /answered ok, the model EBUSY/);
  assert.throws(
    () => openText(text.replace('"release"', '"relief"'), 'run.json'),
    /^run\.json: .*(relief|release)/,
  );
  assert.throws(() => openText(text.slice(0, 900), 'run.json'), /^run\.json is damaged JSON/);
});

test('what check --json prints opens: a known violation with its choices, a counterexample of an implementation', async () => {
  const known = await ask({ kind: 'contract', profile: 'v3.1', scope: scope(1, 1, 2, 1), workers: 1 });
  const trace = (name: string) => known.result.claims.filter((claim) => claim.name === name);
  const oom = { ...known.result, claims: trace('OomOnlyWhenNothingReclaimable') };
  const opened = traceOf(openText(JSON.stringify(oom), 'check.json'));
  assert.equal(opened.timeline.turns().at(-1)?.decisions, [[], [0]], 'gave up, then killed t0');
  assert.is(opened.timeline.now.outcome, 'KILLED');
  assert.is(recordingDiffers(opened.timeline, opened.recorded), null);

  const holds = { ...known.result, claims: [], counterexample: null };
  assert.throws(
    () => openText(JSON.stringify(holds), 'check.json'),
    /nothing is violated: there is no trace/,
  );
  const step = { move: ['touch', 't0', 'p1'], choices: ['kill t0'], outcome: 'KILLED', state: '' };
  const steps = [
    ['mkdir', 'c0'],
    ['spawn', 't0', 'c0'],
    ['setLimit', 'c0', 1],
    ['touch', 't0', 'p0'],
  ].map((each) => ({
    move: each,
    choices: [],
    outcome: 'ok',
    state: '',
  }));
  const found = { claim: 'EqualsSpec', witness: 'made for a test', trace: [...steps, step] };
  const bad = { ...known.result, profile: 'letter', model: 'lru', impl: 'mutant:A7', counterexample: found };
  const beside = traceOf(openText(JSON.stringify(bad), 'check.json'));
  assert.equal(recordingDiffers(beside.timeline, beside.recorded), {
    at: 5,
    what: 'mutant:A7 answered KILLED, the model ok',
  });
});

test('what verify --json prints opens at its counterexample', () => {
  const found = {
    claim: 'WithinLimit',
    witness: 'made for a test',
    profile: 'linux-v2',
    scope: '1/1/2/2',
    moves: [
      ['mkdir', 'c0'],
      ['spawn', 't0', 'c0'],
      ['touch', 't0', 'p1'],
    ],
    file: null,
    proof: '',
  };
  const report = { verdict: 'violated', seed: 3, profiles: [], counterexample: found };
  const { timeline, recorded } = traceOf(openText(JSON.stringify(report), 'verify.json'));
  assert.equal([timeline.length, timeline.world.profile], [3, 'linux-v2']);
  assert.match(recorded.about.join(), /WithinLimit: made for a test/);
  const none = { ...report, counterexample: null };
  assert.throws(
    () => openText(JSON.stringify(none), 'verify.json'),
    /verify, seed 3, without a counterexample/,
  );
  assert.throws(() => openText('{"verdict":"holds"}', 'x.json'), /neither what check --json nor what verify/);
});

test('the graph of the protocol, which does not run here, is drawn from its file', async () => {
  const { graph, result } = await askProtocol({
    profile: 'letter',
    scope: scope(1, 1, 1, 1),
    workers: 1,
    claims: [],
    graph: 'itf',
  });
  const opened = openText(graph?.text ?? '', 'protocol.itf.json');
  if (opened.kind !== 'foreign') throw new Error(opened.kind);
  assert.is(opened.graph.nodes.length, result.states);
  assert.match(opened.graph.nodes[0].label, /^c0 0\/1 \[\|\]/);
  assert.ok(opened.graph.edges.some(({ moves }) => moves.includes('.prepare(k0)')));
  const session = new Session();
  session.show(opened);
  assert.is(session.foreign, opened.graph);
  const far = (graph?.text ?? '').replace('"#bigint": "1"', '"#bigint": "9999"');
  assert.throws(() => openText(far, 'p.itf.json'), /leads to state 9999, which is not there/);
});

test.run();
