// What check says in words: the verdict with its bounds first, then the claims; or the counterexample.

import type { CheckResult, ClaimResult, StepResult } from '../properties/scopes/result.ts';
import type { Style } from './command.ts';
import { many, oneLine } from './printable.ts';
import type { Case } from './reporter.ts';

interface How {
  readonly brief: boolean;
  readonly style: Style;
  /** The command that searches again. */
  readonly again: string;
  /** Where each counterexample was saved. */
  readonly files: readonly (string | null)[];
}

export function resultText(result: CheckResult, how: How): string {
  const lines = [verdictLine(result, how.style)];
  if (result.unknown) lines.push(whyUnknown(result.unknown));
  if (!how.brief) lines.push(countsLine(result));
  if (result.twinDiffers !== undefined)
    lines.push(
      `a defect in firsttouch: the packed model disagreed with the readable model, so the readable one was searched: ${oneLine(result.twinDiffers)}`,
    );
  for (const [i, found] of foundIn(result).entries())
    lines.push('', ...counterexampleLines(result, found, how, how.files[i] ?? null));
  if (!how.brief) {
    lines.push(...claimLines(result.claims, how.style));
    lines.push(...reachedLines(result));
    lines.push(...knownLines(result.claims));
  }
  return `${lines.join('\n')}\n`;
}

/** What violates a claim: one trace, or with --keep-going one a claim. */
export const foundIn = ({
  counterexample,
  counterexamples,
}: CheckResult): readonly NonNullable<CheckResult['counterexample']>[] =>
  counterexamples ?? (counterexample ? [counterexample] : []);

function whyUnknown({ by, why, covered }: NonNullable<CheckResult['unknown']>): string {
  return by === 'claims' ? `${why}; looked at: ${covered}` : `cut off by ${by}: ${why}; ${covered}`;
}

function verdictLine(result: CheckResult, style: Style): string {
  const { verdict, states, orbits, depth, scope, nested, model, profile, impl } = result;
  const searched = `${many(states)} states${orbits === null ? '' : ` in ${many(orbits)} orbits`}, depth ${depth}`;
  const tree = nested ? ', nested' : '';
  const bounds = `${searched}, scope ${scope}${scope.includes('/') ? ' (containers/tasks/pages/limit)' : ''}${tree}, model ${model}, profile ${profile}`;
  const judged = impl === null ? '' : `, implementation ${impl} on every move of each`;
  if (verdict === 'violated') {
    return `${style(
      ['bold', 'red'],
      `violated: ${foundIn(result)
        .map(({ claim }) => claim)
        .join(', ')}`,
    )} after ${bounds}${judged}`;
  }
  if (verdict === 'unknown') return `${style('yellow', 'unknown')}, no violation so far: ${bounds}${judged}`;
  const asked = result.claims.length + result.reached.length > 0;
  return `${style('green', 'no violation')}: ${bounds}${judged}${asked ? '' : '; no claim was judged'}`;
}

function countsLine({
  transitions,
  refused,
  seconds,
  statesPerSecond,
  bytesPerState,
  diskBytes,
  workers,
}: CheckResult): string {
  const threads = workers === 1 ? '1 thread' : `${workers} threads`;
  return `${many(transitions)} transitions, ${many(refused)} moves refused; ${seconds.toFixed(2)} s on ${threads}, ${many(statesPerSecond)} states/s, ${bytesPerState} bytes a state${diskBytes === undefined ? '' : `, ${many(Math.ceil(diskBytes / 2 ** 20))} MiB on disk`}`;
}

/** Claim, witness, trace with `>` at the failing move, scope, the command that replays it, the command that searches again. */
function counterexampleLines(
  { scope, profile }: CheckResult,
  { claim, witness, trace, loop, onlyThisWay }: NonNullable<CheckResult['counterexample']>,
  { again }: How,
  file: string | null,
): string[] {
  const bounds = onlyThisWay
    ? 'the shortest path to the same specification state was not seen to fail: the implementation has hidden state, or did not start again; use --save, then shrink'
    : 'no shorter trace violates a claim here';
  return [
    `${claim}: ${witness}`,
    '',
    ...traceLines(trace, loop),
    '',
    `scope ${scope}, profile ${profile}; ${bounds}`,
    ...(file === null
      ? [
          'replay: --save DIR keeps the trace as a file; look: --json > FILE, then npx firsttouch explorer FILE',
        ]
      : [`replay: npx firsttouch replay ${file}`, `look: npx firsttouch explorer --open ${file}`]),
    `search again: ${again}`,
  ];
}

