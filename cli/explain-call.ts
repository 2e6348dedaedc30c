// What explain does: plays a counterexample and tells it as a story, or writes it as a test.

import { Unavailable } from '../lockstep/index.ts';
import { storyOf, storyText } from '../properties/trace/explain.ts';
import { moveText } from '../properties/trace/move.ts';
import { testText } from '../properties/trace/regression.ts';
import { HOLDS, skipped, VIOLATED } from './command.ts';
import { type ExampleJson, opened, readOne, refuseBoth } from './examples.ts';
import type { ExplainContext } from './explain.ts';
import { inCgroup, patienceOf, withKernel } from './flags.ts';

/** As a shell takes it. */
const shown = (file: string): string =>
  /^[\w./:@%+=-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;

export async function run(context: ExplainContext): Promise<number> {
  const { positionals, out } = context;
  const { test, json } = context.flags;
  refuseBoth(context.flags);
  const impl = withKernel(context.flags.impl, context.flags);
  const [file] = positionals;
  const example = inCgroup(await readOne(file), context.flags);
  if (test) {
    out(testText(example));
    return HOLDS;
  }
  try {
    const story = await opened(file, () => storyOf(example, impl, patienceOf(context, context.flags)));
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
        : `${storyText(example, story, context.style)}Look: npx firsttouch explorer --open ${shown(file)}\n`,
    );
    return violation ? VIOLATED : HOLDS;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return skipped(context, json, error.message);
  }
}
