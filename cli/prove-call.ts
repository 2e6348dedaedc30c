// What prove does: proves each profile's claims, asks the checker about what is refuted, writes what was wished.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import type { ProfileName } from '../model/profile.ts';
import {
  type ClaimProof,
  conditionsFor,
  files,
  NoSolver,
  openSolver,
  type Proof,
  prove,
  type System,
} from '../proof/index.ts';
import { HOLDS, SKIPPED, UNKNOWN, UsageError, VIOLATED } from './command.ts';
import { saved, trySave } from './files.ts';
import { type ProveContext, systems as textsOf } from './prove.ts';
import { reachable } from './prove-reach.ts';
import { asItf, claimText, headText } from './prove-report.ts';

const ClaimSchema = Schema.Struct({
  name: Schema.String,
  verdict: Schema.Literals(['proved', 'refuted', 'unknown', 'not stated']),
  conditions: Schema.Number,
  seconds: Schema.Number,
  witness: Schema.Union([Schema.String, Schema.Null]),
});

/** What `prove --json` prints; of several profiles `{verdict, profiles: [...]}`. */
export const ProofSchema = Schema.Struct({
  verdict: Schema.Literals(['proved', 'refuted', 'unknown']),
  profile: Schema.String,
  seconds: Schema.Number,
  solver: Schema.String,
  conditions: Schema.Number,
  claims: Schema.Array(ClaimSchema),
});
export type ProofJson = typeof ProofSchema.Type;

export async function run(context: ProveContext): Promise<number> {
  const { flags, out } = context;
  const systems: (readonly [ProfileName, System[]])[] = [];
  for (const profile of flags.profile) systems.push([profile, await textsOf(profile)]);
  if (flags.save !== undefined) await trySave(flags.save);
  for (const [profile, texts] of systems) await emit(context, profile, texts);
  const solver = await openSolver().catch((error) => {
    if (error instanceof NoSolver) return error;
    throw error;
  });
  if (solver instanceof NoSolver) {
    out(`skipped: ${solver.message}\n`);
    return SKIPPED;
  }
  try {
    const ends = Date.now() + (flags.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
    const all: ProofJson[] = [];
    for (const [profile, texts] of systems) {
      const proof = await prove(profile, solver, {
        systems: texts,
        ...(flags.claims ? { claims: flags.claims } : {}),
        milliseconds: ends - Date.now(),
        signal: context.signal,
        progress: (done, of) => context.progress.report(done, 'conditions', of, profile),
      });
      all.push(await told(context, proof));
      if (context.signal.aborted) break;
    }
    const verdict =
      (['refuted', 'unknown'] as const).find((one) => all.some((proof) => proof.verdict === one)) ?? 'proved';
    if (flags.json) out(`${JSON.stringify(systems.length === 1 ? all[0] : { verdict, profiles: all })}\n`);
    return { proved: HOLDS, refuted: VIOLATED, unknown: UNKNOWN }[verdict];
  } finally {
    await solver.close();
  }
}

async function emit(
  { flags, err }: ProveContext,
  profile: ProfileName,
  systems: readonly System[],
): Promise<void> {
  if (flags.emit === undefined) return;
  const folder = join(flags.emit, profile);
  const conditions = conditionsFor(systems, flags.claims);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of files(conditions)) await writeFile(join(folder, name), text);
  } catch (error) {
    throw new UsageError(`--emit ${flags.emit} cannot be written: ${(error as Error).message}`);
  }
  err(`${conditions.length} conditions written to ${folder}\n`);
}

/** Says what was found, profile by profile; and gives it in the shape of the JSON. */
async function told(context: ProveContext, proof: Proof): Promise<ProofJson> {
  const { flags, out, style } = context;
  if (!flags.json) out(headText(proof, style));
  const claims: ProofJson['claims'][number][] = [];
  for (const claim of proof.claims) {
    const { name, verdict, conditions, seconds } = claim;
    const reach = claim.picture && !claim.known ? await reachable(claim.picture) : null;
    const picture = reach?.picture ?? claim.picture;
    const witness = reach ? `${picture?.title} breaks it; ${reach.where}` : claim.witness;
    const shown = { ...claim, witness, picture };
    if (!flags.json && (!flags.quiet || verdict !== 'proved')) out(claimText(shown, style));
    const file = saveStates(context, shown);
    if (file && !flags.json) out(`    look: npx firsttouch explorer --open ${file}\n`);
    claims.push({ name, verdict, conditions, seconds, witness });
  }
  const { verdict, profile, seconds, solver, conditions } = proof;
  return Schema.decodeUnknownSync(ProofSchema)({ verdict, profile, seconds, solver, conditions, claims });
}

function saveStates(context: ProveContext, { name, picture }: ClaimProof): string | null {
  const { save } = context.flags;
  if (save === undefined || picture === null) return null;
  return saved(context, () => asItf(save, name, picture));
}
