// What a file or a link turned out to hold, and what is said if it holds nothing of use.

import type { ProfileName } from '../model/index.ts';
import type { Linked } from '../properties/trace/link.ts';
import type { Script } from '../shell/script.ts';
import type { Asked } from './graph.ts';

/** What a loaded file says that its subject answered, move by move. */
export interface Recorded {
  readonly subject: string;
  /** What the file says of itself: the claim, why, how it was missed. */
  readonly about: readonly string[];
  readonly answers: readonly Answer[];
  /** What it showed after the last move, drawn. */
  readonly shown?: readonly string[];
}

export interface Answer {
  readonly outcome?: string;
  readonly killed?: readonly number[];
  readonly reclaimed?: readonly number[];
  /** The order of its kills and reclaims says nothing. */
  readonly inAnyOrder?: boolean;
  /** What the subject showed afterwards, as far as it shows it: by container, by page, by task. */
  readonly usage?: ReadonlyMap<number, number>;
  readonly owner?: ReadonlyMap<number, number>;
  readonly maps?: ReadonlyMap<number, readonly number[]>;
}

export type Opened =
  | { readonly kind: 'trace'; readonly linked: Linked; readonly recorded: Recorded | null }
  | { readonly kind: 'script'; readonly script: Script; readonly profile: ProfileName }
  | { readonly kind: 'graph'; readonly asked: Asked }
  | { readonly kind: 'foreign'; readonly graph: ForeignGraph };

/** States and steps of a model that does not run here, as a file tells them: to be looked at, not played. */
export interface ForeignGraph {
  readonly name: string;
  readonly nodes: readonly { readonly label: string; readonly depth: number }[];
  readonly edges: readonly {
    readonly from: number;
    readonly to: number;
    readonly moves: readonly string[];
  }[];
}

export class OpenError extends Error {
  override name = 'OpenError';
}
