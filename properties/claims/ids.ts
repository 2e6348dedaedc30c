// What a claim may be called by whoever asks for it: every id and name, and which command judges it.

import { claims } from './index.ts';
import { letter } from './letter.ts';

/** A claim as it may be asked for: by its name, or by an id that stands for one name or several. */
export interface Asked {
  readonly name: string;
  readonly id?: string;
}

const PROTOCOL = 'check --model protocol';

/** Claims that no single observer can judge between moves. */
const others: readonly (Asked & { readonly where: string })[] = [
  { id: 'T1', name: 'ChargeTerminates', where: `check --model contract or lru, and ${PROTOCOL}` },
  { id: 'C1', name: 'UsageIsLruSizePlusInFlight', where: PROTOCOL },
  { id: 'C2', name: 'ReleasedExactlyOnce', where: PROTOCOL },
  { id: 'C3', name: 'NoStaleOwner', where: PROTOCOL },
  { id: 'C4', name: 'ContainerOutlivesReferences', where: PROTOCOL },
  { id: 'C5', name: 'Linearizable', where: `${PROTOCOL}, and stress` },
];

/** Every claim by the name that reports use, with its id. */
export const named: readonly Asked[] = [
  ...claims.map(({ id, name }) => ({ id, name })),
  ...others.filter(({ name }) => claims.every((claim) => claim.name !== name)),
];

/** The names that an id stands for: of the letter's claims, those that check it. Null: it is no id. */
export function namesOf(id: string): readonly string[] | null {
  const one = named.find((claim) => claim.id === id);
  if (one) return [one.name];
  const stated = letter.find((claim) => claim.id === id);
  if (!stated) return null;
  return stated.checkedBy.length > 0 ? stated.checkedBy : [id];
}

/** Where a claim is judged that the command at hand does not judge. */
export function whereJudged(name: string): string {
  const other = others.find((claim) => claim.name === name);
  if (other) return other.where;
  const claim = claims.find((one) => one.name === name);
  if (!claim)
    return letter.some(({ id }) => id === name) ? 'the transcripts of the shell (npm test cases)' : 'check';
  return claim.needs.includes('order')
    ? 'verify and check --model lru'
    : 'verify and check --model contract or lru';
}
