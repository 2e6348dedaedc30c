// The RSS controller's types, as lockstep/ takes them: one bundle.

import type * as lockstep from '../../lockstep/index.ts';
import type { Kinds } from '../../lockstep/index.ts';
import type { Move, ProfileName } from '../../model/index.ts';
import type { Observation } from '../claims/claim.ts';
import type { Run } from '../draw/portfolio.ts';
import type { Answer } from '../view/answer.ts';
import type { Size, View } from '../view/view.ts';

export interface Rss extends Kinds {
  readonly name: ProfileName;
  readonly move: Move;
  readonly answer: Answer;
  readonly view: View;
  readonly size: Size;
  readonly run: Run;
  readonly step: Observation;
}

export type Judge = lockstep.Judge<Rss>;
export type Violation = lockstep.Violation<Rss>;
export type Found = lockstep.Found<Rss>;
export type Plan = lockstep.Plan<Size>;
