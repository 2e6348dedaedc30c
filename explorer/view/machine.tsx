// The machine at one moment: containers as boxes with their two lists, those within another below it, tasks with what they map.

import { memo } from 'preact/compat';
import { useState } from 'preact/hooks';
import { type Container, children, own, ROOT, type State, UNLIMITED, usage } from '../../model/index.ts';
import type { Change, PageMark } from '../change.ts';
import type { Names } from '../names.ts';
import { runs } from '../words.ts';

/** A container's sign: a colour never stands alone. */
const SIGNS = ['■', '▲', '◆', '★', '✚', '⬟'];
export const signOf = (c: number): string => (c === ROOT ? '○' : SIGNS[c % SIGNS.length]);
export const colourOf = (c: number): string => (c === ROOT ? 'own-root' : `own-${c % SIGNS.length}`);

const MARKS: Record<PageMark, [sign: string, words: string]> = {
  new: ['+', 'new'],
  moved: ['↕', 'moved'],
  bit: ['~', 'its bit changed'],
  pin: ['!', 'its lock changed'],
};

interface MachineProps {
  readonly state: State;
  readonly change: Change;
  readonly names: Names;
  /** A small drawing: no headings, no legend. */
  readonly plain?: boolean;
}

export function Machine({ state, change, names, plain = false }: MachineProps) {
  const shown: Shown = {
    state,
    change,
    names,
    pinned: pinnedPages(state),
    referenced: new Set(state.referenced),
  };
  const sorted = (ids: number[]) => ids.sort((a, b) => a - b);
  const tops = sorted([...state.containers].filter(([, { parent }]) => parent === null).map(([id]) => id));
  const branch = (id: number) => {
    const below = sorted(children(state, id));
    return (
      <div key={id} class={below.length > 0 ? 'branch' : undefined}>
        <Box id={id} shown={shown} />
        {below.length > 0 && <div class="boxes below">{below.map(branch)}</div>}
      </div>
    );
  };
  const owner = ownersOf(state);
  const tasks = [...state.tasks].sort(([a], [b]) => a - b);
  return (
    <section class="machine" aria-label={plain ? undefined : 'the machine'}>
      {!plain && <h2>Containers</h2>}
      {tops.length === 0 && <p class="empty">There is no container yet. Make one: mkdir.</p>}
      <div class="boxes">{tops.map(branch)}</div>
      {!plain && <h2>Tasks</h2>}
      {tasks.length === 0 && <p class="empty">There is no task yet. Make one: spawn or fork.</p>}
      <ul class="tasks">
        {tasks.map(([id, task]) => (
          <li key={id} class={change.tasks.has(id) ? 'task changed' : 'task'}>
            <b>{names.task(id)}</b>{' '}
            <span class={`in ${colourOf(task.container)}`}>
              in {signOf(task.container)} {names.container(task.container)}
            </span>
            {change.tasks.has(id) && <span class="mark">changed</span>}
            <MappedPages maps={task.maps} pins={task.pins} owner={owner} />
          </li>
        ))}
      </ul>
      {!plain && <Legend />}
    </section>
  );
}

function pinnedPages(state: State): ReadonlySet<number> {
  const pinned = new Set<number>();
  for (const { pins } of state.tasks.values()) for (const p of pins) pinned.add(p);
  return pinned;
}

function ownersOf(state: State): ReadonlyMap<number, number> {
  const owner = new Map<number, number>();
  for (const [id, { active, inactive }] of state.containers) {
    for (const p of active) owner.set(p, id);
    for (const p of inactive) owner.set(p, id);
  }
  return owner;
}

/** What every box of a drawing is drawn from. */
interface Shown {
  readonly state: State;
  readonly change: Change;
  readonly names: Names;
  readonly pinned: ReadonlySet<number>;
  readonly referenced: ReadonlySet<number>;
}

function Box({ id, shown }: { readonly id: number; readonly shown: Shown }) {
  const { state, change, names } = shown;
  const container = state.containers.get(id) as Container;
  const { limit, active, inactive, failcnt, reclaimed, parent } = container;
  const changed = change.containers.has(id);
  const used = usage(state, id);
  const unlimited = limit === UNLIMITED || (limit === 0n && state.profile.zeroLimit === 'unlimited');
  const answersFor = state.profile.hierarchy === 'nested' && children(state, id).length > 0;
  const nested = parent !== null && parent !== ROOT ? `, in ${names.container(parent)}` : '';
  return (
    <article
      class={`box ${colourOf(id)} ${changed ? 'changed' : ''}`}
      aria-label={`container ${names.container(id)}`}
    >
      <h3>
        <span aria-hidden="true">{signOf(id)} </span>
        {names.container(id)}
        {nested && <small>{nested}</small>}
        {changed && <span class="mark">changed</span>}
        {change.refused.has(id) && <span class="mark refused">✗ refused, so it pays</span>}
      </h3>
      <Bar used={used} own={answersFor ? own(container) : null} limit={unlimited ? null : limit} />
      <p class="counters">
        failcnt {failcnt} · reclaimed {reclaimed}
      </p>
      <PageList title="active" pages={active} owner={id} shown={shown} />
      <PageList title="inactive" pages={inactive} owner={id} shown={shown} />
    </article>
  );
}

