// Decodes what a flag was given, each by a Schema. Loaded only when such a flag is written.

import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import * as Schema from '@effect/schema/Schema';
import { type Range, UsageError } from './command.ts';

export const Digits = Schema.String.check(Schema.isPattern(/^[0-9]+$/));
const Decimal = Schema.String.check(Schema.isPattern(/^[0-9]+(\.[0-9]+)?$/));

export function wholeNumber(text: string, name: string, unit: string, range: Range): number {
  const schema = Digits.pipe(
    Schema.decodeTo(Schema.FiniteFromString),
    Schema.check(Schema.isInt(), Schema.isBetween(range)),
  );
  const { minimum, maximum } = range;
  return decoded(
    schema,
    text,
    `--${name} ${text}: it takes a whole number${unit ? ` (${unit})` : ''} from ${minimum} to ${maximum}`,
  );
}

export function positiveNumber(text: string, name: string, unit: string): number {
  const schema = Decimal.pipe(
    Schema.decodeTo(Schema.FiniteFromString),
    Schema.check(Schema.isGreaterThan(0)),
  );
  return decoded(schema, text, `--${name} ${text}: it takes a number above 0 (${unit}), such as 1 or 0.5`);
}

const Count = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65535 }));
const Scope = Schema.Tuple([Count, Count, Count, Count]);

export function scope(text: string, name: string) {
  const legal = `--${name} ${text}: it takes C/T/P/L, four whole numbers up to 65535, such as 2/2/2/2`;
  if (!/^[0-9]+(\/[0-9]+){3}$/.test(text)) throw new UsageError(legal);
  const [containers, tasks, pages, limit] = decoded(Scope, text.split('/'), legal);
  if (containers < 1 || tasks < 1 || pages < 1) {
    throw new UsageError(`--${name} ${text}: a world has at least one container, one task and one page`);
  }
  return { containers, tasks, pages, limit };
}

/** Decodes, or says in one line of ours what would have been legal. */
export function decoded<S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  input: unknown,
  otherwise: string,
): S['Type'] {
  const result = Schema.decodeUnknownExit(schema)(input);
  if (result._tag === 'Failure') throw new UsageError(otherwise);
  return result.value;
}

/** A program of that name can be run. */
export async function isOnPath(program: string): Promise<boolean> {
  if (program === '') return false;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch {}
  }
  return false;
}
