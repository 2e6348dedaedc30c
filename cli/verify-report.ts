// How a hunt's report and a counterexample are told, in words and as JSON. Success never says "correct".

import * as Schema from '@effect/schema/Schema';
import { ALIVE, type DomainReport, EQUALS_SPEC, type HuntReport, traceLines } from '../lockstep/index.ts';
import { profiles } from '../model/index.ts';
import { domainOf, type Rss } from '../properties/domain/index.ts';
import { ClaimSchema } from '../properties/scopes/result.ts';
import { placesOf, rulesBroken } from '../properties/trace/contract.ts';
import type { Counterexample } from '../properties/trace/counterexample.ts';
import type { Finding } from '../properties/trace/finding.ts';
import { moveToJson, scopeText } from '../properties/trace/move.ts';
import type { Style } from './command.ts';
import { withScope } from './examples.ts';
import { many } from './printable.ts';
import type { Case } from './reporter.ts';

const ReachedSchema = Schema.Struct({ name: Schema.String, count: Schema.Number, floor: Schema.Number });

export const FindingSchema = Schema.Struct({
  claim: Schema.String,
  witness: Schema.String,
  profile: Schema.String,
  scope: Schema.String,
  moves: Schema.Array(Schema.Array(Schema.Union([Schema.String, Schema.Number]))),
  file: Schema.Union([Schema.String, Schema.Null]),
  proof: Schema.String,
});

/** What `verify --json` prints. */
export const VerifySchema = Schema.Struct({
  verdict: Schema.Literals(['holds', 'violated', 'unknown']),
  seed: Schema.Number,
  profiles: Schema.Array(
    Schema.Struct({
      profile: Schema.String,
      impl: Schema.String,
      runs: Schema.Number,
      commands: Schema.Number,
      seconds: Schema.Number,
      claims: Schema.Array(ClaimSchema),
      reached: Schema.Array(ReachedSchema),
    }),
  ),
  counterexample: Schema.Union([FindingSchema, Schema.Null]),
  /** With --keep-going: each mistake once, the first of them the counterexample. */
  counterexamples: Schema.optionalKey(Schema.Array(FindingSchema)),
});
export type VerifyJson = typeof VerifySchema.Type;

export function jsonOf(
  report: HuntReport<Rss>,
  findings: readonly Finding[],
  keepGoing: boolean,
): VerifyJson {
  const counterexamples = findings.map(counterexampleOf);
  const { verdict, seed, domains } = report;
  return {
    verdict,
    seed,
    profiles: domains.map(({ domain: profile, ...rest }) => ({ profile, ...rest })),
    counterexample: counterexamples[0] ?? null,
    ...(keepGoing ? { counterexamples } : {}),
  };
}

const counterexampleOf = ({ example, witness, file, proof }: Finding): typeof FindingSchema.Type => ({
  claim: example.breaks,
  witness,
  profile: example.profile,
  scope: scopeText(example.scope),
  moves: example.moves.map(moveToJson),
  file,
  proof,
});

/** A line a profile, the claims that did not simply hold under it, and the sum. `findings`: the traces to be shown. */
export function reportText(
  report: HuntReport<Rss>,
  style: Style,
  quiet: boolean,
  findings: readonly Finding[] = [],
): string {
  const lines: string[] = [];
  if (!quiet) for (const one of report.domains) lines.push(...profileLines(one, report.cutOff, style));
  for (const { domain: profile, reason } of report.skipped)
    lines.push(`${style('bold', profile.padEnd(9))} ${style('yellow', 'skipped')}: ${reason}`);
  lines.push(lastLine(report, style, findings));
  return `${lines.join('\n')}\n`;
}

function profileLines(report: DomainReport<Rss>, isCut: boolean, style: Style): string[] {
  const { domain: profile, runs, commands, seconds, claims, reached } = report;
  const rate = `${many(commands / seconds)} a second`;
  const holds = claims.filter(({ verdict }) => verdict === 'holds').length;
  const low = reached.filter(({ count, floor }) => count < floor);
  const lines = [
    `${style('bold', profile.padEnd(9))} ${many(commands)} commands in ${many(runs)} runs, ${rate}`,
    `          ${holds} of ${claims.length} claims hold and were met; ${floorsText(report)}`,
  ];
  // What a run that a violation ended early did not come to see is no news.
  const isEnded = claims.some(({ verdict }) => verdict === 'violated');
  for (const { name, verdict, met, reason } of claims) {
    if (verdict === 'holds' || (isEnded && verdict === 'vacuous')) continue;
    const color = verdict === 'violated' ? 'red' : verdict === 'vacuous' ? 'yellow' : 'dim';
    lines.push(`          ${style(color, verdict)} ${name}${reason ? `: ${reason}` : ''} (met ${many(met)})`);
  }
  for (const { name, count, floor } of low) {
    lines.push(
      `          ${style('yellow', 'below its floor')} ${name}: seen ${count} times${isCut ? ' before the run was cut off' : ''}, at least ${floor} expected`,
    );
  }
  return lines;
}