function traceLines(trace: readonly StepResult[], loop?: number): string[] {
  if (trace.length === 0) return ['> the initial state'];
  const texts = trace.map(({ move, choices, outcome }) => {
    const chosen = choices.length > 0 ? ` (${choices.join('; ')})` : '';
    return `${move.join(' ')}${chosen}${outcome === 'ok' ? '' : ` -> ${outcome}`}`;
  });
  const width = Math.min(Math.max(...texts.map((text) => text.length)), 44);
  const lines = trace.map(({ state }, i) => {
    const mark = loop === undefined ? i === trace.length - 1 : i >= loop;
    return `${mark ? '>' : ' '} ${String(i + 1).padStart(3)}  ${texts[i].padEnd(width)}  ${state}`.trimEnd();
  });
  if (loop === undefined) return lines;
  return [
    ...lines,
    loop === trace.length ? '  (and nothing more, for ever)' : '  (the steps with > repeat for ever)',
  ];
}

function claimLines(claims: readonly ClaimResult[], style: Style): string[] {
  if (claims.length === 0) return [];
  const width = Math.max(...claims.map(({ name }) => name.length));
  const lines = claims.map(({ name, verdict, checked, met, reason }) => {
    const color = ({ violated: 'red', holds: 'green' } as const)[verdict as 'holds'];
    const padded = verdict.padEnd(15);
    const counts = checked > 0 ? `${many(met).padStart(11)} of ${many(checked)}` : '';
    const why = reason ? `  ${reason}` : '';
    return `${name.padEnd(width)}  ${color ? style(color, padded) : padded} ${counts.padEnd(26)}${why}`.trimEnd();
  });
  return ['', `${'claim'.padEnd(width)}  ${'verdict'.padEnd(15)} ${'met'.padStart(11)} of looks`, ...lines];
}

function reachedLines({ reached, uncovered, claims }: CheckResult): string[] {
  const lines: string[] = [];
  const seen = reached.filter(({ count }) => count > 0);
  const missed = reached.filter(({ count }) => count === 0);
  if (seen.length > 0) {
    const texts = seen.map(({ name, moves }) => (moves === null ? name : `${name} (in ${moves} moves)`));
    lines.push('', `reached: ${texts.join(', ')}`);
  }
  if (missed.length > 0)
    lines.push(`never reached in this scope: ${missed.map(({ name }) => name).join(', ')}`);
  if (claims.length > 0 && uncovered.length > 0) lines.push(`never taken: ${uncovered.join(', ')}`);
  return lines;
}

/** What a profile breaks by design, with its shortest trace. */
function knownLines(claims: readonly ClaimResult[]): string[] {
  return claims
    .filter(({ verdict }) => verdict === 'known violation')
    .flatMap(({ name, reason, trace }) => [
      '',
      `known violation of ${name}: ${reason}`,
      ...traceLines(trace ?? []),
    ]);
}

/** A case a claim of a profile; and one for the whole search, which fails when the verdict is not that it holds. */
export function casesOf(result: CheckResult, how: How): Case[] {
  const { profile, scope, model, verdict, claims, unknown } = result;
  const cases = claims.map((row): Case => {
    const name = `${profile}: ${row.name}`;
    if (row.verdict === 'holds') return { name };
    const found = foundIn(result).find(({ claim }) => claim === row.name);
    if (row.verdict !== 'violated' && row.verdict !== 'unknown')
      return { name, skip: row.reason ? `${row.verdict}: ${row.reason}` : row.verdict };
    const text = found ? counterexampleLines(result, found, how, null).join('\n') : '';
    return { name, failure: { message: found?.witness ?? row.reason ?? row.verdict, text } };
  });
  const name = `${profile}: every state of scope ${scope}, model ${model}`;
  const message =
    unknown?.why ?? foundIn(result).map(({ claim, witness }) => `${claim}: ${witness}`)[0] ?? verdict;
  const whole: Case =
    verdict === 'holds' ? { name } : { name, failure: { message, text: resultText(result, how) } };
  return [...cases, whole];
}
