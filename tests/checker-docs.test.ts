// The model in docs/checker.md does what the page says, and the page imports what there is.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as checker from '../checker/index.ts';

const page = readFileSync(new URL('../docs/checker.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code!);

test('the counter of the page is violated as the page says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'checker-docs-'));
  const file = join(folder, 'counter.ts');
  writeFileSync(file, `${blocks[1]}\nexport { model };\n`);
  const { model } = await import(pathToFileURL(file).href);
  rmSync(folder, { recursive: true });
  const report = await checker.check(model);
  assert.is(report.verdict, 'violated');
  const moves = report.counterexample!.trace.map(({ move }) => checker.moveText(move));
  assert.equal([...moves].sort(), ['read(0)', 'read(1)', 'write(0)', 'write(1)']);
  assert.match(page, `${moves.length === 4 ? 'four' : moves.length} moves: ${moves.join(', ')}`);
});

test('what the page imports is exported', () => {
  const names = [...blocks[0]!.matchAll(/import \{ (.*) \} from 'firsttouch\/checker'/g)].flatMap(
    ([, list]) => list!.split(', '),
  );
  assert.ok(names.length > 0);
  for (const name of names) assert.type(Reflect.get(checker, name), 'function');
  for (const name of ['graphAsDot', 'graphAsItf', 'traceAsItf'])
    assert.type(Reflect.get(checker, name), 'function');
});

test.run();
