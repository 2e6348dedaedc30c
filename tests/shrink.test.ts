// Shrinking ends at the shortest trace, with a proof; a subject that is right has nothing to shrink; one that hangs is shrunk too.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withScope } from '../cli/examples.ts';
import { failureText } from '../cli/verify-report.ts';
import { memoryKey, NotReproduced, Shrinker, shrink as shrinkInTurns, snapshot } from '../lockstep/index.ts';
import { type Move, moveOf, profiles } from '../model/index.ts';
import { loadController, type Mutant, mutantNamed } from '../mutants/index.ts';
import { domainOf, type Violation } from '../properties/domain/index.ts';
import { Likeness } from '../properties/shrinking/likeness.ts';
import { renamed, renamings, simpler } from '../properties/shrinking/moves.ts';
import { ControllerSubject } from '../properties/subjects/controller.ts';
import { inFile } from '../properties/subjects/plant.ts';
import { Specification, type Subject } from '../properties/subjects/subject.ts';
import { exampleOf, type Finding } from '../properties/trace/finding.ts';

const letter = domainOf(profiles.letter);

const violation = (moves: Move[]) => ({ claim: 'EqualsSpec', witness: '', moves, answers: [] });

async function subjectOf(mutant: Mutant | null) {
  const Class = await loadController(mutant);
  return () => new ControllerSubject('letter', undefined, Class);
}

/** A trace that shows A15, with much in it that is of no use, under other names. */
const long: Move[] = [
  ['mkdir', 1],
  ['mkdir', 0],
  ['spawn', 1, 1],
  ['touch', 1, 3],
  ['touch', 1, 2],
  ['pin', 1, 2],
  ['pin', 1, 3],
  ['setLimit', 1, 2],
  ['spawn', 0, 0],
  ['touch', 1, 0],
  ['rmdir', 1],
];

test('a long trace becomes the shortest, in the names of first use, proven', async () => {
  const make = await subjectOf(mutantNamed('A15') ?? null);
  const { text, proof, executions, size: scope } = new Shrinker(letter, make).shrink(violation(long));
  assert.is(text, 'mkdir c0\nsetLimit c0 0\nspawn t0 c0\ntouch t0 p0\nrmdir c0');
  assert.equal(scope, { containers: 1, tasks: 1, pages: 1, limit: 0 });
  assert.is(proof.complete, true);
  assert.is(proof.upTo, 4);
  assert.ok(proof.tried > 1000);
  assert.ok(executions < 500);
});

test('in a tree: parents go or are nearer to the root, and the proof covers containers within containers', async () => {
  const Class = await loadController(mutantNamed('P16') ?? null);
  const make = () => new ControllerSubject('linux-v2', undefined, Class);
  const nested = domainOf(profiles['linux-v2']);
  const deep = many(
    'mkdir 3',
    'mkdir 1 3',
    'mkdir 0 1',
    'mkdir 2 0',
    'mkdir 4',
    'spawn 1 4',
    'touch 1 2',
    'move 1 0',
  );
  const { text, proof } = new Shrinker(nested, make).shrink(violation(deep));
  assert.is(text, 'spawn t0 root\nmkdir c0\nmkdir c1 c0\nmove t0 c0');
  assert.is(proof.complete, true);
  assert.match(proof.text, /and the root/);
  const offered = [
    ...simpler(
      [
        ['mkdir', 0],
        ['mkdir', 1, 0],
        ['mkdir', 2, 1],
      ],
      true,
    ),
  ].map((moves) => moves.join(' '));
  assert.ok(offered.includes('mkdir,0 mkdir,1,0 mkdir,2,0'), 'nearer to the root');
  assert.ok(offered.includes('mkdir,1 mkdir,2,1'), 'the root in place of c0');
});

test('without work for a proof none is claimed', async () => {
  const make = await subjectOf(mutantNamed('A15') ?? null);
  const { proof } = new Shrinker(letter, make, { situations: 0 }).shrink(violation(long));
  assert.is(proof.complete, false);
  assert.match(proof.text, /not searched/);
});

test('a search that is broken off says how far it came', async () => {
  const make = await subjectOf(mutantNamed('A10') ?? null);
  const moves = many('mkdir 1', 'mkdir 0', 'spawn 1 1', 'touch 1 2', 'evict 2', 'move 1 0', 'touch 1 2');
  const over = new AbortController();
  let most = 0;
  const { violation: found, proof } = await shrinkInTurns(letter, make, violation(moves), {
    signal: over.signal,
    progress: (search) => {
      // The second search begins: the one that proves.
      if (search.tried < most) over.abort();
      most = Math.max(most, search.tried);
    },
  });
  assert.ok(over.signal.aborted);
  assert.is(found.moves.length, 7);
  assert.is(proof.complete, false);
  assert.match(proof.text, /^no shorter one found up to length [1-5]: /);
});

