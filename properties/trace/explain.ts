// The story of a trace: what there is after each move, the first step at which subject and specification part, the rule and the passage of the letter.

import { Hangs, within } from '../../checker/guard.ts';
import {
  ALIVE,
  deathIn,
  EQUALS_SPEC,
  LEGAL_CHOICE,
  messageOf,
  NotAlive,
  type Patience,
  STRUCTURE,
} from '../../lockstep/index.ts';
import { type Move, profiles } from '../../model/index.ts';
import type { Claim } from '../claims/claim.ts';
import { falseClaims } from '../claims/false.ts';
import { claims } from '../claims/index.ts';
import { letter } from '../claims/letter.ts';
import type { Violation } from '../domain/kinds.ts';
import { openOutside, openSubject } from '../subjects/implementation.ts';
import { isOutside } from '../subjects/known.ts';
import { kernelClaims } from '../subjects/linux/claims.ts';
import { observe, Specification } from '../subjects/subject.ts';
import { type Answer, answersDiffer } from '../view/answer.ts';
import { linesApart, pictureOf } from '../view/picture.ts';
import { difference as differenceOfViews, type Observed, type Size, View } from '../view/view.ts';
import { anotherPolicy, quoted, rulesBroken } from './contract.ts';
import type { Counterexample } from './counterexample.ts';
import { moveText, scopeText } from './move.ts';
import { isFalse, replay, sizeOf } from './replay.ts';

/** One step of a story; where both sides agree there is only one. */
export interface Chapter {
  readonly move: Move;
  readonly answer: string;
  readonly picture: readonly string[];
  /** What the specification answers and shows, where that is something else. */
  readonly specification: { readonly answer: string; readonly picture: readonly string[] } | null;
  /** The first difference, in words; '' where there is none, or no answer. */
  readonly difference: string;
}

export interface Story {
  readonly chapters: readonly Chapter[];
  readonly violation: Violation | null;
  readonly surprise: string | null;
}

/** Runs a counterexample on its subject and tells it. @throws Unavailable */
export async function storyOf(
  example: Counterexample,
  impl = example.subject,
  waiting: Patience = {},
): Promise<Story> {
  const { violation, surprise } = await replay(example, impl, waiting);
  const moves = violation ? violation.moves : example.moves;
  return { chapters: await chaptersOf(example, impl, moves, waiting), violation, surprise };
}

/** Makes the move and fills the view; a text is why there is no answer. */
type Ask = (move: Move, view: View) => Promise<Answer | string> | Answer | string;

async function chaptersOf(
  example: Counterexample,
  impl: string,
  moves: readonly Move[],
  waiting: Patience,
): Promise<Chapter[]> {
  const size = sizeOf(example.scope);
  if (isOutside(impl)) {
    const scope = { ...example.scope, ...size };
    const subject = await openOutside(impl, example.profile, scope, waiting).catch(deathIn);
    // There is no story of one that does not begin: what it breaks is told.
    if (subject instanceof NotAlive) return [];
    try {
      const death = await subject.reset(size).catch(deathIn);
      if (death) return [];
      return await told(example, moves, size, subject.observed, (move, view) =>
        subject.apply(move, view).catch(instead),
      );
    } finally {
      await subject.close();
    }
  }
  const subject = await openSubject(impl, example.profile, size);
  return told(example, moves, size, subject.observed, (move, view) => {
    try {
      return within(2000, () => observe(subject, move, view));
    } catch (error) {
      return error instanceof Hangs ? 'no answer: it does not come back' : messageOf(error);
    }
  });
}

/** What came instead of an answer, in a word where there is one. */
const instead = (error: unknown): string =>
  error instanceof NotAlive && error.answer !== undefined
    ? answerText(error.answer as Answer)
    : messageOf(error);

async function told(
  example: Counterexample,
  moves: readonly Move[],
  size: Size,
  observed: Observed,
  ask: Ask,
): Promise<Chapter[]> {
  const spec = new Specification(profiles[example.profile]);
  const chapters: Chapter[] = [];
  for (const move of moves) {
    const view = new View(size);
    const answer = await ask(move, view);
    const expected = spec.apply(move);
    const expectedView = new View(size);
    spec.look(expectedView);
    const mine = typeof answer === 'string' ? answer : answerText(answer);
    const picture = typeof answer === 'string' ? [] : pictureOf(view);
    const theirs = { answer: answerText(expected), picture: pictureOf(expectedView) };
    const agree = mine === theirs.answer && picture.join('\n') === theirs.picture.join('\n');
    const difference =
      typeof answer === 'string' || agree
        ? ''
        : (answersDiffer(answer, expected, observed) ??
          differenceOfViews(view, expectedView, observed) ??
          '');
    chapters.push({ move, answer: mine, picture, specification: agree ? null : theirs, difference });
    if (typeof answer === 'string') break;
  }
  return chapters;
}

function answerText({ outcome, killed, reclaimed }: Answer): string {
  const kills = killed.map((t) => `, killed t${t}`);
  const taken = reclaimed.length > 0 ? [`, reclaimed ${reclaimed.map((p) => `p${p}`).join(' ')}`] : [];
  return [outcome, ...kills, ...taken].join('');
}

