// Judges the specification of the tree that this file lies in (a copy with a mistake in it): counts, claims, checker, controller.

import { parentPort } from 'node:worker_threads';
import { check } from '../checker/index.ts';
import { messageOf } from '../lockstep/index.ts';
import { IllegalChoice, profiles } from '../model/index.ts';
import { controllerModel, type ModelKind } from '../properties/scopes/index.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { Specification, type Subject } from '../properties/subjects/subject.ts';
import { scopeFromText } from '../properties/trace/move.ts';
import type { Noticed } from './model-trial.ts';
import { trial } from './trial.ts';

/** States, transitions, refusals and depth, pinned. */
const pinned: [kind: ModelKind, scope: string, counts: string][] = [
  ['contract', '1/1/1/1', '13 92 90 5'],
  ['lru', '1/1/1/1', '19 146 120 6'],
  ['contract', '1/2/2/2', '401 8623 7914 10'],
  ['lru', '1/2/2/2', '4385 96863 82922 16'],
];

/** A mistake may also break the specification outright: an illegal choice, a crash. */
async function seen(look: () => Promise<string | null> | string | null): Promise<string | null> {
  try {
    return await look();
  } catch (error) {
    return error instanceof IllegalChoice || error instanceof Error ? messageOf(error) : String(error);
  }
}

async function counts(): Promise<string | null> {
  for (const [kind, scope, expected] of pinned) {
    const asked = { kind, profile: 'letter', scope: scopeFromText(scope) } as const;
    const { states, transitions, refused, depth } = await check(
      { ...controllerModel(asked), claims: [] },
      {},
    );
    const actual = [states, transitions, refused, depth].join(' ');
    if (actual !== expected) return `${kind} ${scope}: ${actual}, pinned are ${expected}`;
  }
  return null;
}

async function byChecker(): Promise<string | null> {
  const asked = { kind: 'lru', profile: 'letter', scope: scopeFromText('1/2/2/2'), refine: true } as const;
  const { verdict, counterexample } = await check(controllerModel(asked), {});
  return verdict === 'holds' ? null : (counterexample?.claim ?? verdict);
}

function byRuns(make: () => Subject, compare: boolean): string | null {
  const { found } = trial(make, { profile: 'letter', seed: 1, runs: 150, compare });
  return found?.claim ?? null;
}

const noticed: Noticed = {
  counts: await seen(counts),
  claims: await seen(() => byRuns(() => new Specification(profiles.letter), false)),
  checker: await seen(byChecker),
  lockstep: await seen(() => byRuns(() => new ControllerSubject('letter'), true)),
};
parentPort?.postMessage(noticed);
