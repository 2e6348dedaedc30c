// The answer of `check --json` or `verify --json` as something to look at: its counterexample, or the shortest trace of a known violation.

import * as Schema from '@effect/schema/Schema';
import { type Move, profileNames, type Scope } from '../model/index.ts';
import { ClaimSchema, CheckSchema as Whole } from '../properties/scopes/result.ts';
import type { Decision } from '../properties/trace/decide.ts';
import { moveFromJson, scopeFromText } from '../properties/trace/move.ts';
import { OpenError, type Opened } from './opened.ts';

const MoveSchema = Schema.Array(Schema.Union([Schema.String, Schema.Number]));

/** What is read of the answer of check; files of before have less than all of it. */
const { model, impl, profile, scope, counterexample } = Whole.fields;
const { name, verdict, trace } = ClaimSchema.fields;
const claims = Schema.Array(Schema.Struct({ name, verdict, trace }));
const CheckSchema = Schema.Struct({ model, impl, profile, scope, claims, counterexample });
type Check = typeof CheckSchema.Type;

const VerifySchema = Schema.Struct({
  seed: Schema.Number,
  counterexample: Schema.NullOr(
    Schema.Struct({
      claim: Schema.String,
      witness: Schema.String,
      profile: Schema.Literals(profileNames),
      scope: Schema.String,
      moves: Schema.Array(MoveSchema),
    }),
  ),
});

/** What `--json` printed has a verdict, and no format of its own. */
export const isReport = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'verdict' in json && !('format' in json);

export function openReport(json: unknown, name: string): Opened {
  const check = Schema.decodeUnknownExit(CheckSchema)(json);
  if (check._tag === 'Success') return openCheck(check.value, name);
  const verify = Schema.decodeUnknownExit(VerifySchema)(json);
  if (verify._tag === 'Success') {
    const { counterexample, seed } = verify.value;
    if (!counterexample)
      throw new OpenError(`${name} is a report of verify, seed ${seed}, without a counterexample`);
    const { claim, witness, profile, scope, moves } = counterexample;
    const turns = moves.map((move, i) => ({ move: moveOf(move, i, name), decisions: [] }));
    return {
      kind: 'trace',
      linked: { profile, start: 'nothing', scope: scopeFrom(scope, name), turns },
      recorded: { subject: 'the implementation', about: [`it breaks ${claim}: ${witness}`], answers: [] },
    };
  }
  throw new OpenError(
    `${name} has a verdict, but is neither what check --json nor what verify --json prints for one profile`,
  );
}

/** A counterexample, else the trace of what the profile breaks by design. */
function openCheck({ model, impl, profile, scope, claims, counterexample }: Check, name: string): Opened {
  const known = claims.find(({ trace }) => trace && trace.length > 0);
  const trace = counterexample?.trace ?? known?.trace;
  if (!trace)
    throw new OpenError(
      `${name} is a report of check in which nothing is violated: there is no trace to open`,
    );
  const what = counterexample
    ? `${counterexample.claim}: ${counterexample.witness}`
    : `known violation of ${known?.name} under ${profile}`;
  const subject = impl ?? `${model}, as the checker saw it`;
  if (model === 'protocol') {
    const nodes = [
      { label: 'the beginning', depth: 0 },
      ...trace.map(({ state }, i) => ({ label: state, depth: i + 1 })),
    ];
    const edges = trace.map(({ move, outcome }, i) => ({
      from: i,
      to: i + 1,
      moves: [`${move.join(' ')}: ${outcome}`],
    }));
    return { kind: 'foreign', graph: { name: `protocol, ${what}`, nodes, edges } };
  }
  // Beside an implementation runs the LRU spec, which decides for itself: then they are seen to part.
  const byHand = model === 'contract' && impl === null;
  const turns = trace.map(({ move, choices }, i) => ({
    move: moveOf(move, i, name),
    decisions: byHand ? choices.map(decisionOf) : [],
  }));
  return {
    kind: 'trace',
    linked: { profile, start: 'nothing', scope: scopeFrom(scope, name), turns },
    recorded: { subject, about: [what], answers: trace.map(({ outcome }) => ({ outcome })) },
  };
}

/** `reclaim p0 p2`, `kill t1`, and `reclaim p none` where a scan may give up: as the checker labels its choices. */
function decisionOf(text: string): Decision {
  if (text.endsWith(' none')) return [];
  const ids = [...text.matchAll(/[pt](\d+)/g)].map(([, id]) => Number(id));
  return ids.length > 0 ? ids : null;
}

const moveOf = (move: readonly (string | number)[], at: number, name: string): Move =>
  told(`${name}: move ${at + 1}`, () => moveFromJson(move));

const scopeFrom = (text: string, name: string): Scope => told(name, () => scopeFromText(text));

function told<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OpenError(`${place}: ${(error as Error).message}`);
  }
}