interface BarProps {
  /** Pages of the container and of all below it that it answers for. */
  readonly used: number;
  /** Pages on its own lists, where these are not all. */
  readonly own: number | null;
  readonly limit: bigint | null;
}

function Bar({ used, own: mine, limit }: BarProps) {
  const full = limit === null ? Math.max(used, 1) : Math.max(Number(limit), used, 1);
  const over = limit !== null && BigInt(used) > limit ? used - Number(limit) : 0;
  const state = over > 0 ? `over by ${over}` : limit !== null && BigInt(used) === limit ? 'full' : '';
  const fill = limit === null ? Math.min(1, used / 32) : used / full;
  return (
    <div class="use">
      <div class={`bar ${over > 0 ? 'over' : ''}`} aria-hidden="true">
        <i style={{ transform: `scaleX(${fill})` }} />
        {limit !== null && <u style={{ left: `${(100 * Number(limit)) / full}%` }} />}
      </div>
      <span>
        usage <b>{used}</b>
        {mine !== null && ` (own ${mine}, below ${used - mine})`} / limit{' '}
        <b>{limit === null ? 'none' : String(limit)}</b> {state && <em>{state}</em>}
      </span>
    </div>
  );
}

/** So many pages at each end of a long list are drawn; the middle on request. */
const ENDS = 24;

interface PageListProps {
  readonly title: string;
  readonly pages: readonly number[];
  readonly owner: number;
  readonly shown: Shown;
}

function PageList({ title, pages, owner, shown }: PageListProps) {
  const { change, pinned, referenced } = shown;
  const [all, setAll] = useState(false);
  const folded = !all && pages.length > 2 * ENDS + 8;
  const chips = (part: readonly number[]) =>
    part.map((p) => (
      <Chip
        key={p}
        page={p}
        owner={owner}
        mark={change.pages.get(p)}
        isPinned={pinned.has(p)}
        isReferenced={referenced.has(p)}
      />
    ));
  return (
    <div class="list">
      <h4>
        {title} <small>{pages.length}</small>
      </h4>
      <ol aria-label={`${title} list, head first`}>
        <li class="end">{pages.length === 0 ? 'empty' : 'head'}</li>
        {chips(folded ? pages.slice(0, ENDS) : pages)}
        {pages.length > 2 * ENDS + 8 && (
          <li class="fold">
            <button type="button" onClick={() => setAll(!all)}>
              {folded ? `… ${pages.length - 2 * ENDS} more …` : 'fold'}
            </button>
          </li>
        )}
        {folded && chips(pages.slice(-ENDS))}
        {pages.length > 0 && <li class="end">tail</li>}
      </ol>
    </div>
  );
}

interface ChipProps {
  readonly page: number;
  readonly owner: number;
  readonly mark: PageMark | undefined;
  readonly isPinned: boolean;
  readonly isReferenced: boolean;
}

const Chip = memo(function Chip({ page, owner, mark, isPinned, isReferenced }: ChipProps) {
  const said = [isReferenced && 'referenced', isPinned && 'locked', mark && MARKS[mark][1]].filter(Boolean);
  return (
    <li class={`page ${colourOf(owner)} ${mark ? `mark-${mark}` : ''}`} title={said.join(', ')}>
      {mark && <sup aria-hidden="true">{MARKS[mark][0]}</sup>}p{page}
      {isReferenced && <span aria-hidden="true">•</span>}
      {isPinned && <span aria-hidden="true">#</span>}
      {said.length > 0 && <span class="sr"> {said.join(', ')}</span>}
    </li>
  );
});

interface MappedProps {
  readonly maps: readonly number[];
  readonly pins: readonly number[];
  readonly owner: ReadonlyMap<number, number>;
}

/** Few pages are drawn with their owner's sign, many are told as runs of neighbours. */
function MappedPages({ maps, pins, owner }: MappedProps) {
  if (maps.length === 0) return <span class="maps">maps nothing</span>;
  if (maps.length > 2 * ENDS) {
    const words = runs([...maps].sort((a, b) => a - b));
    return (
      <span class="maps">
        maps {maps.length} pages{words.length < 400 ? `: ${words}` : ''}
        {pins.length > 0 && `, ${pins.length} locked`}
      </span>
    );
  }
  return (
    <span class="maps">
      maps{' '}
      {maps.map((p) => {
        const c = owner.get(p) ?? ROOT;
        return (
          <span key={p} class={`page ${colourOf(c)}`}>
            {signOf(c)}p{p}
            {pins.includes(p) && <span title="locked">#</span>}
          </span>
        );
      })}
    </span>
  );
}

function Legend() {
  return (
    <p class="legend">
      Head is newest, tail is oldest. <b>•</b> referenced, <b>#</b> locked (mlock); the sign before a page in
      a task is its owner's. The last move: <b>+</b> new, <b>↕</b> moved, <b>~</b> bit changed, <b>!</b> lock
      changed.
    </p>
  );
}
