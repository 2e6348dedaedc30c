// Module hooks: a test file that imports uvu or uvu/assert gets them through watch.mjs.

const watched = { uvu: './watch.mjs', 'uvu/assert': './watch-assert.mjs' };

export function resolve(specifier, context, next) {
  const from = context.parentURL ?? '';
  if (Object.hasOwn(watched, specifier) && !/watch(-assert)?\.mjs$/.test(from)) {
    return { url: new URL(watched[specifier], import.meta.url).href, shortCircuit: true };
  }
  return next(specifier, context);
}