/** A run that ends early, or that is short, has no floors to reach: then what it met is counted. */
function floorsText({ reached, commands }: DomainReport<Rss>): string {
  if (commands === 0) return 'not one command was judged';
  const floors = reached.filter(({ floor }) => floor > 0);
  const met = reached.filter(({ count }) => count > 0).length;
  if (floors.length === 0) return `${met} of ${reached.length} situations were met, no floor asked`;
  const fine = floors.filter(({ count, floor }) => count >= floor).length;
  const rest = reached.length - floors.length;
  return `${fine} of ${floors.length} situations reached their floor${rest === 0 ? '' : ` (${rest} have none in so few commands)`}`;
}

function lastLine(report: HuntReport<Rss>, style: Style, findings: readonly Finding[]): string {
  const { verdict, domains, seed, found, cutOff, unjudged } = report;
  const commands = many(domains.reduce((n, { commands }) => n + commands, 0));
  const names = domains.map(({ domain }) => domain).join(', ');
  const looked = `${commands} commands, ${domains.length === 1 ? 'profile' : 'profiles'} ${names}, seed ${seed}`;
  const broken = new Set(findings.map(({ example }) => example.breaks));
  const what = [...(broken.size > 0 ? broken : [found?.claim])].join(', ');
  const mistakes = findings.length > 1 ? `, ${findings.length} mistakes` : '';
  if (found) return `${style('red', `violated: ${what}`)}${mistakes}, after ${looked}`;
  if (verdict === 'holds') return style('green', `no violation: ${looked}`);
  const why = cutOff ? 'cut off' : (unjudged ?? 'a situation was met less often than its floor');
  return style('yellow', `unknown (${why}): no violation in ${looked}`);
}

/** Shrinking has left the claim that the run broke. */
const slipText = ({ breaks, moves }: Counterexample, file: string | null): string =>
  `note: this shortest trace breaks another claim than the run did (${breaks}); the shortest trace found for ${breaks} has ${moves.length} moves${file === null ? '' : `: ${file}`}`;

/** Where the contract says what a plain difference, or a move that is not built, is about; explain quotes it. */
function rulesText({ breaks, profile, moves, answers, why }: Counterexample): string[] {
  const isNotBuilt = breaks === ALIVE && answers.length === moves.length;
  if (breaks !== EQUALS_SPEC && !isNotBuilt) return [];
  return [
    `  the contract: ${placesOf(rulesBroken(profile, moves, breaks === ALIVE ? '' : why))} (explain quotes it)`,
  ];
}

/** Claim, witness, trace with `>` at the failing move, scope, the command that replays it, the command that searches again. */
export function failureText(found: Finding, style: Style): string {
  const { example, witness, file, proof, kept, impl, seed } = found;
  const { moves, answers, breaks, profile, scope } = example;
  const trace = traceLines(domainOf(profiles[profile]), { moves, answers }, (line) => style('red', line));
  const quoted = /^[\w./:-]+$/.test(impl) ? impl : `"${impl.replaceAll(/(["\\$`])/g, '\\$1')}"`;
  return [
    '',
    `${style('bold', breaks)} is violated in profile ${profile}`,
    `  ${witness}`,
    '',
    ...(moves.length > 0 ? [...trace, '', `  ${withScope(proof, scope)}`] : [`  ${proof}`]),
    ...(kept === null ? [] : [`  ${slipText(kept.example, kept.file)}`]),
    ...(file === null
      ? []
      : [
          ...rulesText(example),
          `  saved as ${file}`,
          `  replay:       npx firsttouch replay ${file}`,
          `  look:         npx firsttouch explorer --open ${file}`,
        ]),
    `  search again: npx firsttouch verify --impl ${quoted} --profile ${profile} --seed ${seed}`,
    '',
  ].join('\n');
}

/** A case a claim of each profile; one for the run, which fails when the verdict is not that it holds; and one for each further mistake. */
export function casesOf(report: HuntReport<Rss>, [found, ...others]: readonly Finding[]): Case[] {
  const plain: Style = (_format, text) => text;
  const cases = report.domains.flatMap(({ domain, claims }) =>
    claims.map(({ name, verdict, reason }): Case => {
      const full = `${domain}: ${name}`;
      if (verdict === 'holds') return { name: full };
      if (verdict === 'unknown') return { name: full, failure: { message: reason ?? verdict, text: '' } };
      if (verdict !== 'violated') return { name: full, skip: reason ? `${verdict}: ${reason}` : verdict };
      return { name: full, failure: { message: verdict, text: '' } };
    }),
  );
  const skipped = report.skipped.map(({ domain, reason }) => ({ name: domain, skip: reason }));
  const whole = { name: `seed ${report.seed}, the whole run` };
  const text = found ? failureText(found, plain) : reportText(report, plain, false);
  const message = found ? `${found.example.breaks} is violated: ${found.witness}` : report.verdict;
  const last: Case = report.verdict === 'holds' ? whole : { ...whole, failure: { message, text } };
  const further = others.map((one): Case => {
    const { breaks, profile, mistake } = one.example;
    const failure = { message: `${breaks} is violated: ${one.witness}`, text: failureText(one, plain) };
    return { name: `${profile}: ${mistake}`, failure };
  });
  return [...cases, ...skipped, last, ...further];
}
