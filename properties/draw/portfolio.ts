// The portfolio: how a random run is drawn. Tiny scopes and large ones, all kinds of moves and swarms of few, short and long.

import * as Schema from '@effect/schema/Schema';
import fc from 'fast-check';
import type { Size } from '../view/view.ts';
import { arbitraryOf } from './arbitrary.ts';
import { DRAW_BITS, type Kind, kinds, type Style, tableOf, usualWeights } from './draw.ts';

/** A drawn run: its size, its style, and a number for each move (see draw.ts). */
export interface Run {
  readonly size: Size;
  readonly style: Style;
  readonly draws: readonly number[];
}

/** 40 to 200 moves: at most 10 miss a quarter of the bugs that controllers had (BUGS.md). */
export const usualLength = 200;
export const shortestLength = 40;

const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }));

const Tiny = Schema.Struct({ containers: between(1, 2), tasks: between(1, 3), pages: between(1, 4) });
const Small = Schema.Struct({ containers: between(1, 3), tasks: between(1, 4), pages: between(2, 8) });
const Large = Schema.Struct({ containers: between(2, 8), tasks: between(2, 12), pages: between(9, 48) });

const scopes = {
  tiny: fc.noBias(arbitraryOf(Tiny)),
  small: fc.noBias(arbitraryOf(Small)),
  large: fc.noBias(arbitraryOf(Large)),
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

export type Band = keyof typeof scopes;
/** The bands of sizes, smallest first, and how often each is drawn. */
export const bands: readonly (readonly [band: Band, weight: number])[] = [
  ['tiny', 12],
  ['small', 6],
  ['large', 2],
];

export interface PortfolioOptions {
  /** The longest run, in moves. */
  readonly length?: number;
  /** All runs in one scope. */
  readonly size?: Size;
  /** Nested containers, limits beyond 2^53 and members of the root may be drawn. */
  readonly exotic?: boolean;
  /** Only scopes of this band; only the usual table, only swarms, or only this table. */
  readonly band?: Band;
  readonly table?: keyof typeof tables | readonly Kind[];
}

/** Swarm tables that follow from a seed. */
export const swarmTables = (seed: number, count: number): Kind[][] =>
  fc.sample(tables.swarm, { seed, numRuns: count });

export function portfolio(options: PortfolioOptions = {}): fc.Arbitrary<Run> {
  const longest = options.length ?? usualLength;
  const { size: one, band, table } = options;
  const inBand = band
    ? scopes[band]
    : fc.oneof(...bands.map(([name, weight]) => ({ weight, arbitrary: scopes[name] })));
  const sizes: fc.Arbitrary<Size> = one ? fc.constant(one) : inBand;
  const drawnTable: fc.Arbitrary<readonly Kind[]> =
    table === undefined ? anyTable : typeof table === 'string' ? tables[table] : fc.constant(table);
  const exotic = options.exotic ?? true;
  return fc
    .tuple(sizes, drawnTable, fc.noBias(fc.integer({ min: Math.min(shortestLength, longest), max: longest })))
    .chain(([size, table, length]) =>
      fc
        .noBias(
          fc.array(fc.nat({ max: 2 ** DRAW_BITS - 1 }), {
            minLength: length,
            maxLength: length,
            size: 'max',
          }),
        )
        .map((draws) => ({ size, style: { table, exotic }, draws })),
    );
}
