// A trace to take away: as a counterexample file, as ITF, as a shell transcript, as a test.

import { ROOT, type State } from '../model/index.ts';
import { type Counterexample, counterexampleText, FORMAT } from '../properties/trace/counterexample.ts';
import type { Turn } from '../properties/trace/link.ts';
import { moveText } from '../properties/trace/move.ts';
import { parseScript, runScript } from '../shell/script.ts';
import { Shell } from '../shell/shell.ts';
import { SpecificationMachine } from '../shell/specification.ts';
import { choosesByHand } from './compare.ts';
import { timelineAsItf } from './itf.ts';
import { plainTrace } from './plain.ts';
import { Timeline } from './timeline.ts';

export interface Export {
  readonly label: string;
  readonly file: string;
  readonly type: string;
  readonly text: (timeline: Timeline) => string | Promise<string>;
}

/** A counterexample file; `replay` takes it. A trace that breaks nothing says so in its `expect`. */
export function traceAsJson(timeline: Timeline): string {
  const plain = Timeline.of(plainTrace(timeline.linked()));
  const at = Array.from({ length: plain.length }, (_, i) => i + 1);
  const finding = at.flatMap((i) => plain.judged(i).findings)[0];
  const example: Counterexample = {
    format: FORMAT,
    mistake: 'played-by-hand',
    breaks: finding?.claim ?? 'EqualsSpec',
    subject: choosesByHand(plain) ? 'contract' : 'lru',
    profile: plain.world.profile,
    expect: finding ? 'violation' : 'holds',
    why: finding?.witness ?? 'played by hand in the explorer; it breaks no claim',
    missed: 'nobody had played it',
    found: 'the explorer',
    scope: plain.linked().scope,
    moves: plain.turns().map(({ move }) => move),
    answers: at.map((i) => plain.moment(i)),
  };
  return counterexampleText(example);
}

/** A test for this project's runner: plays the moves and compares every answer. */
export function traceAsTest(timeline: Timeline): string {
  const plain = Timeline.of(plainTrace(timeline.linked()));
  const rows = plain.turns().map(({ move, decisions }, i) => {
    const { outcome, killed, reclaimed } = plain.moment(i + 1);
    return `  [${[literal(move), literal(decisions), literal(outcome), literal(killed), literal(reclaimed)].join(', ')}],`;
  });
  return `// A trace that was played in the explorer, under profile ${plain.world.profile}: every answer must stay what it was.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initial, type Move, profiles, step } from '../model/index.ts';
import { type Decisions, following } from '../properties/trace/decide.ts';

type Row = [move: Move, decisions: Decisions, outcome: string, killed: number[], reclaimed: number[]];

const trace: Row[] = [
${rows.join('\n')}
];

test('a trace of ${plain.length} moves answers as it did', () => {
  let state = initial(profiles[${literal(plain.world.profile)}]);
  for (const [move, decisions, outcome, killed, reclaimed] of trace) {
    const next = step(state, move, following(decisions, 'policy'));
    assert.equal([next.outcome, next.killed, next.reclaimed], [outcome, killed, reclaimed], move.join(' '));
    state = next.state;
  }
  assert.is(trace.length, ${plain.length});
});

test.run();
`;
}

/** As source: strings in single quotes, big numbers with their n. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

/**
 * A shell transcript. What the shell has no word for (evict) stands in it as a comment. It is run before it is handed out; where a shell does
 * not do what the trace did (a choice by hand, a tie of the OOM killer between tasks numbered otherwise) a comment at the top says so.
 */
export async function traceAsTranscript(timeline: Timeline): Promise<string> {
  const { profile } = timeline.world;
  const said = new Transcriber(timeline).lines();
  const head = [`// profile: ${profile}`, '// played in the explorer'];
  const lost = said.filter((line) => line.startsWith('// not in the language')).length;
  if (lost > 0)
    head.push(
      `// ${lost} moves of the trace have no command: from the first of them on the machine may differ`,
    );
  const [first] = await runScript(new Shell(new SpecificationMachine(profile)), parseScript(said.join('\n')));
  if (first) head.push(`// run by a shell, it first differs from the trace at: ${first.entry.command}`);
  return `${[...head, ...said].join('\n')}\n`;
}

