// A mutant: a mistake planted on purpose, as data. An exact piece of source text and what stands there instead; text that is not there once is an error.

/** One replacement. `text` must occur exactly once in `file` (a path from the root of the package). */
export interface Edit {
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

export interface Mutant {
  /** The id of ../shared/BUGS.md, or one of ours. */
  readonly id: string;
  /** The mistake as a slug. */
  readonly name: string;
  /** What is wrong, in a sentence. */
  readonly why: string;
  readonly edits: readonly Edit[];
  /** The profile in which it is hunted; the letter's, if left out. */
  readonly profile?: 'letter' | 'v3.1' | 'linux-v1' | 'linux-v2';
}

/** The source has moved on and the mutant no longer says what to plant: it is mended or removed, never skipped. */
export class StaleMutant extends Error {
  override readonly name = 'StaleMutant';
}

/** The source with the mutant's edits. @throws StaleMutant */
export function plant(mutant: Mutant, file: string, source: string): string {
  return mutant.edits
    .filter((edit) => edit.file === file)
    .reduce((sofar, edit) => replaceOnce(mutant.id, edit, sofar), source);
}

function replaceOnce(id: string, { file, text, by }: Edit, source: string): string {
  const parts = source.split(text);
  if (text === by) throw new StaleMutant(`mutant ${id}: an edit of ${file} changes nothing: ${short(text)}`);
  if (parts.length !== 2) {
    throw new StaleMutant(
      `mutant ${id}: ${file} has the text ${parts.length - 1} times, it must be there once: ${short(text)}`,
    );
  }
  return parts.join(by);
}

const short = (text: string): string => JSON.stringify(text.trim().slice(0, 90));

/** Edits of one file of the controller. */
export const inController =
  (file: string) =>
  (text: string, by: string): Edit => ({ file: `impl/controller/${file}`, text, by });

export const inIndex = inController('index.ts');
export const inMachine = inController('machine.ts');
export const inReclaim = inController('reclaim.ts');

/** Where a mutant that needs a mechanism of its own puts what it remembers. */
export const memory = (declaration: string): Edit =>
  inMachine('  readonly mappings: Mappings;\n', `  ${declaration}\n  readonly mappings: Mappings;\n`);