test('a trace that does not fail is said not to', async () => {
  const make = await subjectOf(null);
  assert.throws(
    () => new Shrinker(letter, make).shrink(violation(long)),
    (error: Error) => error instanceof NotReproduced,
  );
});

test('a controller that does not come back is shrunk to the move it hangs at', async () => {
  const hangs: Mutant = {
    id: 'hangs',
    name: 'hangs',
    why: 'an eviction loops for ever',
    edits: [inFile('impl/controller/index.ts')('    freePage(m, m.owner(p), p);\n', '    for (;;);\n')],
  };
  const make = await subjectOf(hangs);
  const moves: Move[] = [
    ['mkdir', 0],
    ['spawn', 0, 0],
    ['pin', 0, 0],
    ['touch', 0, 0],
    ['evict', 0],
  ];
  const result = new Shrinker(letter, make).shrink(violation(moves));
  assert.is(result.violation.claim, 'ImplementationAlive');
  assert.is(result.text, 'mkdir c0\nspawn t0 c0\ntouch t0 p0\nevict p0');
  assert.is(result.proof.complete, true);
});

test('a refused move is looked at when it has changed something all the same', async () => {
  const make = await subjectOf(mutantNamed('C5') ?? null);
  const moves = many('mkdir 0', 'setLimit 0 1', 'spawn 0 0', 'touch 0 0', 'touch 0 1', 'rmdir 0');
  const { text, proof } = new Shrinker(letter, make).shrink(violation(moves));
  assert.match(text, /rmdir c0$/);
  assert.is(proof.complete, true);
});

test('names are given in the order of first use', () => {
  assert.equal(
    renamed([
      ['mkdir', 4],
      ['spawn', 2, 4],
      ['touch', 2, 9],
      ['move', 2, -1],
    ]),
    [
      ['mkdir', 0],
      ['spawn', 0, 0],
      ['touch', 0, 0],
      ['move', 0, -1],
    ],
  );
});

test('a mistake that needs one kind of name as it is: the names of the other kinds are renumbered all the same', () => {
  const offered = [...renamings(many('mkdir 3', 'spawn 4 3', 'touch 4 13'))].map((moves) => moves.join(' '));
  assert.ok(offered.includes('mkdir,0 spawn,0,0 touch,0,13'), 'the page keeps its name');
  assert.ok(offered.includes('mkdir,3 spawn,0,3 touch,0,0'), 'the container');
  assert.ok(offered.includes('mkdir,0 spawn,4,0 touch,4,0'), 'the task');
  assert.ok(offered.includes('mkdir,3 spawn,4,3 touch,4,0'), 'all but the page');
});

test('what goes together is left out together: a name with all its moves, pages with the limit that they fill', () => {
  const offers = (...texts: string[]) => [...simpler(many(...texts))].map((moves) => moves.join(' '));
  const held = ['mkdir 0', 'spawn 0 0', 'touch 0 0', 'pin 0 0', 'touch 0 1', 'setLimit 0 2', 'touch 0 2'];
  assert.ok(offers(...held).includes('mkdir,0 spawn,0,0 touch,0,1 setLimit,0,1 touch,0,2'), 'with its pin');
  assert.ok(offers(...held).includes('mkdir,0 spawn,0,0 setLimit,0,0 touch,0,2'), 'two at once');
  const other = offers('mkdir 0', 'mkdir 1', 'spawn 0 0', 'spawn 1 1', 'touch 1 0', 'move 0 1', 'touch 0 1');
  assert.ok(other.includes('mkdir,0 mkdir,1 spawn,0,0 move,0,1 touch,0,1'), 'a task');
  assert.ok(other.includes('mkdir,0 spawn,0,0 touch,1,0 touch,0,1'), 'a container');
});

test('one task does what two did: it forks no other, moves to where the other was, or is spawned there', () => {
  const offers = (...texts: string[]) => [...simpler(many(...texts))].map((moves) => moves.join(' '));
  const forked = offers('mkdir 0', 'spawn 0 0', 'mkdir 1', 'fork 0 1', 'move 0 1', 'touch 0 0', 'touch 1 0');
  assert.ok(
    forked.includes('mkdir,0 spawn,0,0 mkdir,1 spawn,1,1 touch,1,0 touch,0,0'),
    'in the place of the other',
  );
  const two = offers('mkdir 0', 'mkdir 1', 'spawn 0 1', 'spawn 1 0', 'touch 1 0', 'touch 0 0');
  assert.ok(
    two.includes('mkdir,0 mkdir,1 spawn,1,0 touch,1,0 move,1,1 touch,1,0'),
    'moved as late as can be',
  );
  assert.ok(offers('mkdir 0', 'spawn 0 0', 'exit 0', 'spawn 0 0').includes('mkdir,0 spawn,0,0 move,0,0'));
});

