// docs/contract.md keeps its word: moves, errors, switches and the letter are those of the code. FIRSTTOUCH_GOLDEN=write renews the tables.

import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  actions,
  initial,
  lru,
  type Move,
  movesOf,
  profileNames,
  profiles,
  type State,
  step,
} from '../model/index.ts';
import { letter } from '../properties/claims/letter.ts';
import { showState } from '../properties/scopes/show.ts';
import { placesOf, rulesBroken, topicOf } from '../properties/trace/contract.ts';

const file = new URL('../docs/contract.md', import.meta.url);
const page = readFileSync(file, 'utf8');
const between = (name: string): string =>
  page.slice(page.indexOf(`<!-- ${name} -->\n`) + name.length + 10, page.indexOf(`<!-- /${name} -->`));
/** Compares what is written between two marks with what the code says, or writes it. */
function renewed(name: string, table: string): void {
  const written = between(name);
  if (process.env.FIRSTTOUCH_GOLDEN === 'write') {
    const now = readFileSync(file, 'utf8');
    writeFileSync(file, now.replace(`<!-- ${name} -->\n${written}`, `<!-- ${name} -->\n${table}\n`));
  } else assert.is(written.trim(), table);
}

const rows = between('moves')
  .trim()
  .split('\n')
  .slice(2)
  .map((row) => row.slice(2, -2).split(' | '));

test('the page has a row for each move of the model, with its arguments', () => {
  assert.equal(
    rows.map(([move]) => move),
    actions.map(({ name, args }) => `\`${name}(${args.join(', ')})\``),
  );
});

/** Moves of a scope, and some that no scope has: limits below 0 and beyond 2^63 - 1. */
const asked = (nested: boolean): Move[] => [
  ...movesOf({ containers: 2, tasks: 2, pages: 2, limit: 1 }, nested),
  ['setLimit', 0, -1],
  ['setLimit', 0, 2n ** 63n],
];

/** Two states are one if everything that a rule reads is alike, the tree among it. */
const keyOf = (state: State): string =>
  `${showState(state)} ${[...state.containers].map(([c, { parent }]) => `${c} under ${parent}`)}`;

test('the errors of a row are those that the model answers, all of them and no other', () => {
  const seen = new Map(actions.map(({ name }) => [name, new Set<string>()]));
  for (const profile of Object.values(profiles)) {
    const moves = asked(profile.hierarchy === 'nested');
    const states = [initial(profile)];
    const known = new Set([keyOf(states[0])]);
    for (let i = 0; i < states.length && i < 2000; i++) {
      for (const move of moves) {
        const { outcome, state } = step(states[i], move, lru);
        if (outcome !== 'ok') seen.get(move[0])?.add(outcome);
        const key = keyOf(state);
        if (known.has(key)) continue;
        known.add(key);
        states.push(state);
      }
    }
  }
  for (const [i, [move, , errors]] of rows.entries()) {
    const named = [...errors.matchAll(/\b(E[A-Z]{3,5}|KILLED)\b/g)].map(([, errno]) => errno);
    assert.equal([...(seen.get(actions[i].name) ?? [])].sort(), named.sort(), move);
  }
});

test('the table of profiles is the one in the model', () => {
  const switches = Object.keys(profiles.letter).filter(
    (name) => name !== 'name',
  ) as (keyof typeof profiles.letter)[];
  const table = [
    `| switch | ${profileNames.join(' | ')} |`,
    `|---|${profileNames.map(() => '---|').join('')}`,
    ...switches.map(
      (name) =>
        `| \`${name}\` | ${profileNames
          .map((profile) =>
            String(profiles[profile][name])
              .replace(/^true$/, 'there')
              .replace(/^false$/, 'not there'),
          )
          .join(' | ')} |`,
    ),
  ].join('\n');
  renewed('profiles', table);
  assert.ok(switches.length > 8);
});

test("the letter's passages are those of the code, each with the claims that check it", () => {
  const table = [
    '| passage | what it says | checked by |',
    '|---|---|---|',
    ...letter.map(
      ({ id, text, checkedBy }) => `| ${id} | ${text} | ${checkedBy.join(', ') || 'scenario tests'} |`,
    ),
  ].join('\n');
  renewed('letter', table);
  assert.is(letter.length, 19);
});

test('each move in each situation has its rules on the page, whatever differs', () => {
  const differences = [
    'the outcome is ok, the specification says KILLED',
    ...['killed', 'reclaimed', 'active list of c0', 'referenced bit of p0', 'usage of c0', 'failcnt of c0'],
    ...['reclaims of c0', 'limit of c0', 'owner of p0', "t0's mapping of p0", "t0's lock on p0", 'c0'],
    ...['parent of c0', 'container of t0', 'mapcount of p0'],
  ].map((text) => (text.includes(' says ') ? text : `${text} is 1, the specification says 2`));
  const before: Move[] = [
    ['mkdir', 0],
    ['spawn', 0, 0],
    ['spawn', 1, 0],
    ['touch', 0, 0],
    ['setLimit', 0, 1],
  ];
  for (const name of profileNames) {
    for (const move of asked(profiles[name].hierarchy === 'nested')) {
      for (const difference of differences) {
        assert.is.not(topicOf(difference), null, difference);
        const rules = rulesBroken(name, [...before, move], difference);
        assert.ok(rules.length > 0);
        for (const { text } of rules) assert.match(text, /^[\w(].+[.)]$/s);
      }
    }
  }
});

test('a difference is about the rule that a reader would look up', () => {
  const told = (difference: string, ...moves: Move[]) => placesOf(rulesBroken('letter', moves, difference));
  const full: Move[] = [
    ['mkdir', 0],
    ['setLimit', 0, 1],
    ['spawn', 0, 0],
    ['touch', 0, 0],
  ];
  assert.is(told('the outcome is EBUSY, the specification says ENOENT', ['rmdir', 0]), 'The moves, rmdir');
  assert.is(
    told('killed is [], the specification says [t0]', ...full, ['pin', 0, 0], ['touch', 0, 1]),
    'A charge, the victim; A charge, To kill',
  );
  assert.is(
    told('reclaimed is [], the specification says [p0]', ...full, ['touch', 0, 1]),
    'The two lists, A reclaim',
  );
  assert.is(
    told('failcnt of c0 is 0, the specification says 1', ...full, ['touch', 0, 1]),
    'A charge, failcnt',
  );
  assert.is(
    told('referenced bit of p0 is 0, the specification says 1', ...full, ['touch', 0, 0]),
    'The two lists, On a reference',
  );
  assert.is(
    told('owner of p0 is c1, the specification says c0', ...full, ['spawn', 1, 0], ['touch', 1, 0]),
    'The moves, touch; Words, Who owns a shared page?',
  );
});

test('nothing on the page points outside of the package', () => {
  assert.not.match(page, /\.\.\/shared|SEMANTICS|\.\.\/\.\./);
});

test.run();
