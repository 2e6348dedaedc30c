// Where everything stands on the page: an anchor for each name, and so the links and the index by word.

import type { Declaration, SourceFile } from './source.ts';

export class Places {
  readonly #of = new Map<string, string>();
  readonly #words: { word: string; place: string; what: string }[] = [];

  constructor(files: readonly SourceFile[]) {
    for (const { declarations } of files) for (const each of declarations) this.#declare(each);
  }

  #declare({ name, file, isExported }: Declaration): void {
    const place = `code-${file.replaceAll(/[^a-z]+/g, '-')}-${name}`;
    if (isExported || !this.#of.has(name)) this.#of.set(name, place);
    this.#words.push({ word: name, place, what: file });
  }

  /** The place of a declaration's name. */
  of = (name: string): string | undefined => this.#of.get(name);

  ofDeclaration({ name, file }: Declaration): string {
    return `code-${file.replaceAll(/[^a-z]+/g, '-')}-${name}`;
  }

  /** Enters a word that is no name of the code. */
  enter(word: string, place: string, what: string): void {
    this.#words.push({ word, place, what });
  }

  index(): readonly { word: string; place: string; what: string }[] {
    return [...this.#words].sort(
      (a, b) => a.word.localeCompare(b.word, 'en') || a.what.localeCompare(b.what, 'en'),
    );
  }
}