test('a proof is told with the scope that was searched, and the scope of the trace where that is another', () => {
  const scope = { containers: 1, tasks: 1, pages: 2, limit: 0 };
  const own = 'nothing shorter fails: 9 traces, 20 moves tried in scope 1/1/2/0, up to names';
  assert.is(withScope(own, scope), own);
  const one = 'nothing shorter fails: 1 traces, 2 moves tried in scope 1/1/1/0';
  assert.is(withScope(one, { ...scope, tasks: 0, pages: 0 }), one, 'at least one of each is searched');
  const wide = 'nothing shorter fails: 9 situations, 20 moves tried in scope 1/1/2/01/3/3';
  assert.is(withScope(wide, scope), `the trace's own scope 1/1/2/0; ${wide}`);
});

test('two moves are one where that says the same: spawn and move, spawn and touch; a mkdir needs no parent', () => {
  const offers = (...texts: string[]) => [...simpler(many(...texts))].map((moves) => moves.join(' '));
  assert.ok(offers('mkdir 0', 'mkdir 1', 'spawn 0 0', 'move 0 1').includes('mkdir,0 mkdir,1 spawn,0,1'));
  const forked = 'mkdir,0 spawn,0,0 touch,0,0 fork,0,1';
  assert.ok(offers('mkdir 0', 'spawn 0 0', 'touch 0 0', 'spawn 1 0', 'touch 1 0').includes(forked));
  assert.ok(offers('mkdir 0', 'mkdir 1 0').includes('mkdir,0 mkdir,1'));
});

const many = (...texts: string[]): Move[] =>
  texts.map((text) => {
    const [name, ...args] = text.split(' ');
    return moveOf(name, args.map(Number));
  });

test('situations are alike whatever they are called and came from; what differs in a list, a limit or a mutant is not', async () => {
  const make = await subjectOf(null);
  const keyAfter = (subject: ControllerSubject, ...texts: string[]) => {
    const likeness = new Likeness(subject.controller, 2);
    for (const move of many(...texts)) subject.apply(move);
    return likeness.key(subject.controller);
  };
  const key = (...texts: string[]) => keyAfter(make(), ...texts);
  const one = key('mkdir 0', 'spawn 0 0', 'touch 0 0');
  assert.is(key('mkdir 1', 'mkdir 0', 'spawn 0 1', 'touch 0 0', 'touch 0 2', 'unmap 0 0', 'rmdir 0'), one);
  const others = [
    key('mkdir 0', 'spawn 1 0', 'touch 1 0'),
    key('mkdir 0', 'spawn 0 0', 'touch 0 0', 'touch 0 0'),
    key('mkdir 0', 'spawn 0 0', 'touch 0 0', 'setLimit 0 1'),
    key('mkdir 0', 'spawn 0 0', 'touch 0 0', 'pin 0 0'),
    key('mkdir 0', 'mkdir 1', 'spawn 0 0', 'touch 0 0'),
  ];
  assert.is(new Set([one, ...others]).size, 6);
  const remembers = await subjectOf(mutantNamed('A10') ?? null);
  const [a, b] = [0, 1].map((p) =>
    keyAfter(remembers(), 'mkdir 0', 'spawn 0 0', `touch 0 ${p}`, `evict ${p}`),
  );
  assert.is.not(a, b);
});

test('one bug is one text, from whatever trace', async () => {
  const make = await subjectOf(mutantNamed('A10') ?? null);
  const text = 'mkdir c0\nspawn t0 c0\ntouch t0 p0\nmkdir c1\nspawn t1 c1\nevict p0\ntouch t1 p0';
  const moved = many('mkdir 1', 'mkdir 0', 'spawn 1 1', 'touch 1 2', 'evict 2', 'move 1 0', 'touch 1 2');
  const reclaimed = many(
    ...[
      'mkdir 0',
      'spawn 0 0',
      'touch 0 1',
      'setLimit 0 1',
      'touch 0 0',
      'mkdir 1',
      'spawn 1 1',
      'touch 1 1',
    ],
  );
  const shrunk = [moved, reclaimed].map((moves) => new Shrinker(letter, make).shrink(violation(moves)));
  assert.is(shrunk[1].text, text);
  assert.ok(shrunk.every(({ proof }) => proof.complete));
  assert.is(shrunk[0].text, shrunk[1].text);
});

