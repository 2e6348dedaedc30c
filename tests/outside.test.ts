// Searches of what answers from outside this process: tours through the specification's situations, and all traces that are shorter.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Crew,
  fromList,
  Judge,
  type OpenSubject,
  OutsideLockstep,
  shrinkOutside,
  Tour,
} from '../lockstep/index.ts';
import { type Move, movesOf, profiles, type Scope } from '../model/index.ts';
import { domainOf, type Rss } from '../properties/domain/index.ts';
import { played } from '../properties/shrinking/earlier.ts';
import { shrinkOn } from '../properties/shrinking/implementation.ts';
import { openOutside } from '../properties/subjects/implementation.ts';
import { Specification } from '../properties/subjects/subject.ts';
import { moveText } from '../properties/trace/move.ts';
import type { View } from '../properties/view/view.ts';

const profile = profiles.letter;
const domain = domainOf(profile);
const TINY: Scope = { containers: 1, tasks: 1, pages: 1, limit: 1 };

/** The specification from outside. It shows one refusal too many in c0 when it is wrong: told the history, and what the last move answered. */
const wrongWhen =
  (isWrong: (history: readonly string[], outcome: string) => boolean) =>
  async (): Promise<OpenSubject<Rss>> => {
    const subject = new Specification(profile);
    let history: string[] = [];
    return {
      observed: subject.observed,
      async reset() {
        subject.reset();
        history = [];
      },
      async apply(move: Move, view: View) {
        const answer = subject.apply(move);
        history.push(moveText(move));
        subject.look(view);
        if (isWrong(history, answer.outcome)) view.failcnt[0]++;
        return answer;
      },
      async close() {},
    };
  };

const wrongAfter = (...histories: string[]) => wrongWhen((history) => histories.includes(history.join('; ')));

async function shrunk(open: () => Promise<OpenSubject<Rss>>, moves: readonly Move[], situations?: number) {
  const subject = await open();
  const lockstep = new OutsideLockstep(subject, new Judge(domain, subject.observed));
  const violation = await lockstep.run(TINY, fromList(moves), false);
  assert.ok(violation, 'it fails');
  return shrinkOutside(domain, open, violation, TINY, situations === undefined ? {} : { situations });
}

const LONG: readonly Move[] = [
  ['mkdir', 0],
  ['spawn', 0, 0],
  ['pin', 0, 0],
  ['exit', 0],
];
/** Of the same situations as far as the specification goes: a refusal is nothing to it. */
const SHORT = 'mkdir c0; mkdir c0; rmdir c0';
const long = LONG.map(moveText).join('; ');

test('a trace that no leaving out makes shorter: all shorter ones are tried, also those that only differ in refusals', async () => {
  const { violation, proof } = await shrunk(wrongAfter(long, SHORT), LONG);
  assert.is(violation.moves.map(moveText).join('; '), SHORT);
  assert.ok(proof.complete);
  assert.match(
    proof.text,
    /^nothing shorter fails: \d+ traces, \d+ moves tried in scope 1\/1\/1\/0, up to names$/,
  );
});

test('a program is shrunk by leaving out alone, too: a limit goes down with the pages that fill it, two tasks are one that moves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-outside-'));
  const right = readFileSync(new URL('../examples/external/rss.py', import.meta.url), 'utf8');
  const fast = async (from: string, to: string, moves: readonly Move[]) => {
    assert.ok(right.includes(from));
    writeFileSync(join(folder, 'rss.py'), right.replace(from, to));
    const command = `python3 ${join(folder, 'rss.py')}`;
    const failing = await played(command, 'letter', [moves], {});
    assert.ok(failing);
    assert.is(failing.violation.moves.length, moves.length);
    const { violation } = await shrinkOn(command, 'letter', failing.violation, { situations: 0 });
    return violation.moves.map(moveText).join('; ');
  };
  try {
    const touches = Array.from({ length: 12 }, (_, p): Move => ['touch', 0, p]);
    const scan = 'len(each.active) - len(each.inactive))';
    assert.is(
      await fast(scan, scan.replace(/\)$/, ' - 1)'), [
        ['mkdir', 0],
        ['spawn', 0, 0],
        ...touches,
        ['setLimit', 0, 12],
        ['touch', 0, 12],
      ]),
      'mkdir c0; spawn t0 c0; touch t0 p0; touch t0 p1; setLimit c0 2; touch t0 p2',
    );
    assert.is(
      await fast(
        'raise Refused("EINVAL")\n        self.fault(t, q)',
        'raise Refused("EINVAL")\n        self.home[t] = self.owner[p]\n        self.fault(t, q)',
        [
          ['mkdir', 0],
          ['spawn', 0, 0],
          ['mkdir', 1],
          ['fork', 0, 1],
          ['move', 1, 1],
          ['touch', 1, 0],
          ['touch', 0, 0],
          ['copy', 0, 0, 1],
        ],
      ),
      'mkdir c0; mkdir c1; spawn t0 c1; touch t0 p0; move t0 c0; copy t0 p0 p1',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nothing shorter fails: every trace of three moves of the scope was played to its end', async () => {
  const { violation, proof } = await shrunk(wrongAfter(long), LONG);
  assert.equal(violation.moves, LONG);
  const { size } = proof;
  const count = domain.shrinking?.moves(size).length ?? 0;
  assert.is(proof.text.split(',')[0], `nothing shorter fails: ${count + count ** 2 + count ** 3} traces`);
  assert.is(proof.tried, count + 2 * count ** 2 + 3 * count ** 3);
});

