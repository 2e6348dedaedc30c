// The explain command: a counterexample as a story, or as a test that is ready to be saved.

import { Unavailable } from '../lockstep/index.ts';
import { storyOf, storyText, testText } from '../properties/trace/explain.ts';
import { moveText } from '../properties/trace/move.ts';
import { type Context, define, HOLDS, SKIPPED, VIOLATED } from './command.ts';
import { type ExampleJson, opened, readOne } from './examples.ts';
import * as flag from './flags.ts';

const flags = {
  impl: {
    ...flag.impl(),
    default: undefined as string | undefined,
    shown: 'the subject that the file names',
  },
  ...flag.linux,
  json: flag.json,
  test: flag.toggle('print a ready uvu test instead of the story'),
};

/** As a shell takes it. */
const shown = (file: string): string =>
  /^[\w./:@%+=-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;

type ExplainContext = Context<typeof flags>;

export const command = define({
  name: 'explain',
  summary:
    'tells a counterexample as a story: the world after each move, where it went wrong, the rule broken',
  positional: { name: 'FILE', help: 'a counterexample', min: 1, max: 1 },
  flags,
  details: `Lists are drawn head to tail; * is the referenced bit, ! a locked page. Exit status 1: something is violated.`,
  run,
});

async function run(context: ExplainContext): Promise<number> {
  const { positionals, out } = context;
  const { test, json } = context.flags;
  const impl = flag.withKernel(context.flags.impl, context.flags);
  const [file] = positionals;
  const example = flag.inCgroup(await readOne(file), context.flags);
  if (test) {
    out(testText(example));
    return HOLDS;
  }
  try {
    const story = await opened(file, () => storyOf(example, impl));
    const { violation } = story;
    const row: ExampleJson = {
      file,
      verdict: violation ? 'violated' : 'holds',
      moves: (violation?.moves ?? example.moves).map(moveText),
      claim: violation?.claim ?? null,
      witness: violation?.witness ?? null,
      proof: null,
    };
    out(
      json
        ? `${JSON.stringify(row)}\n`
        : `${storyText(example, story)}Look: npx firsttouch explorer ${shown(file)} --open\n`,
    );
    return violation ? VIOLATED : HOLDS;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    out(`skipped: ${error.message}\n`);
    return SKIPPED;
  }
}
