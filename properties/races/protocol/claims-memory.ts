// C1 to C5: what holds in the middle of things, between any two steps.

import type { Claim, Effect, Move } from '../../../checker/index.ts';
import { listed, type State } from '../../../model/protocol/index.ts';
import { metIf, notMet, ofEach, stateClaim, stepClaim, violated } from './claim.ts';
import type { Monitor } from './history.ts';
import type { Detail, Watched } from './watched.ts';

const isListed = (state: State, at: number): boolean => {
  const record = state.records[at];
  const owner = record ? state.containers[record.container] : null;
  return owner ? owner.active.includes(at) || owner.inactive.includes(at) : false;
};

/** Charged records that are on no list of their container: charges in flight. */
export const inFlight = (state: State, container: number): number =>
  state.records.filter(
    (record, at) =>
      record && !record.freed && record.container === container && record.charged && !isListed(state, at),
  ).length;

const usageIsLruSizePlusInFlight = stateClaim(
  'UsageIsLruSizePlusInFlight',
  "Between any two steps a container's usage is the number of records on its lists and of its charges in flight.",
  (state) =>
    ofEach(state.containers, (c, at) => {
      if (!c || c.freed) return notMet;
      const flying = inFlight(state, at);
      return c.usage === listed(c) + flying
        ? metIf(flying > 0)
        : violated(`c${c.name} says ${c.usage}, its lists hold ${listed(c)} and ${flying} are in flight`);
    }),
);

const releasedExactlyOnce = stepClaim(
  'ReleasedExactlyOnce',
  'A charge is given back once: usage falls by one for each record that loses its charge, and by nothing else.',
  (before, _detail, after) =>
    ofEach(before.containers, (c, at) => {
      const now = after.containers[at];
      if (!c || !now || c.freed || now.freed) return notMet;
      const fell = Math.max(0, c.usage - now.usage);
      const released = before.records.filter(
        (record, i) =>
          record?.charged &&
          record.container === at &&
          (!after.records[i]?.charged || after.records[i]?.freed),
      ).length;
      return released === fell
        ? metIf(fell > 0)
        : violated(`the usage of c${c.name} falls by ${fell}, and ${released} records lose their charge`);
    }),
);

const misuse = (
  name: string,
  claim: string,
  of: 'record' | 'container',
  antecedent: (state: State) => boolean,
): Claim<Watched> => ({
  kind: 'step',
  name,
  claim,
  judge({ machine }: Watched, _move: Move, effect: Effect<Watched>) {
    const detail = effect.detail as Detail;
    if (detail.misuse?.of === of)
      return violated(`k${detail.step.thread} ${detail.step.name}: ${detail.misuse.why}`);
    return metIf(antecedent(machine));
  },
});

/** A record has been freed at some time: there is less memory in use than was handed out. */
const noStaleOwner = misuse(
  'NoStaleOwner',
  'No step uses a record that was freed.',
  'record',
  ({ threads }) => threads.some(({ target }) => target !== null),
);

const noDeadContainer = misuse(
  'ContainerOutlivesReferences',
  'No step uses a container that was freed, and none is freed while a task or a live record refers to it.',
  'container',
  ({ records }) => records.some((record) => record && !record.freed),
);

const containerOutlivesReferences: Claim<Watched> = {
  ...noDeadContainer,
  kind: 'step',
  judge(before: Watched, move: Move, effect: Effect<Watched>) {
    const judgement = (noDeadContainer as Extract<Claim<Watched>, { kind: 'step' }>).judge(
      before,
      move,
      effect,
    );
    if (judgement.violation) return judgement;
    const { containers, records, tasks } = effect.state.machine;
    for (const [at, c] of containers.entries()) {
      if (!c?.freed) continue;
      const t = tasks.findIndex(({ container }) => container === at);
      if (t >= 0) return violated(`t${t} is in c${c.name}, which is gone`);
      const record = records.find((one) => one && !one.freed && one.container === at);
      if (record) return violated(`a record of p${record.page} refers to c${c.name}, which is gone`);
    }
    return judgement;
  },
};

const linearizable: Claim<Watched> = {
  kind: 'step',
  name: 'Linearizable',
  claim:
    'The operations finished so far equal some order of atomic actions of the contract that respects real time.',
  judge({ machine, history }: Watched, _move: Move, effect: Effect<Watched>) {
    const { effect: done } = effect.detail as Detail;
    if (effect.state.history.length === 0 && history.length > 0) {
      const answer = done.answer ? `answers ${done.answer}` : 'ends';
      return violated(
        `k${(effect.detail as Detail).step.thread} ${answer}, and no order of atomic actions explains it`,
      );
    }
    const overlaps = machine.threads.filter(({ operation }) => operation !== null).length > 1;
    return metIf(done.answer !== undefined && overlaps);
  },
};

export const memoryClaims = (watch: Monitor | null): readonly Claim<Watched>[] => [
  usageIsLruSizePlusInFlight,
  releasedExactlyOnce,
  noStaleOwner,
  containerOutlivesReferences,
  ...(watch ? [linearizable] : []),
];
