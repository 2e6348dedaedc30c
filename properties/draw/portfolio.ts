// The portfolio: how a random run is drawn. Tiny scopes and large ones, all kinds of moves and swarms of few, short and long.

import fc from 'fast-check';
import type { Profile } from '../../model/index.ts';
import type { Names } from '../subjects/names.ts';
import type { Size } from '../view/view.ts';
import { DRAW_BITS, kinds, type Style, tableOf, usualWeights } from './draw.ts';

/** A drawn run: its size, its style, a number for each move (see draw.ts), and the ids that the subject is given, if not the run's own. */
export interface Run {
  readonly size: Size;
  readonly style: Style;
  readonly draws: readonly number[];
  readonly names?: Names | null;
}

/** 40 to 200 moves: at most 10 miss a quarter of the bugs that controllers had. */
export const usualLength = 200;
export const shortestLength = 40;

type Range = readonly [least: number, most: number];

/** All sizes within these bounds, each as likely as any other. */
const sizesWithin = (containers: Range, tasks: Range, pages: Range): fc.Arbitrary<Size> => {
  const between = ([min, max]: Range) => fc.integer({ min, max });
  return fc.noBias(
    fc.record({ containers: between(containers), tasks: between(tasks), pages: between(pages) }),
  );
};

const scopes = {
  tiny: sizesWithin([1, 2], [1, 3], [1, 4]),
  small: sizesWithin([1, 3], [1, 4], [2, 8]),
  large: sizesWithin([2, 8], [2, 12], [9, 48]),
};
/** Room for more pages in one container than a batch of the linux profiles frees. */
const grown = sizesWithin([1, 2], [1, 3], [34, 48]);
/** Few ids, which are soon used again. */
const few = sizesWithin([2, 3], [1, 3], [1, 3]);

/** A tree takes more containers: one that others are in, and two of those that share its limit. */
const trees = {
  tiny: sizesWithin([1, 3], [1, 3], [1, 4]),
  small: sizesWithin([2, 5], [1, 4], [2, 8]),
  large: scopes.large,
};

const usualTable = tableOf(usualWeights);

/** In half of the runs only some kinds are drawn, with weights of their own: what a swarm leaves out cannot hide what it keeps doing. */
const swarm = fc.noBias(
  fc.array(fc.nat({ max: 9 }), { minLength: kinds.length, maxLength: kinds.length, size: 'max' }),
);

/** touch and setLimit are part of every swarm. */
const ALWAYS = 2;

/** The tables of kinds: as often as usual, or a swarm's. */
const tables = {
  usual: fc.constant(usualTable),
  swarm: swarm.map((weights) =>
    tableOf(weights.map((w, k) => (k < ALWAYS ? usualWeights[k] + w : Math.max(0, w - 5) * 2))),
  ),
};
const anyTable = fc.oneof(tables.usual, tables.swarm);

/** Containers and tasks come and go, pages are reclaimed meanwhile: an id that is used again meets what was remembered of it. */
const churn = tableOf([14, 4, 2, 10, 12, 0, 8, 1, 1, 6, 0, 12, 10, 3]);

/** In a tree: containers within containers, and pages that are locked, so that a limit above kills below. */
const squeeze = tableOf([14, 8, 1, 8, 8, 12, 3, 1, 2, 1, 0, 4, 0, 1]);
/** Room for a container, two in it, and tasks in both. */
const family = sizesWithin([3, 5], [2, 4], [1, 5]);

/** The largest id of a kind that is given for one of a run, in bits: tables of the controller grow up to it. */
const ID_BITS = { container: 12, task: 12, page: 16 } as const;

/** Ids that lie apart, ascending, out of 32 bits; of each kind in three runs of four. */
const sparse = (seed: number, most: number, count: number): number[] => {
  if (seed % 4 === 3 || count === 0) return [];
  const span = 2 ** (2 + ((seed >>> 2) % (most - 1)));
  const step = Math.max(1, Math.floor(span / count));
  let mixed = seed | 1;
  return Array.from({ length: count }, (_, i) => {
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1);
    return i * step + ((mixed >>> 8) % step);
  });
};

