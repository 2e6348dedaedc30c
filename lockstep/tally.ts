// What judges count, as sums: tallies of runs anywhere are merged in any order.

/** How often a claim was asked, its antecedent held, it was broken by design of the profile, and broken. Sums, so that order is nothing. */
export interface Count {
  checked: number;
  met: number;
  known: number;
  violated: number;
}

/** Everything that a judge counts; plain data, so that it crosses threads and machines. */
export interface Tally {
  readonly runs: number;
  readonly commands: number;
  readonly claims: Readonly<Record<string, Count>>;
  readonly reached: Readonly<Record<string, number>>;
}

export const noTally: Tally = { runs: 0, commands: 0, claims: {}, reached: {} };

export function merge(a: Tally, b: Tally): Tally {
  const claims: Record<string, Count> = { ...a.claims };
  for (const [name, y] of Object.entries(b.claims)) {
    const x = claims[name];
    claims[name] = x
      ? {
          checked: x.checked + y.checked,
          met: x.met + y.met,
          known: x.known + y.known,
          violated: x.violated + y.violated,
        }
      : y;
  }
  const reached: Record<string, number> = { ...a.reached };
  for (const [name, n] of Object.entries(b.reached)) reached[name] = (reached[name] ?? 0) + n;
  return { runs: a.runs + b.runs, commands: a.commands + b.commands, claims, reached };
}