test('a budget that ends too soon: none up to so many moves, counted in moves and not in seconds', async () => {
  const { proof } = await shrunk(wrongAfter(long, SHORT), LONG, 600);
  assert.not(proof.complete);
  assert.match(
    proof.text,
    /^none up to 2 moves: \d+ traces, \d+ moves tried in scope 1\/1\/1\/\d, up to names/,
  );
});

test('a tour tries every move of every situation, the refused ones too, in less than two moves each', async () => {
  const scope: Scope = { containers: 1, tasks: 2, pages: 1, limit: 1 };
  const crew = await Crew.open(wrongAfter(), domain, scope, 2);
  const moves = movesOf(scope);
  const key = (state: unknown) => JSON.stringify(state, stateAsJson);
  const { found, places, done, tried, isCut } = await new Tour(domain, crew, {
    size: scope,
    moves,
    key,
  }).run();
  assert.is(found, null);
  assert.not(isCut);
  assert.is(done, places);
  assert.is(tried, places * moves.length);
  assert.ok(crew.sent < 2 * tried, `${crew.sent} moves for ${tried}`);
});

/** Without the counters, which have no end. */
const stateAsJson = (name: string, value: unknown): unknown => {
  if (name === 'failcnt' || name === 'reclaimed') return 0;
  return value instanceof Map ? [...value].sort() : typeof value === 'bigint' ? String(value) : value;
};

async function toured(open: () => Promise<OpenSubject<Rss>>) {
  const crew = await Crew.open(open, domain, TINY, 2);
  const { found, isShortest } = await new Tour(domain, crew, {
    size: TINY,
    moves: movesOf(TINY),
    longest: 6,
  }).run();
  return { moves: found?.moves.map(moveText).join('; '), witness: found?.witness, isShortest };
}

test('a tour tells the shortest trace, of equally short ones the first in order', async () => {
  const ends = ['touch t0 p0', 'unmap t0 p0', 'exit t0'];
  const isWrong = (history: readonly string[], outcome: string) =>
    outcome === 'ok' && ends.includes(history.at(-1) ?? '');
  const { moves, witness, isShortest } = await toured(wrongWhen(isWrong));
  const first = movesOf(TINY)
    .map(moveText)
    .find((move) => ends.includes(move));
  assert.is(moves, `mkdir c0; spawn t0 c0; ${first}`);
  assert.is(witness, 'failcnt of c0 is 1, the specification says 0');
  assert.ok(isShortest);
});

test('what fails only by the way that was gone is told by that way, and not called the shortest', async () => {
  const refusals = (history: readonly string[], outcome: string) =>
    outcome === 'ENOENT' && history.length > 3;
  const { moves, isShortest } = await toured(wrongWhen(refusals));
  assert.match(moves ?? '', /^\w+ .*; /);
  assert.not(isShortest);
});

test('a program that takes what comes at once for one line is asked line by line, and judged like any other', async () => {
  // It answers a chunk, not a line. One page, one task, one container: nothing that it shows ever changes.
  const program = `process.stdin.on('data', (text) => console.log(
    String(text).includes('firsttouch') ? '{"ok":true}' : String(text).includes('reset') ? '{"ok":true}'
      : '{"outcome":"' + (/"rmdir"/.test(text) ? 'ENOENT' : 'ok') + '","view":{"containers":{}}}'));`;
  const impl = `${process.execPath} -e '${program.replaceAll("'", `'\\''`)}'`;
  const open = () => openOutside(impl, 'letter', TINY, { patience: 1500, whole: true });
  const crew = await Crew.open(open, domain, TINY, 1);
  const heard: string[] = [];
  const moves: Move[] = [
    ['rmdir', 0],
    ['mkdir', 0],
    ['rmdir', 0],
  ];
  await crew.walkers[0].play(
    [moves.map((move) => ({ move, look: true })), [{ move: ['rmdir', 0], look: true }]],
    (run, step, answer) => {
      heard.push(`${run}.${step} ${answer instanceof Error ? answer.message : answer.outcome}`);
      return true;
    },
  );
  await crew.close();
  assert.equal(heard, ['0.0 ENOENT', '0.1 ok', '0.2 ENOENT', '1.0 ENOENT']);
});

test('an opener that breaks is a defect: it is not tried again, and no search is given up for it', async () => {
  for (const breaksAt of [2, 3, 4]) {
    let opened = 0;
    const open = wrongAfter(long);
    const breaks = async () => {
      if (++opened === breaksAt) throw new TypeError('the opener breaks');
      return open();
    };
    const message = await shrunk(breaks, LONG, 600).then(String, (error: Error) => error.message);
    assert.is(message, 'the opener breaks', `at its start ${breaksAt}`);
  }
});

test.run();