/** One run in eight has the subject's ids far apart. */
const namesFor = ({ containers, tasks, pages }: Size): fc.Arbitrary<Names | null> =>
  fc
    .noBias(fc.tuple(fc.nat({ max: 7 }), ...[0, 1, 2].map(() => fc.nat({ max: 2 ** 31 - 1 }))))
    .map(([n, c, t, p]) =>
      n > 0
        ? null
        : {
            container: sparse(c, ID_BITS.container, containers),
            task: sparse(t, ID_BITS.task, tasks),
            page: sparse(p, ID_BITS.page, pages),
          },
    );

/** The bands of sizes, smallest first, and how often each is drawn. */
const bands: readonly (readonly [band: keyof typeof scopes, weight: number])[] = [
  ['tiny', 12],
  ['small', 6],
  ['large', 2],
];

export interface PortfolioOptions {
  /** The longest run, in moves. */
  readonly length?: number;
  /** All runs in one scope. */
  readonly size?: Size;
  /** Limits beyond 2^53, members of the root, and in flat profiles nested names may be drawn. */
  readonly exotic?: boolean;
  /** The length shrinks with the run, instead of being drawn first. */
  readonly shrinks?: boolean;
  /** The profile, where its trees are to be drawn: the subject knows them. */
  readonly tree?: Pick<Profile, 'hierarchy' | 'innerTasks'>;
}

/** A kind of run: its size, its style, and how many moves it makes before those that are counted as its length. */
interface Course {
  readonly size: Size;
  readonly style: Style;
  readonly head: number;
}

export function portfolio(options: PortfolioOptions = {}): fc.Arbitrary<Run> {
  const longest = options.length ?? usualLength;
  return coursesOf(options).chain(({ size, style, head }) => {
    const whole = (least: number, most: number) =>
      fc
        .tuple(drawsOf(least, most), options.exotic === false ? fc.constant(null) : namesFor(size))
        .map(([draws, names]) => ({ size, style, draws, names }));
    if (options.shrinks) return whole(0, longest);
    return fc
      .noBias(fc.integer({ min: Math.min(shortestLength, longest), max: longest }))
      .map((length) => Math.min(longest, head + length))
      .chain((length) => whole(length, length));
  });
}

const drawsOf = (minLength: number, maxLength: number): fc.Arbitrary<number[]> =>
  fc.noBias(fc.array(fc.nat({ max: 2 ** DRAW_BITS - 1 }), { minLength, maxLength, size: 'max' }));

/** Of twenty runs fifteen as ever, three that let containers grow, two in which ids come and go; in a tree five more, whose inner limits are tight. */
function coursesOf({ size: one, exotic = true, tree }: PortfolioOptions): fc.Arbitrary<Course> {
  const nested = tree?.hierarchy === 'nested';
  const leavesOnly = nested && tree?.innerTasks === 'EBUSY';
  const kind = { exotic, nested, leavesOnly };
  const sized = nested ? trees : scopes;
  const inBand = fc.oneof(...bands.map(([name, weight]) => ({ weight, arbitrary: sized[name] })));
  const sizes = (usual: fc.Arbitrary<Size>): fc.Arbitrary<Size> => (one ? fc.constant(one) : usual);
  const framed = nested ? fc.noBias(fc.nat({ max: 3 })) : fc.constant(0);
  const usual = fc
    .tuple(sizes(inBand), anyTable, framed)
    .map(([size, table, frame]) => ({ size, style: { table, ...kind, frame }, head: 0 }));
  const growing = fc.tuple(sizes(grown), anyTable, fc.boolean()).map(([size, table, held]) => {
    const growth = Math.ceil(size.pages * (held ? 2 : 1));
    return { size, style: { table, ...kind, growth, held }, head: growth };
  });
  const churning = sizes(few).map((size) => ({ size, style: { table: churn, ...kind }, head: 0 }));
  const squeezing = sizes(family).map((size) => ({
    size,
    style: { table: squeeze, ...kind, frame: size.containers },
    head: 0,
  }));
  return fc.oneof(
    { weight: 15, arbitrary: usual },
    { weight: 3, arbitrary: growing },
    { weight: 2, arbitrary: churning },
    ...(nested ? [{ weight: 5, arbitrary: squeezing }] : []),
  );
}
