// The languages of `init`: the program's file, how a comment begins, how it is built and run.

export interface Language {
  /** In cli/init/, and in the folder that is made. */
  readonly file: string;
  readonly comment: string;
  /** The command that builds `program` from `source`; null: nothing to build. */
  readonly build: ((program: string, source: string) => string) | null;
  /** The command that runs the source, where nothing is built. */
  readonly run?: string;
}

export const languageNames = ['python', 'c', 'javascript', 'go', 'rust'] as const;
export type LanguageName = (typeof languageNames)[number];

export const languages: Readonly<Record<LanguageName, Language>> = {
  python: { file: 'rss.py', comment: '#', build: null, run: 'python3' },
  c: { file: 'rss.c', comment: '//', build: (program, source) => `cc -O2 -o ${program} ${source}` },
  javascript: { file: 'rss.mjs', comment: '//', build: null, run: 'node' },
  go: { file: 'rss.go', comment: '//', build: (program, source) => `go build -o ${program} ${source}` },
  rust: {
    file: 'rss.rs',
    comment: '//',
    build: (program, source) => `rustc --edition 2021 -O -o ${program} ${source}`,
  },
};
