// Mistakes planted in the formulas, and the same in the model: pieces of text, and what stands there instead.

export interface Planted {
  readonly why: string;
  /** In proof/contract.txt. */
  readonly formulas: readonly (readonly [text: string, by: string])[];
  /** The same mistake in a file of model/. */
  readonly model: readonly (readonly [file: string, text: string, by: string])[];
}

/** Each is a difference between formulas and model, wherever it is planted. */
export const twins: readonly Planted[] = [
  {
    why: 'one page more than the limit fits',
    formulas: [['fits(c) = usage(c) + 1 <= limit(c)   ', 'fits(c) = usage(c) <= limit(c)   ']],
    model: [['charge.ts', 'return usage(state, c) + 1 <= limit;', 'return usage(state, c) <= limit;']],
  },
  {
    why: 'refused attempts are not counted',
    formulas: [['failcnt(a) := failcnt(a) + (a = d ? 1 : 0)', 'failcnt(a) := failcnt(a)']],
    model: [['charge.ts', "progress = count(progress, full, 'failcnt');", '']],
  },
  {
    why: 'a child has locked what its parent has',
    formulas: [
      [
        '    maps(v, p) := v = u ?',
        '    pins(v, p) := v = u ? pins(t, p) : pins(v, p)\n    maps(v, p) := v = u ?',
      ],
    ],
    model: [
      ['task.ts', 'const { container, maps } = state', 'const { container, maps, pins } = state'],
      ['task.ts', '{ container, maps, pins: [] }', '{ container, maps, pins }'],
    ],
  },
  {
    why: 'reclaim does not ask who has the page locked',
    formulas: [
      ['inside(p, scarce) & !pinned(p)', 'inside(p, scarce)'],
      [
        'nothingLeft = phase = Reclaim & !freed & allPinned(scarce)',
        'nothingLeft = phase = Reclaim & !freed & all p: !inside(p, scarce)',
      ],
    ],
    model: [['reclaim.ts', 'owned.filter((p) => !pinned.has(p))', 'owned']],
  },
  {
    why: 'the last unmap leaves the page on its list',
    formulas: [
      ['owned(q) := owned(q) & !(q = p & last(t, p))', 'owned(q) := owned(q)'],
      ['usage(a) := usage(a) - (last(t, p) & inside(p, a) ? 1 : 0)', 'usage(a) := usage(a)'],
    ],
    model: [['unmap.ts', 'return isMapped(after, p) ? after : unlink(after, p);', 'return after;']],
  },
  {
    why: 'who ends stays in the task set',
    formulas: [['live(t) := live(t) & t != victim', 'live(t) := live(t)']],
    model: [['oom.ts', '  tasks.delete(t);\n', '']],
  },
  {
    why: 'a container is removed with pages charged to it',
    formulas: [['(some t: live(t) & home(t) = c) | usage(c) > 0', 'some t: live(t) & home(t) = c']],
    model: [['container.ts', 'own(container) > 0 && state', 'own(container) > 9 && state']],
  },
  {
    why: 'a new container has the limit 0',
    formulas: [['a = c ? Unlimited : limit(a)', 'a = c ? 0 : limit(a)']],
    model: [['state.ts', 'limit: UNLIMITED, failcnt', 'limit: 0n, failcnt']],
  },
  {
    why: 'a global shortage takes locked pages',
    formulas: [
      ['when !mapped(p) | pinned(p)', 'when !mapped(p)'],
      ['when mapped(p) & !pinned(p)', 'when mapped(p)'],
    ],
    model: [['page.ts', 'isMapped(state, p) && !isPinned(state, p)', 'isMapped(state, p)']],
  },
  {
    why: 'copy-on-write keeps the source',
    formulas: [['  do leave(faulter, source)\n', '']],
    model: [
      [
        'page.ts',
        "return step.outcome === 'KILLED' ? step : {",
        "return step.outcome !== '' as never ? step : {",
      ],
    ],
  },
];

/** A mistake of the catalogue in the formulas, and the claim that names it. */
export interface Refuted {
  readonly id: string;
  readonly claim: string;
  readonly text: string;
  readonly by: string;
}

const shared = '    when !maps(t, p) & mapped(p)\n';
const rmdirFlat = '(some t: live(t) & home(t) = c) | usage(c) > 0';

export const catalogue: readonly Refuted[] = [
  {
    id: 'B2',
    claim: 'FirstToucherOwns',
    text: shared,
    by: `${shared}    owner(r) := r = p ? home(t) : owner(r)\n`,
  },
  {
    id: 'B3',
    claim: 'UsageIsLruSize',
    text: shared,
    by: `${shared}    usage(a) := usage(a) - (below(home(t), a) ? 1 : 0)\n`,
  },
  {
    id: 'B4',
    claim: 'UsageIsLruSize',
    text: shared,
    by: `${shared}    usage(a) := usage(a) + (below(home(t), a) ? 1 : 0)\n`,
  },
  {
    id: 'B11',
    claim: 'LastUnmapReleases',
    text: '(last(t, p) & inside(p, a) ? 1 : 0)',
    by: '(last(t, p) & below(home(t), a) ? 1 : 0)',
  },
  { id: 'A15', claim: 'NothingLeaks', text: 'live(t) := live(t) & t != victim', by: 'live(t) := live(t)' },
  { id: 'A19', claim: 'BusyWhileHolding', text: rmdirFlat, by: 'some t: live(t) & home(t) = c' },
  {
    id: 'A22',
    claim: 'LastUnmapReleases',
    text: 'owned(q) := owned(q) & !(q = p & last(t, p))',
    by: 'owned(q) := owned(q) & q != p',
  },
  {
    id: 'B15',
    claim: 'MoveKeepsCharges',
    text: '  step move\n',
    by: '  step move\n    owner(p) := maps(t, p) ? c : owner(p)\n',
  },
  { id: 'C6', claim: 'BusyWhileHolding', text: rmdirFlat, by: 'usage(c) > 0' },
  {
    id: 'C10',
    claim: 'WithinLimitAfterCharge',
    text: 'fits(c) = usage(c) + 1 <= limit(c)   ',
    by: 'fits(c) = usage(c) <= limit(c)   ',
  },
  {
    id: 'C13',
    claim: 'OwnedIffMapped',
    text: '  wanted := p\n',
    by: '  wanted := p\n  owned(r) := owned(r) | r = p\n',
  },
  {
    id: 'N13',
    claim: 'PinnedNeverReclaimed',
    text: '    maps(v, p) := v = u ?',
    by: '    pins(v, p) := v = u ? pins(t, p) : pins(v, p)\n    maps(v, p) := v = u ?',
  },
];

/** The text with one piece replaced. @throws RangeError if it is not there exactly once */
export function planted(source: string, text: string, by: string): string {
  const parts = source.split(text);
  if (parts.length !== 2) throw new RangeError(`it is there ${parts.length - 1} times, not once: ${text}`);
  return parts.join(by);
}
