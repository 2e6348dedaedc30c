// From a file or a link to a trace. Whatever is wrong with it is said in one sentence, and nothing else happens.

import * as Schema from '@effect/schema/Schema';
import { type Move, profileNames, type Scope } from '../model/index.ts';
import { decodeLink, type Linked, type Turn } from '../properties/link.ts';
import { moveFromJson, ScopeSchema, scopeOf } from '../properties/move.ts';

/** What a loaded file says that its subject answered, move by move; a field that it does not say is left out. */
export interface Recorded {
  readonly subject: string;
  readonly about: readonly string[];
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly outcome?: string;
  readonly killed?: readonly number[];
  readonly reclaimed?: readonly number[];
}

export interface Opened {
  readonly linked: Linked;
  readonly recorded: Recorded | null;
}

export class OpenError extends Error {
  override name = 'OpenError';
}

/** The text after `#` of a link. */
export function openLink(hash: string): Opened {
  return { linked: decodeLink(hash), recorded: null };
}

const Line = Schema.Struct({
  move: Schema.Unknown,
  outcome: Schema.optionalKey(Schema.String),
  killed: Schema.optionalKey(Schema.Array(Schema.String)),
  reclaimed: Schema.optionalKey(Schema.Array(Schema.String)),
  choices: Schema.optionalKey(Schema.Unknown),
});

const File = Schema.Struct({
  profile: Schema.Literals(profileNames),
  scope: Schema.optionalKey(ScopeSchema),
  start: Schema.optionalKey(Schema.Literals(['nothing', 'root', 'shell'])),
  subject: Schema.optionalKey(Schema.String),
  why: Schema.optionalKey(Schema.String),
  breaks: Schema.optionalKey(Schema.Unknown),
  trace: Schema.Array(Line),
});

/** Files above this size are refused before they are parsed: 32 MiB. */
export const MOST_BYTES = 32 * 2 ** 20;

export function openText(text: string): Opened {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new OpenError(`the file is not JSON: ${(error as Error).message}`);
  }
  const decoded = Schema.decodeUnknownExit(File)(json);
  if (decoded._tag === 'Failure') {
    throw new OpenError(`the file is JSON, but no counterexample: ${String(decoded.cause).split('\n')[0]}`);
  }
  const { profile, start = 'nothing', subject, why, trace } = decoded.value;
  const turns = trace.map((line, i): Turn => ({ move: moveOf(line.move, i), decisions: [] }));
  const scope: Scope = decoded.value.scope ?? scopeOf(turns.map(({ move }) => move));
  return {
    linked: { profile, start, scope, turns },
    recorded: {
      subject: subject ?? 'the file',
      about: why ? [why] : [],
      answers: trace.map(({ outcome }) => (outcome === undefined ? {} : { outcome })),
    },
  };
}

function moveOf(json: unknown, at: number): Move {
  try {
    return moveFromJson(json);
  } catch (error) {
    throw new OpenError(`move ${at + 1} of the trace: ${(error as Error).message}`);
  }
}