class Transcriber {
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  lines(): string[] {
    const lines: string[] = [];
    for (let at = 1; at <= this.#timeline.length; at++) {
      const commands = this.#commands(at);
      if (!commands) lines.push(`// not in the language of the shell: ${moveText(this.#turn(at).move)}`);
      else
        lines.push(...commands.flatMap((command, i) => this.#said(command, at, i === commands.length - 1)));
    }
    return lines;
  }

  #turn(at: number): Turn {
    return this.#timeline.moment(at).turn as Turn;
  }

  #said(command: string, at: number, isLast: boolean): string[] {
    const { outcome, killed } = this.#timeline.moment(at);
    const { book } = this.#timeline.moment(at - 1);
    const lines = [`$ ${command}`];
    if (!isLast) return lines;
    // With the shell its voice is gone: who dies after it in the same command is not told.
    const shell = killed.findIndex((t) => book.task(t) === 'sh');
    const heard = shell < 0 ? killed : killed.slice(0, shell + 1);
    lines.push(...heard.map((t) => `Killed ${book.task(t)}`));
    const verb = command.replace(/^\w+: /, '').split(' ')[0];
    if (outcome !== 'ok' && outcome !== 'KILLED') lines.push(`sh: ${verb}: ${outcome}`);
    return lines;
  }

  #commands(at: number): string[] | null {
    const before = this.#timeline.moment(at - 1).book;
    const after = this.#timeline.moment(at).book;
    const state = this.#timeline.stateAt(at - 1);
    const [name, a, b, c] = this.#turn(at).move;
    const id = Number(a);
    const as = (words: string) => (before.task(id) === 'sh' ? words : `${before.task(id)}: ${words}`);
    const path = (cid: number, book = before) => pathOf(state, cid, (each) => book.directory(each));
    const { outcome } = this.#timeline.moment(at);
    if ((name === 'spawn' || name === 'move') && outcome !== 'ok') return null;
    switch (name) {
      case 'mkdir':
        return [`mkdir ${b === undefined ? ROOT_PATH : path(Number(b))}/${after.directory(id)}`];
      case 'rmdir':
        return [`rmdir ${path(id)}`];
      case 'spawn':
        return [`fork ${after.task(id)}`, `echo $${after.task(id)} > ${path(Number(b))}/tasks`];
      case 'fork':
        return [as(`fork ${after.task(Number(b))}`)];
      case 'exit':
        return [as('exit')];
      case 'move':
        return [`echo ${before.task(id) === 'sh' ? '$$' : `$${before.task(id)}`} > ${path(Number(b))}/tasks`];
      case 'copy':
        return [as(`copy ${b} ${c}`)];
      case 'setLimit':
        return [`echo -n ${b} > ${path(id)}/rss_limit`];
      case 'evict':
        return null;
      default:
        return [as(`${name === 'pin' ? 'mlock' : name === 'unpin' ? 'munlock' : name} ${b}`)];
    }
  }
}

const ROOT_PATH = '/containers/rss';

function pathOf(state: State, id: number, nameOf: (c: number) => string): string {
  if (id === ROOT) return ROOT_PATH;
  const parent = state.containers.get(id)?.parent ?? ROOT;
  return `${pathOf(state, parent, nameOf)}/${nameOf(id)}`;
}

export const exports: readonly Export[] = [
  { label: 'JSON', file: 'trace.json', type: 'application/json', text: traceAsJson },
  { label: 'ITF', file: 'trace.itf.json', type: 'application/json', text: timelineAsItf },
  { label: 'shell transcript', file: 'trace.txt', type: 'text/plain', text: traceAsTranscript },
  { label: 'test', file: 'trace.test.ts', type: 'text/plain', text: traceAsTest },
];
