// What prove says in words: the verdict with its bounds, each claim, and the two states of one that is refuted.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimProof, Picture, Proof, Values } from '../proof/index.ts';
import type { Style } from './command.ts';

export function headText({ verdict, profile, seconds, solver, conditions }: Proof, style: Style): string {
  const color = { proved: 'green', refuted: 'red', unknown: 'yellow' } as const;
  const bounds = verdict === 'proved' ? ' for any number of tasks, pages and containers' : '';
  return `${style(color[verdict], verdict)}${bounds}, profile ${profile}: ${conditions} conditions, ${seconds.toFixed(1)} s, ${solver}\n`;
}

export function claimText(
  { id, name, verdict, known, conditions, witness, picture }: ClaimProof,
  style: Style,
): string {
  const sign = { proved: '✓', refuted: '✗', unknown: '?', 'not stated': '-' }[verdict];
  const color = verdict === 'proved' ? 'green' : verdict === 'refuted' && !known ? 'red' : 'yellow';
  const asked = conditions > 0 ? `, ${conditions} conditions` : '';
  const lines = [`  ${style(color, `${sign} ${verdict}`)} ${id === '-' ? '' : `${id} `}${name}${asked}`];
  if (witness !== null) lines.push(`    ${witness}`);
  if (picture !== null && !known) lines.push(...pictureLines(picture).map((line) => `    ${line}`));
  return `${lines.join('\n')}\n`;
}

/** Before and after, in our words; of a condition about no step, the one state. */
function pictureLines({ title, before, after, world }: Picture): string[] {
  const lines = ['before', ...stateLines(before, world).map((line) => `  ${line}`)];
  if (after === before) return lines.slice(1);
  const changed = new Set(stateLines(before, world));
  const then = stateLines(after, world).map((line) => `${changed.has(line) ? ' ' : '>'} ${line}`);
  return [...lines, `after ${title}`, ...then];
}

const UNLIMITED = 2 ** 63;
const PHASES = [
  'at rest',
  'an attempt to charge',
  'reclaim',
  'an exit',
  'copy: the source goes',
  'a limit is lowered',
];

/** A state as we draw it: containers with their counters, tasks with what they map (! locked), pages with their owners, what is under way. */
export function stateLines(s: Values, world: Picture['world']): string[] {
  if (s.usage === undefined) return listLines(s, world);
  const { Container, Task, Page } = world;
  const each = (n: number) => Array.from({ length: n }, (_, i) => i);
  const nested = s.below !== undefined;
  const nameOf = (c: number) => (nested && s.root[0] === c ? 'root' : `c${c}`);
  const containers = each(Container).map((c) => {
    if (!s.exists[c]) return `${nameOf(c)} does not exist`;
    const above = nested ? each(Container).filter((a) => a !== c && s.below[c * Container + a]) : [];
    const inside = above.length > 0 ? `, below ${above.map(nameOf).join(' ')}` : '';
    const limit = s.limit[c] >= UNLIMITED ? 'unlimited' : `limit ${s.limit[c]}`;
    const own = s.usage[c] === s.pages[c] ? '' : ` (owns ${s.pages[c]})`;
    return `${nameOf(c)}: usage ${s.usage[c]}${own}, ${limit}, failcnt ${s.failcnt[c]}${s.lowered[c] ? ', lowered since its last charge' : ''}${inside}`;
  });
  const tasks = each(Task).map((t) => {
    const maps = each(Page)
      .filter((p) => s.maps[t * Page + p] || s.pins[t * Page + p])
      .map((p) => `p${p}${s.pins[t * Page + p] ? '!' : ''}${s.maps[t * Page + p] ? '' : ' (not mapped)'}`);
    return `t${t} ${s.live[t] ? `in ${nameOf(s.home[t])}` : 'does not exist'}: maps ${maps.join(' ') || 'nothing'}`;
  });
  const pages = each(Page).map((p) => {
    if (!s.owned[p]) return `p${p}: nobody owns it`;
    const first = s.charger[p] === s.owner[p] ? '' : `, first touched from ${nameOf(s.charger[p])}`;
    return `p${p}: owned by ${nameOf(s.owner[p])}${first}`;
  });
  return [...containers, ...tasks, ...pages, `under way: ${underWay(s, nameOf)}`];
}

/** A state of the lists: each container's two, from the head to the tail, pinned pages with !, referenced ones with *, passed by ones with ~. */
function listLines(s: Values, { Container, Page }: Picture['world']): string[] {
  const each = (n: number) => Array.from({ length: n }, (_, i) => i);
  const age = (p: number) => each(Page).filter((q) => s.older[p * Page + q]).length;
  const drawn = (list: 'active' | 'inactive', c: number) =>
    each(Page)
      .filter((p) => s[list][p] && s.holder[p] === c)
      .sort((p, q) => age(p) - age(q))
      .map((p) => `p${p}${s.bit[p] ? '*' : ''}${s.pinned[p] ? '!' : ''}${s.seen[p] ? '~' : ''}`)
      .join(' ') || '-';
  const lists = each(Container).map(
    (c) => `c${c}: active ${drawn('active', c)}, inactive ${drawn('inactive', c)}`,
  );
  const phases = [
    'at rest',
    'the next container',
    'active',
    'inactive',
    'forget what was seen',
    'a round is over',
  ];
  const what = phases[s.phase[0]] ?? 'the lists pass to the parent';
  const scan = `scan of c${s.top[0]}, at c${s.current[0]}, ${s.left[0]} left, the batch takes ${s.room[0]} of ${s.batch[0]}`;
  return [...lists, `under way: ${what}; ${scan}${s.changed[0] ? ', changed' : ''}`];
}

function underWay(s: Values, nameOf: (c: number) => string): string {
  const phase = s.phase[0];
  const what = PHASES[phase] ?? `phase ${phase}`;
  const fault = `of ${nameOf(s.charged[0])}, by t${s.faulter[0]} for p${s.wanted[0]}`;
  if (phase === 1) return `${what} ${fault}`;
  if (phase === 2)
    return `${what} from ${nameOf(s.scarce[0])}${s.lowering?.[0] ? '' : `, in a charge ${fault}`}${s.freed[0] ? ', it freed a page' : ''}`;
  if (phase === 3) return `${what} of t${s.victim[0]}${s.killing[0] ? ', killed' : ''}`;
  return phase === 4 ? `${what}, p${s.source[0]} of t${s.faulter[0]}` : what;
}

/** The two states as a graph in ITF, which `explorer FILE` opens. Returns the path. */
export function asItf(folder: string, claim: string, { title, before, after, world }: Picture): string {
  const big = (n: number) => ({ '#bigint': String(n) });
  const states = (after === before ? [before] : [before, after]).map((values, i) => ({
    '#meta': { index: i },
    state: stateLines(values, world).join('\n'),
    depth: big(i),
    node: big(i),
    steps: i === 0 && after !== before ? [{ move: title, to: big(1) }] : [],
  }));
  const about = { format: 'ITF', description: `${claim} is refuted: ${title}` };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${claim}.itf.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ '#meta': about, vars: ['state', 'depth', 'node', 'steps'], states }, null, 1)}\n`,
  );
  return file;
}
