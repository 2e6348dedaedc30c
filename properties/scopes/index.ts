// What the model checker is given: the specification as a model, with its packed twin.

import type { Model, PackedTwin } from '../../checker/model.ts';
import { profiles, type State } from '../../model/index.ts';
import { ContractTwin } from './contract-twin.ts';
import { type Asked, controllerModel, isNested } from './controller-model.ts';
import { MOST_PAGES } from './layout.ts';
import { LruTwin } from './lru-twin.ts';
import { LruTwinOfController } from './packed-lockstep.ts';

export * from './controller-model.ts';
export * from './judging.ts';

/** Null: lists of so many pages do not fit into a number; the readable model is searched. */
export function twinOf(asked: Asked): PackedTwin | null {
  const { kind, profile, scope } = asked;
  if (kind === 'contract') return new ContractTwin(profiles[profile], scope, isNested(asked));
  if (scope.pages > MOST_PAGES) return null;
  const Twin = asked.impl ? LruTwinOfController : LruTwin;
  return new Twin(profiles[profile], scope, isNested(asked));
}

/** What a worker thread of the checker calls: plain data in, model and twin out. */
export function modelAndTwin(asked: Asked): { model: Model<State>; twin: PackedTwin | null } {
  return { model: controllerModel(asked), twin: twinOf(asked) };
}
