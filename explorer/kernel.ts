// A recorded run of the Linux kernel: its moves, with its own choices fed to the contract, and beside them what the kernel showed.

import * as Schema from '@effect/schema/Schema';
import { IllegalChoice, type Move, step } from '../model/index.ts';
import type { Recording } from '../properties/subjects/linux/record.ts';
import { choosing, type Decision } from '../properties/trace/decide.ts';
import { begin, type Turn, type World } from '../properties/trace/link.ts';
import { moveFromJson } from '../properties/trace/move.ts';
import { type Answer, OpenError, type Opened } from './opened.ts';

export const KERNEL_FORMAT = 'firsttouch kernel run 1';

const { Int, String: Text, Tuple } = Schema;
const Ids = Schema.Array(Int);
const orAsBefore = <S extends Schema.Top>(rows: S) => Schema.Union([Schema.Literal(0), rows]);

/** What is shown of a file of properties/subjects/linux/record.ts, whose own decoder belongs to a driver that no browser has. */
const RunSchema = Schema.Struct({
  release: Text,
  cgroup: Schema.optionalKey(Schema.Literals(['v1', 'v2'])),
  oom: Schema.Literals(['quiet', 'random', 'kernel']),
  size: Schema.Struct({ containers: Int, tasks: Int, pages: Int }),
  steps: Schema.Array(
    Tuple([
      Schema.Array(Schema.Union([Text, Schema.Number])),
      Text,
      Schema.Array(Tuple([Schema.Literals(['reclaimed', 'killed']), Int])),
      orAsBefore(Schema.Array(Tuple([Int, Int, Int, Int, Int, Int, Int, Ids]))),
      orAsBefore(Schema.Array(Tuple([Int, Int, Int, Int]))),
      orAsBefore(Schema.Array(Tuple([Int, Ids, Ids]))),
      Schema.optionalKey(Schema.Unknown), // the books of a guest are not shown
    ]),
  ),
});

function parse(text: string, name: string): Pick<Recording, 'release' | 'cgroup' | 'oom' | 'size' | 'steps'> {
  try {
    const written = Schema.decodeUnknownSync(RunSchema)(JSON.parse(text));
    let seen: Omit<Step['seen'], 'outcome' | 'events'> = { groups: [], pages: [], tasks: [] };
    const steps = written.steps.map(([move, outcome, events, groups, pages, tasks]) => {
      seen = { groups: groups || seen.groups, pages: pages || seen.pages, tasks: tasks || seen.tasks };
      return { move: moveFromJson(move), seen: { outcome, events, ...seen } };
    });
    return { ...written, steps };
  } catch (error) {
    throw new OpenError(`${name}: ${(error as Error).message.replaceAll(/\s*\n\s*/g, ' ')}`);
  }
}

export function openKernelRun(text: string, name: string): Opened {
  const recording = parse(text, name);
  const { release, cgroup = 'v1', oom, size, steps } = recording;
  const limits = steps.map(({ move }) => (move[0] === 'setLimit' ? Number(move[2]) : 0));
  const world: World = {
    profile: `linux-${cgroup}`,
    start: 'root',
    scope: { ...size, limit: Math.max(...limits) },
  };
  const { turns, lost } = turnsOf(world, steps);
  const about = [
    `Linux ${release}, ${steps.length} moves; the OOM victims were the choice of ${oom === 'kernel' ? 'the kernel' : `the driver (${oom})`}`,
    'Its reclaims and kills are the choices of this trace; the order of its lists and its failcnt it does not show.',
    ...(lost === null ? [] : [`At move ${lost} it chose what the contract does not allow.`]),
  ];
  return {
    kind: 'trace',
    linked: { ...world, turns },
    recorded: { subject: `Linux ${release}`, about, answers: steps.map(answerOf) },
  };
}

type Step = Recording['steps'][number];

const idsOf = (events: Step['seen']['events'], kind: 'reclaimed' | 'killed'): number[] =>
  events.filter(([what]) => what === kind).map(([, id]) => id);

function answerOf({ seen: { outcome, events, groups, pages, tasks } }: Step): Answer {
  return {
    outcome,
    killed: idsOf(events, 'killed'),
    reclaimed: idsOf(events, 'reclaimed'),
    inAnyOrder: true,
    usage: new Map(groups.map(([c, usage]) => [c, usage])),
    owner: new Map(pages.map(([p, owner]) => [p, owner])),
    maps: new Map(tasks.map(([t, present]) => [t, present])),
  };
}

/** Each question of the contract is answered by what the kernel did: all it reclaimed that is legal now, then its next victim. */
function turnsOf(world: World, steps: readonly Step[]): { turns: Turn[]; lost: number | null } {
  let state = begin(world);
  let lost: number | null = null;
  const turns = steps.map(({ move, seen: { events } }, i): Turn => {
    const told = taken(move, idsOf(events, 'reclaimed'), idsOf(events, 'killed'));
    if (!told) lost ??= i + 1;
    const played = told ?? taken(move, [], []);
    state = played?.state ?? state;
    return { move, decisions: played?.decisions ?? [] };
  });
  return { turns, lost };

  function taken(move: Move, pages: number[], victims: number[]) {
    const decisions: Decision[] = [];
    const ask = choosing(({ kind, candidates }) => {
      const from = kind === 'victim' ? victims : pages;
      const now = kind === 'victim' ? from.slice(0, 1) : from.filter((p) => candidates.includes(p));
      for (const id of now) from.splice(from.indexOf(id), 1);
      const decision = now.length > 0 ? now : null;
      decisions.push(decision);
      return decision;
    });
    try {
      const { state: after } = step(state, move, ask);
      while (decisions.length > 0 && decisions.at(-1) === null) decisions.pop();
      return { state: after, decisions };
    } catch (error) {
      if (error instanceof IllegalChoice) return null;
      throw error;
    }
  }
}
