// Loads mutants of the controller and of the specification, each as a module of its own.

import type { Controller } from '../../impl/controller/index.ts';
import type { Mutant } from './mutant.ts';
import { plant } from './plant.ts';

/** Classes without private names. */
export const seeThrough = new WeakSet<object>();

export type ControllerClass = typeof Controller;

/** Private names made plain, so that a search can see all that a controller remembers (lockstep/shrink/memory.ts). */
export const opened = (source: string): string => source.replaceAll(/#(?=[a-z])/g, 'private_');

/** The class of the controller with a mutant planted; without one, the controller as it is on disk. */
export async function loadController(mutant: Mutant | null): Promise<ControllerClass> {
  const loaded = await plant<{ Controller: ControllerClass }>('impl/controller', mutant, opened);
  seeThrough.add(loaded.Controller);
  return loaded.Controller;
}

/** The specification with a mutant planted. */
export const loadModel = (mutant: Mutant): Promise<typeof import('../../model/index.ts')> =>
  plant('model', mutant);
