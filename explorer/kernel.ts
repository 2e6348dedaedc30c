// A recorded run of the Linux kernel: its moves, with its own choices fed to the contract, and beside them what the kernel showed.

import { parseRecording, type Recording } from '../properties/subjects/linux/recording.ts';
import { begin, type Turn, type World } from '../properties/trace/link.ts';
import { type Answer, OpenError, type Opened } from './opened.ts';
import { told } from './told.ts';

function parse(text: string, name: string): Recording {
  try {
    return parseRecording(text, name);
  } catch (error) {
    throw new OpenError((error as Error).message.replaceAll(/\s*\n\s*/g, ' '));
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

/** The kernel's reclaims and kills as choices; at which move it first did what the contract does not allow. */
function turnsOf(world: World, steps: readonly Step[]): { turns: Turn[]; lost: number | null } {
  let state = begin(world);
  let lost: number | null = null;
  const turns = steps.map((step, i): Turn => {
    const played = told(state, step.move, answerOf(step));
    if (!played.isLegal) lost ??= i + 1;
    state = played.state;
    return { move: step.move, decisions: played.decisions };
  });
  return { turns, lost };
}