test('a snapshot puts back arrays, maps, sets and fields; equal memories have equal keys', () => {
  const memory = {
    words: new Int32Array(3),
    map: new Map([[1, 'a']]),
    set: new Set([1]),
    list: [1, 2],
    n: 1,
  };
  const key = memoryKey(memory);
  const kept = snapshot(memory);
  assert.ok(kept.holds());
  const changes = [
    () => (memory.words[1] = 7),
    () => memory.map.set(2, 'b'),
    () => memory.set.add(9),
    () => memory.list.push(3),
    () => (memory.n = 2),
    () => (memory.words = new Int32Array(4)),
  ];
  for (const change of changes) {
    change();
    assert.is.not(memoryKey(memory), key);
    assert.not(kept.holds());
    kept.put();
    assert.is(memoryKey(memory), key);
    assert.ok(kept.holds());
  }
});

/** The specification that dies when a task with a page exits, and shows a refusal too many when one without exits. */
function crashesAtExit(): Subject {
  const subject = new Specification(profiles.letter);
  let isWrong = false;
  return {
    name: 'crashes',
    observed: subject.observed,
    reset() {
      subject.reset();
      isWrong = false;
    },
    apply(move) {
      const [kind, t] = move;
      const task = kind === 'exit' ? subject.state.tasks.get(Number(t)) : undefined;
      if (task && task.maps.length > 0) throw new Error('a page too many');
      isWrong = task !== undefined;
      return subject.apply(move);
    },
    look(view) {
      subject.look(view);
      if (isWrong) view.failcnt[0]++;
      return view;
    },
  };
}

test('a crash that shrinks to another failure: the trace is told by what it breaks, and the crash is kept beside it, shrunk', async () => {
  const moves = many('mkdir 1', 'mkdir 0', 'spawn 0 0', 'touch 0 1', 'touch 0 0', 'exit 0');
  const found = { claim: 'ImplementationAlive', witness: 'a page too many', moves, answers: [] };
  const { violation: shrunk, kept } = new Shrinker(letter, crashesAtExit, { situations: 0 }).shrink(found);
  assert.is(shrunk.claim, 'FailcntCountsRefusals');
  assert.equal(shrunk.moves, many('mkdir 0', 'spawn 0 0', 'exit 0'));
  assert.is(kept?.claim, 'ImplementationAlive');
  assert.equal(kept?.moves, many('mkdir 0', 'spawn 0 0', 'touch 0 0', 'exit 0'));
  // The report: one claim in headline and body, one line that it slipped, with the file of the other.
  const text = told(found, shrunk, kept);
  assert.ok(
    text.includes(`FailcntCountsRefusals is violated in profile letter\n  ${shrunk.witness}\n`),
    text,
  );
  assert.match(
    text,
    /note: this shortest trace breaks another claim than the run did \(ImplementationAlive\); .* 4 moves: other\.json$/m,
  );
  assert.match(text, /^> {2}3 {2}exit t0/m);
});

/** What verify writes of a violation that was shrunk. */
function told(found: Violation, shrunk: Violation, kept: Violation | null): string {
  const place = { domain: 'letter', size: { containers: 2, tasks: 1, pages: 2 }, batch: 0, run: 0 } as const;
  const drawn = { ...found, ...place, drawn: null as never };
  const options = { impl: 'crashes', seed: 1 };
  const finding: Finding = {
    ...{
      example: exampleOf(shrunk, drawn, options),
      witness: shrunk.witness,
      length: 6,
      file: null,
      proof: '',
    },
    kept: kept && { example: exampleOf(kept, drawn, options), file: 'other.json' },
    ...options,
  };
  return failureText(finding, (_format, line) => line);
}

test("a difference that shrinks to a broken structure: headline, witness and trace are all the structure's, and the difference is kept", () => {
  const make = () => {
    const subject = crashesAtExit();
    let exits = 0;
    return {
      ...subject,
      reset() {
        subject.reset();
        exits = 0;
      },
      apply(move: Move) {
        if (move[0] === 'exit') exits++;
        return subject.apply(move);
      },
      verify: () => (exits > 0 ? 'a task is gone' : null),
    };
  };
  const moves = many('mkdir 0', 'spawn 0 0', 'exit 0');
  const found = { claim: 'FailcntCountsRefusals', witness: '', moves, answers: [] };
  const { violation: shrunk, kept } = new Shrinker(letter, make, { situations: 0 }).shrink(found);
  assert.equal(
    [shrunk.claim, shrunk.witness, shrunk.moves],
    ['StructureIsSound', 'a task is gone', many('exit 0')],
  );
  assert.equal([kept?.claim, kept?.moves], ['FailcntCountsRefusals', moves]);
  const text = told(found, shrunk, kept);
  assert.ok(text.includes('StructureIsSound is violated in profile letter\n  a task is gone\n'), text);
  assert.match(
    text,
    /note: this shortest trace breaks another claim than the run did \(FailcntCountsRefusals\); .* 3 moves: other\.json$/m,
  );
});

test.run();
