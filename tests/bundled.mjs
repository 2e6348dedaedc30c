// What a program of a test run has beside its sources: imports that are only known when they are asked for.

/* global BUNDLED */

let reading;
const read = async () => (await import('../cli/typescript.mjs')).readTypeScript();

/** A module by its place: from the program if it is in it, from the sources otherwise, which are translated from then on. */
export async function $import(place) {
  const bundled = BUNDLED[place];
  if (bundled) return import(bundled);
  // Several may ask at once: all wait until it can be read.
  if (place.endsWith('.ts')) await (reading ??= read());
  return import(place);
}

/** Instead of tsx's own, and of `readTypeScript` in a thread: a program needs no translator before it asks for one. */
export function register() {}
