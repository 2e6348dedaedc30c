// Claims over states where nothing is under way: owners, lists and counters agree, and all of it can be given back (I1, I3, I4, I10, I14).

import type { Claim, Judgement } from '../../../checker/index.ts';
import { isQuiescent, listed, type Scope, type State } from '../../../model/protocol/index.ts';
import { met, metIf, notMet, ofEach, stateClaim, violated } from './claim.ts';
import { movesOf } from './moves.ts';
import { guardOf, type Rules, type Watched } from './watched.ts';

const atRest = (name: string, claim: string, judge: (state: State) => Judgement): Claim<Watched> =>
  stateClaim(name, claim, (state) => (isQuiescent(state) ? judge(state) : notMet));

/** Where a page is linked: the containers whose lists hold a record of it. */
const placesOf = (state: State, p: number): number[] =>
  state.containers.flatMap((c, at) =>
    c ? [...c.active, ...c.inactive].flatMap((r) => (state.records[r]?.page === p ? [at] : [])) : [],
  );

const ownedIffMapped = atRest(
  'OwnedIffMapped',
  'At rest a page has an owner, and is on a list of that owner, exactly while somebody maps it.',
  (state) =>
    ofEach(state.pages, ({ mapcount, record }, p) => {
      const mappers = state.tasks.filter(({ maps }) => maps.includes(p)).length;
      if (mappers !== mapcount) return violated(`p${p} is mapped by ${mappers}, its mapcount is ${mapcount}`);
      if (mapcount === 0 && record !== null) return violated(`p${p} is mapped by 0 tasks, but has an owner`);
      if (mapcount === 0) return notMet;
      if (record === null) return violated(`p${p} is mapped by ${mapcount}, but nobody owns it`);
      const owner = state.records[record]?.container ?? -1;
      return placesOf(state, p).includes(owner) ? met : violated(`p${p} is on no list of its owner`);
    }),
);

const onOneListOnce = atRest('OnOneListOnce', 'At rest no page is on two lists, or twice on one.', (state) =>
  ofEach(state.pages, (_, p) => {
    const { length } = placesOf(state, p);
    return length > 1 ? violated(`p${p} is linked ${length} times`) : metIf(length === 1);
  }),
);

const usageIsLruSize = atRest(
  'UsageIsLruSize',
  "At rest a container's usage is the number of pages on its two lists.",
  (state) =>
    ofEach(state.containers, (c) => {
      if (!c || c.freed) return notMet;
      return c.usage === listed(c)
        ? metIf(c.usage > 0)
        : violated(`c${c.name} says ${c.usage}, its lists hold ${listed(c)}`);
    }),
);

const lastUnmapReleases = atRest(
  'LastUnmapReleases',
  'At rest a page that nobody maps is on no list, and every reference on a container is that of a mapped page.',
  (state) => {
    const wrong = state.containers.find((c) => c && !c.freed && c.refs !== listed(c));
    const unlisted = ofEach(state.pages, ({ mapcount }, p) => {
      if (mapcount > 0) return notMet;
      const [place] = placesOf(state, p);
      return place === undefined
        ? met
        : violated(`nobody maps p${p}, and c${state.containers[place]?.name} still lists it`);
    });
    return wrong && unlisted.violation === null
      ? violated(`c${wrong.name} has ${wrong.refs} references for ${listed(wrong)} pages`)
      : unlisted;
  },
);

/** Every task is told to die and does; then the controller must be as if nothing had ever been. */
function nothingLeaks(scope: Scope, rules: Rules): Claim<Watched> {
  const { moves, stepOf } = movesOf(scope);
  const steps = moves.map(stepOf).filter(({ operation }) => operation === null);

  function rundown(from: State): State {
    let state: State = {
      ...from,
      tasks: from.tasks.map((task) => ({ ...task, killed: task.container !== null })),
    };
    for (;;) {
      const step = steps.find((one) => guardOf(rules, state, one) === null);
      if (!step) return state;
      state = rules.effect(state, step, () => 0).state;
    }
  }

  return {
    kind: 'run',
    name: 'NothingLeaks',
    claim:
      'After every task exits, all usages are 0, all lists are empty, every container can be removed and no record is left.',
    judge({ machine }: Watched) {
      if (!isQuiescent(machine)) return notMet;
      const end = rundown(machine);
      const leaking = end.containers.find((c) => c && (c.usage !== 0 || c.refs !== 0 || listed(c) > 0));
      if (leaking) {
        return violated(
          `c${leaking.name} is left with usage ${leaking.usage}, ${listed(leaking)} pages, ${leaking.refs} references`,
        );
      }
      if (end.records.some((record) => record && !record.freed)) return violated('a record is never freed');
      return metIf(machine.pages.some(({ mapcount }) => mapcount > 0));
    },
  };
}

export const restClaims = (scope: Scope, rules: Rules): readonly Claim<Watched>[] => [
  ownedIffMapped,
  onOneListOnce,
  usageIsLruSize,
  lastUnmapReleases,
  nothingLeaks(scope, rules),
];
