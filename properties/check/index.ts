// What the model checker is given: the specification as a model, with its packed twin.

import type { Model, PackedTwin } from '../../checker/model.ts';
import { profiles, type State } from '../../model/index.ts';
import { ContractTwin } from './contract-twin.ts';
import { type Asked, controllerModel } from './controller-model.ts';
import { LruTwin } from './lru-twin.ts';

export * from './controller-model.ts';
export * from './judging.ts';

export const twinOf = ({ kind, profile, scope }: Asked): PackedTwin =>
  kind === 'lru' ? new LruTwin(profiles[profile], scope) : new ContractTwin(profiles[profile], scope);

/** What a worker thread of the checker calls: plain data in, model and twin out. */
export function modelAndTwin(asked: Asked): { model: Model<State>; twin: PackedTwin } {
  return { model: controllerModel(asked), twin: twinOf(asked) };
}
