// What `firsttouch prove` showed of each claim, for any number of tasks, pages and containers: docs/proof.json, which bench/proof.ts writes.

import { readFileSync } from 'node:fs';
import * as Schema from '@effect/schema/Schema';

const Verdict = Schema.Literals(['proved', 'refuted', 'unknown', 'not stated']);

export const RecordSchema = Schema.Struct({
  /** By profile, then by claim. */
  profiles: Schema.Record(Schema.String, Schema.Record(Schema.String, Verdict)),
  /** Each conjunct of the invariant, and the first condition that fails without it; null: it stands for its own sake. */
  needed: Schema.Array(
    Schema.Struct({
      claim: Schema.String,
      conjunct: Schema.String,
      fails: Schema.Union([Schema.String, Schema.Null]),
    }),
  ),
});
export type ProofRecord = typeof RecordSchema.Type;

export const recorded = (): ProofRecord =>
  Schema.decodeUnknownSync(RecordSchema)(
    JSON.parse(readFileSync(new URL('../../docs/proof.json', import.meta.url), 'utf8')),
  );

const { profiles } = recorded();

/** Where a claim is proved, for a table: `yes` in every profile, or in which, or `no`. */
export function provedWhere(name: string): string {
  const all = Object.keys(profiles);
  const where = all.filter((profile) => profiles[profile][name] === 'proved');
  if (where.length === all.length) return 'yes';
  return where.length === 0 ? 'no' : where.join(', ');
}
