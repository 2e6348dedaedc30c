// Derives the stepping form of the concurrent controller from its source: every function becomes a generator, every call a `yield*`.
//
// The rule is mechanical, so that what is scheduled is what is shipped: a name declared with `function` in one of the files, or exported by
// atomics.ts as a function, is a step. `function f(` becomes `function* f(`; a call `f(x)` becomes `(yield* f(x))`. Nothing else changes.
// An arrow function cannot yield: should one call a step, the derived module does not load at all.

/** Names that are declared with `function` in a source. */
export function stepsOf(source: string): string[] {
  return [...source.matchAll(/^(?:export )?function (\w+)\(/gm)].map(([, name]) => name as string);
}

/** The source with its steps made visible. */
export function intoSteps(source: string, steps: ReadonlySet<string>): string {
  let out = '';
  let at = 0;
  while (at < source.length) {
    const skipped = endOfText(source, at);
    if (skipped > at) {
      out += source.slice(at, skipped);
      at = skipped;
      continue;
    }
    const word = /[\w$]+|./suy;
    word.lastIndex = at;
    const [token] = word.exec(source) as RegExpExecArray;
    const end = at + token.length;
    if (token === 'function') {
      out += 'function*';
      // The name that follows is no call.
      const name = /\s*\w+/y;
      name.lastIndex = end;
      const [declared] = name.exec(source) ?? [''];
      out += declared;
      at = end + declared.length;
    } else if (steps.has(token) && source[end] === '(' && source[at - 1] !== '.') {
      const close = closing(source, end);
      out += `(yield* ${token}(${intoSteps(source.slice(end + 1, close), steps)}))`;
      at = close + 1;
    } else {
      out += token;
      at = end;
    }
  }
  return out;
}

/** Where a comment or string that begins here ends; `at` if none does. */
function endOfText(source: string, at: number): number {
  const text = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/y;
  text.lastIndex = at;
  return at + (text.exec(source)?.[0].length ?? 0);
}

function closing(source: string, open: number): number {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    at = Math.max(at, endOfText(source, at));
    if (source[at] === '(') depth++;
    if (source[at] === ')' && --depth === 0) return at;
  }
  throw new SyntaxError(`no closing parenthesis for: ${source.slice(open - 20, open + 20)}`);
}