/** Claims that are no claims about views, in words. */
const others: Readonly<Record<string, string>> = {
  [EQUALS_SPEC]: 'The controller answers every move as the specification does, and looks the same after it.',
  [LEGAL_CHOICE]: "Whatever the controller did was one of the contract's legal choices.",
  [ALIVE]: 'The controller answers every move.',
  [STRUCTURE]: 'The controller keeps its own structure in order.',
  ...kernelClaims,
};

/** The rule that is broken, with its id, and the passages of the letter behind it. */
export function ruleText(name: string, move: Move | undefined): string[] {
  const claim: Claim | undefined = [...claims, ...falseClaims].find((one) => one.name === name);
  const head = claim ? `${claim.id} ${claim.name}: ${claim.claim}` : `${name}: ${others[name] ?? ''}`;
  // A plain difference names no claim: the passages are those behind the rule of the move.
  const passages = letter.filter(({ id, rule }) =>
    claim ? claim.letter.includes(id) : id.startsWith('L') && rulesOf(move?.[0]).includes(rule),
  );
  return [head, ...passages.map(({ id, text }) => `  ${id} ${text}`)];
}

function rulesOf(name: string | undefined): readonly string[] {
  switch (name) {
    case 'touch':
    case 'copy':
      return ['touch', 'charge'];
    case 'exit':
    case 'unmap':
    case 'evict':
      return ['unmapPage'];
    case 'rmdir':
    case 'move':
    case 'fork':
      return ['rmdir'];
    default:
      return ['usage'];
  }
}

/** What the contract says of the difference that the last move shows, or of a move that has no answer. */
function contractText({ profile }: Counterexample, { chapters, violation }: Story): string[] {
  const last = chapters.at(-1);
  if (!violation || !last?.specification) return [];
  if (violation.claim === LEGAL_CHOICE) return [`  ${quoted(anotherPolicy())}`];
  return rulesBroken(profile, violation.moves, last.difference).map((rule) => `  ${quoted(rule)}`);
}

/** Colors what is wrong, and what is not, where that is wanted. */
type Paint = (color: 'red' | 'green', text: string) => string;

/** The whole story as text. */
export function storyText(
  example: Counterexample,
  { chapters, violation, surprise }: Story,
  paint: Paint = (_color, text) => text,
): string {
  const { mistake, subject, profile, scope, why, missed, found } = example;
  const parting = chapters.findIndex(({ specification }) => specification !== null);
  const lines = [`${mistake}: ${subject}, profile ${profile}, scope ${scopeText(scope)}`, ''];
  chapters.forEach((chapter, i) => {
    const failing = violation !== null && i === chapters.length - 1;
    const [head, ...rest] = chapterText(chapter, i, failing, subject);
    lines.push(failing ? paint('red', head) : head, ...rest);
    if (i === parting) lines.push('   ^ here they part for the first time');
    lines.push('');
  });
  if (violation) {
    const rule = ruleText(violation.claim, violation.moves.at(-1));
    const heading = isFalse(example) ? 'Does not hold' : 'Broken';
    lines.push(
      paint('red', `${heading}: ${rule[0]}`),
      ...contractText(example, { chapters, violation, surprise }),
      ...rule.slice(1),
      `Witness: ${violation.witness}`,
    );
  } else lines.push(paint('green', `Nothing is broken: both sides agree on all ${chapters.length} moves.`));
  if (parting < 0 && example.shown) lines.push(...keptText(example, chapters));
  if (surprise) lines.push(paint('red', `Not as the file expects: ${surprise}`));
  lines.push(`Why: ${why}`, `Missed before: ${missed}`, `Found: ${found}`);
  return `${lines.join('\n')}\n`;
}

function chapterText(chapter: Chapter, i: number, failing: boolean, subject: string): string[] {
  const { move, answer, picture, specification } = chapter;
  const head = `${failing ? '>' : ' '} ${i + 1}. ${moveText(move)}: ${answer}`;
  if (!specification) return [head, ...marked(picture)];
  // Where there was no answer nothing was seen that could differ.
  const apart = picture.length > 0 ? linesApart(picture, specification.picture) : { mine: [], theirs: [] };
  return [
    head,
    `     ${subject}:`,
    ...marked(picture, apart.mine),
    `     the specification: ${specification.answer}`,
    ...marked(specification.picture, apart.theirs),
  ];
}

/** Lines of a picture, with a sign before those that the other has not. */
const marked = (lines: readonly string[], apart: readonly boolean[] = []): string[] =>
  lines.map((line, i) => `   ${apart[i] ? '≠' : ' '} ${line}`);

/** What the subject showed when it failed, which it does not show now. */
function keptText({ subject, shown = [] }: Counterexample, chapters: readonly Chapter[]): string[] {
  const last = chapters.at(-1)?.picture ?? [];
  const apart = linesApart(shown, last);
  if (!apart.mine.includes(true) && !apart.theirs.includes(true)) return [];
  return [
    `When it was found, ${subject} showed after the last move:`,
    ...marked(shown, apart.mine),
    '     and the specification:',
    ...marked(last, apart.theirs),
  ];
}
