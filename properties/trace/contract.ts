// docs/contract.md as data: its rules by section and name; and those that a difference from the specification is about.

import { readFileSync } from 'node:fs';
import {
  initial,
  lru,
  type Move,
  ownerOf,
  type Profile,
  profiles,
  type State,
  step,
} from '../../model/index.ts';

/** One rule of the page: its section's heading, the words by which it is known there, and its text without marks. */
export interface Rule {
  readonly section: string;
  readonly name: string;
  readonly text: string;
}

const plain = (markdown: string): string => markdown.replaceAll(/[*`]/g, '').replaceAll(/\s*\n\s*/g, ' ');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const pageFile = new URL('../../docs/contract.md', import.meta.url);

/** The moves out of their table, and what begins with words in bold. The same words init writes into its programs. */
export function rulesOf(page: string): Rule[] {
  const rules: Rule[] = [];
  for (const part of page.split(/^## /m).slice(1)) {
    const section = part.slice(0, part.indexOf('\n'));
    for (const [, name, what, errors] of part.matchAll(/^\| `(\w+)\([^|]*\| ([^|]*) \| ([^|]*) \|$/gm)) {
      const refused = errors === 'none' ? '' : ` Answers besides ok, in this order: ${plain(errors)}.`;
      rules.push({ section, name, text: `${capital(plain(what))}.${refused}` });
    }
    const [kill] = /kill the member that .*$/m.exec(part) ?? [];
    if (kill) rules.push({ section, name: 'the victim', text: capital(kill) });
    for (const [, text, name] of part.matchAll(/^(?:- )?(\*\*(.+?)\*\*[\s\S]*?)\n(?=\n|- |```)/gm))
      rules.push({ section, name: plain(name), text: plain(text).replace(/:$/, '.') });
  }
  return rules;
}

let known: readonly Rule[] | undefined;

/** @throws Error if the page has it not */
function rule(section: string, name: string): Rule {
  known ??= rulesOf(readFileSync(pageFile, 'utf8'));
  const found = known.find((one) => one.section === section && one.name === name);
  if (!found) throw new Error(`docs/contract.md has no rule ${section}: ${name}`);
  return found;
}

const row = ([name]: Move): Rule => rule('The moves', name);
const ofCharge = (name: string) => rule('A charge', name);
const ofLists = (name: string) => rule('The two lists', name);
const ofProfile = (name: string) => rule('Profiles', name);

/** What can differ, as `view.ts` and `answer.ts` say it. */
const topics = {
  outcome: /^the outcome is /,
  killed: /^killed is /,
  reclaimed: /^reclaimed is /,
  list: /^(active|inactive) list of |^referenced bit of /,
  usage: /^usage of /,
  failcnt: /^failcnt of /,
  reclaims: /^reclaims of /,
  limit: /^limit of /,
  owner: /^owner of /,
  mapping: /'s mapping of |^mapcount of |'s lock on /,
  there: /^(c\d+|root) is |^parent of |^container of /,
} as const;
export type Topic = keyof typeof topics;

export const topicOf = (difference: string): Topic | null =>
  (Object.keys(topics) as Topic[]).find((topic) => topics[topic].test(difference)) ?? null;

/** What the specification did in the last move of a trace, and in which situation. */
interface Scene {
  readonly move: Move;
  readonly profile: Profile;
  readonly before: State;
  readonly outcome: string;
  readonly kills: boolean;
  readonly reclaims: boolean;
}

/** The rules of the contract that such a difference after the last of the moves is about; the rule of the move is among them. */
export function rulesBroken(
  profile: keyof typeof profiles,
  moves: readonly Move[],
  difference: string,
): Rule[] {
  const topic = topicOf(difference);
  const move = moves.at(-1);
  if (!move) return [];
  let before = initial(profiles[profile]);
  for (const earlier of moves.slice(0, -1)) before = step(before, earlier, lru).state;
  const { outcome, killed, reclaimed } = step(before, move, lru);
  const [kills, reclaims] = [killed.length > 0, reclaimed.length > 0];
  const scene = { move, profile: profiles[profile], before, outcome, kills, reclaims };
  const rules = topic === null ? [row(move)] : about(topic, scene, difference);
  return [...new Set(rules)];
}

function about(topic: Topic, scene: Scene, difference: string): Rule[] {
  const { move, profile, kills, reclaims } = scene;
  const isNested = profile.hierarchy === 'nested';
  const inTree = (name: string) => (isNested ? [rule('Trees', name)] : []);
  if (move[0] === 'setLimit') return ofLowering(topic, scene);
  if (move[0] !== 'touch' && move[0] !== 'copy') return ofOthers(topic, scene);
  const kill = [ofCharge('the victim'), ofCharge('To kill')];
  const shared =
    isShared(scene) && profile.nthMapping === 'transient' ? [ofProfile('Mapping a shared page')] : [];
  const scan = profile.scan === '13 passes' ? [ofProfile('13 passes')] : [];
  const reclaim = [...scan, ofLists('A reclaim')];
  switch (topic) {
    case 'outcome':
      return [
        row(move),
        ...shared,
        ...(/KILLED/.test(difference) ? [ofCharge('usage = limit'), ...kill, ...inTree('A charge')] : []),
      ];
    case 'killed':
      return [...kill, ...shared, ...inTree('A charge')];
    case 'reclaimed':
      return [...reclaim, ...shared, ...inTree('A reclaim')];
    case 'failcnt':
      return [ofCharge('failcnt'), ...shared, ...inTree('A charge')];
    case 'reclaims':
      return [ofCharge('The counter reclaimed'), ...inTree('A charge')];
    case 'list':
      return [
        ...(isReference(scene) ? [ofLists('On a reference')] : [row(move)]),
        ...shared,
        ...(reclaims ? reclaim : []),
        ...(kills ? kill : []),
      ];
    case 'owner':
    case 'usage':
      return [
        row(move),
        rule('Words', 'Who owns a shared page?'),
        ...shared,
        ...(reclaims ? [ofCharge('Reclaiming a page')] : []),
        ...(kills ? kill : []),
        ...(topic === 'usage' ? inTree('path(c)') : []),
      ];
    default:
      return [row(move), ...(reclaims ? [ofCharge('Reclaiming a page')] : []), ...(kills ? kill : [])];
  }
}

function ofLowering(topic: Topic, { move, profile, kills }: Scene): Rule[] {
  const huge = profile.hugeLimit === 'wraps' ? [ofProfile('A limit out of range')] : [];
  const lists = topic === 'reclaimed' || topic === 'list' ? [ofLists('A reclaim')] : [];
  return [
    row(move),
    ...huge,
    ofProfile('Lowering'),
    ...(profile.lowerLimit === 'lazy' ? [] : lists),
    ...(kills || topic === 'killed' ? [ofCharge('the victim')] : []),
  ];
}

function ofOthers(topic: Topic, { move, profile }: Scene): Rule[] {
  const isPassed = move[0] === 'rmdir' && profile.rmdirCharged !== 'EBUSY' && topic !== 'outcome';
  const words = topic === 'owner' || (topic === 'usage' && move[0] !== 'rmdir');
  return [
    row(move),
    ...(isPassed ? [ofProfile('Pages of a removed container')] : []),
    ...(words ? [rule('Words', 'Who owns a shared page?')] : []),
    ...(topic === 'usage' && profile.hierarchy === 'nested' ? [rule('Trees', 'path(c)')] : []),
  ];
}

/** The task maps the page before the move, or others do. */
const isReference = ({ move, before }: Scene): boolean =>
  move[0] === 'touch' && ownerOf(before, move[2]) !== null;

const isShared = ({ move, before }: Scene): boolean =>
  move[0] === 'touch' &&
  ownerOf(before, move[2]) !== null &&
  !before.tasks.get(move[1])?.maps.includes(move[2]);

/** What a program that chooses for itself may do. */
export const anotherPolicy = (): Rule => ofLists('Another policy');

/** A rule as it is quoted. */
export const quoted = ({ section, name, text }: Rule): string =>
  `docs/contract.md, ${section}${text.startsWith(name) ? '' : `, ${name}`}: ${text}`;

/** Where the rules stand, in short. */
export const placesOf = (rules: readonly Rule[]): string =>
  rules.map(({ section, name }) => `${section}, ${name}`).join('; ');
