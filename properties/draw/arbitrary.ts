// The bridge from a Schema to a fast-check arbitrary: what decodes can be generated, from one description. Covers what this project writes down.

import type * as Schema from '@effect/schema/Schema';
import fc from 'fast-check';

type Ast = Schema.Top['ast'];

/**
 * An arbitrary of the values that a schema accepts.
 * @throws RangeError for a kind of schema that the bridge does not know; it names the kind.
 */
export function arbitraryOf<A>(schema: { readonly ast: Ast; readonly Type: A }): fc.Arbitrary<A> {
  return fromAst(schema.ast) as fc.Arbitrary<A>;
}

function fromAst(ast: Ast): fc.Arbitrary<unknown> {
  switch (ast._tag) {
    case 'Literal':
      return fc.constant(ast.literal);
    case 'Null':
      return fc.constant(null);
    case 'Boolean':
      return fc.boolean();
    case 'String':
      return kept(ast, fc.string({ unit: 'grapheme', maxLength: 24 }));
    case 'Number':
      return numbers(ast);
    case 'Union':
      return fc.oneof(...ast.types.map(fromAst));
    case 'Arrays':
      return kept(ast, arrays(ast));
    case 'Objects':
      return kept(ast, objects(ast));
    default:
      throw new RangeError(`no arbitrary is known for a schema of kind ${ast._tag}`);
  }
}

/** The checks of a schema filter what was generated; numbers with bounds are generated within them instead. */
function kept(ast: Ast, arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const checks = filters(ast);
  if (checks.length === 0) return arbitrary;
  return arbitrary.filter((value) => checks.every((check) => passes(check.run(value, ast, {}))));
}

const passes = (issue: unknown): boolean => issue === undefined || issue === true;

interface Constraint {
  readonly number?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Check {
  readonly run: (value: unknown, ast: Ast, options: object) => unknown;
  readonly annotations?: { readonly arbitraryConstraint?: Constraint } | undefined;
}

function filters(ast: Ast): Check[] {
  const flat = (checks: readonly unknown[]): Check[] =>
    checks.flatMap((check) =>
      typeof check === 'object' && check !== null && 'checks' in check
        ? flat(check.checks as readonly unknown[])
        : [check as Check],
    );
  return flat(ast.checks ?? []);
}

function numbers(ast: Ast): fc.Arbitrary<unknown> {
  let [min, max, whole] = [-1_000_000, 1_000_000, false];
  for (const { annotations } of filters(ast)) {
    const limits = annotations?.arbitraryConstraint;
    if (limits?.number === 'integer') whole = true;
    min = limits?.minimum ?? min;
    max = limits?.maximum ?? max;
  }
  return kept(ast, whole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }));
}

function arrays(ast: Extract<Ast, { _tag: 'Arrays' }>): fc.Arbitrary<unknown> {
  const head = fc.tuple(...ast.elements.map(fromAst));
  const [rest] = ast.rest;
  if (!rest) return head;
  return fc.tuple(head, fc.array(fromAst(rest), { maxLength: 12 })).map(([a, b]) => [...a, ...b]);
}

function objects(ast: Extract<Ast, { _tag: 'Objects' }>): fc.Arbitrary<unknown> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  const requiredKeys: string[] = [];
  for (const { name, type } of ast.propertySignatures) {
    fields[String(name)] = fromAst(type);
    if (!type.context?.isOptional) requiredKeys.push(String(name));
  }
  return fc.record(fields, { requiredKeys });
}
