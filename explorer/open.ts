// From a file or a link to something to look at. Whatever is wrong with it is said in one sentence, and nothing else happens.

import { type ProfileName, profileNames } from '../model/index.ts';
import { KERNEL_FORMAT } from '../properties/subjects/linux/recording.ts';
import {
  BadCounterexample,
  type Counterexample,
  parseCounterexample,
} from '../properties/trace/counterexample.ts';
import type { Decisions } from '../properties/trace/decide.ts';
import { begin, decodeLink, type Turn } from '../properties/trace/link.ts';
import { parseScript, ScriptError } from '../shell/script.ts';
import { isItf, openItf } from './itf.ts';
import { openKernelRun } from './kernel.ts';
import { OpenError, type Opened } from './opened.ts';
import { isReport, openReport } from './report.ts';
import { told } from './told.ts';

/** Files above this size are refused before they are parsed: 32 MiB. */
const MOST_BYTES = 32 * 2 ** 20;

/** Why a file of so many bytes is not opened; null: it may be. */
export const tooLarge = (name: string, bytes: number): string | null =>
  bytes > MOST_BYTES ? `${name} has ${bytes} bytes, more than the 32 MiB that this page reads` : null;

/** Why a file would not be opened; null: it would. */
export function whyNotOpened(text: string, name: string): string | null {
  try {
    openText(text, name);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The text after `#` of a link. */
export const openLink = (hash: string): Opened => ({
  kind: 'trace',
  linked: decodeLink(hash),
  recorded: null,
});

/** A counterexample, a recorded kernel run, a report of check or verify, an ITF trace or graph, a link, or a shell script or transcript. */
export function openText(text: string, name: string): Opened {
  const start = text.trimStart();
  if (start === '') throw new OpenError(`${name} is empty`);
  if (start.startsWith('{') || start.startsWith('[')) return openJson(text, name);
  const link = /^\S*#([A-Za-z0-9_.!~*'()%-]+)\s*$/.exec(start);
  if (link) return openLink(link[1]);
  return openScript(text, name);
}

function openJson(text: string, name: string): Opened {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new OpenError(`${name} is damaged JSON: ${(error as Error).message}`);
  }
  if (isItf(json)) return openItf(json, name);
  if (isReport(json)) return openReport(json, name);
  const { format } = json as { format?: unknown };
  if (format === KERNEL_FORMAT) return openKernelRun(text, name);
  if (typeof format === 'string') {
    throw new OpenError(
      `${name} is a "${format.slice(0, 40)}", which holds no trace of the model: this page does not open it`,
    );
  }
  try {
    return openCounterexample(parseCounterexample(text, name));
  } catch (error) {
    if (error instanceof BadCounterexample) throw new OpenError(error.message);
    throw error;
  }
}

function openScript(text: string, name: string): Opened {
  try {
    const script = parseScript(text);
    const profile = script.profile?.name ?? 'letter';
    if (!isProfile(profile)) {
      throw new OpenError(`${name}: no profile is called ${profile}; there are: ${profileNames.join(', ')}`);
    }
    return { kind: 'script', script, profile };
  } catch (error) {
    if (error instanceof ScriptError) {
      throw new OpenError(
        `${name} is no counterexample (that is JSON), and no shell script either: line ${error.line}: ${error.message}`,
      );
    }
    throw error;
  }
}

const isProfile = (name: string): name is ProfileName => (profileNames as readonly string[]).includes(name);

function openCounterexample(example: Counterexample): Opened {
  const { profile, scope, moves, answers, subject, breaks, why, missed, mistake, shown } = example;
  const world = { profile, scope, start: 'nothing' } as const;
  const byHand = subject === 'contract' ? decisionsOf(example) : null;
  const turns = moves.map((move, i): Turn => ({ move, decisions: byHand?.[i] ?? [] }));
  return {
    kind: 'trace',
    linked: { ...world, turns },
    recorded: {
      subject,
      about: [`${mistake} breaks ${breaks}`, `why: ${why}`, `why it was missed: ${missed}`],
      answers,
      ...(shown ? { shown } : {}),
    },
  };
}

/** A trace of the contract tells its choices by what was reclaimed and whom it killed. */
function decisionsOf({ profile, scope, moves, answers }: Counterexample): Decisions[] {
  let state = begin({ profile, scope, start: 'nothing' });
  return moves.map((move, i) => {
    const played = told(state, move, answers[i]);
    state = played.state;
    return played.decisions;
  });
}
