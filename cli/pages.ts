// What spec and explorer share: the room that makes pages, found by its place (no room imports it), and the platform's opener.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { CampaignReport } from '../campaign/report.ts';
import type { Story } from '../campaign/story.ts';
import type { Scope } from '../model/action.ts';
import { UsageError } from './command.ts';

interface Opener {
  tooLarge(name: string, bytes: number): string | null;
  whyNotOpened(text: string, name: string): string | null;
}

interface Pages {
  explorerPage(embedded?: { readonly name: string; readonly text: string }): Promise<string>;
  specPage(options: {
    scopes?: readonly Scope[] | undefined;
    mutants: string;
    progress: (done: number, total: number, what: string) => void;
    signal: AbortSignal;
  }): Promise<string>;
  campaignPage(head: CampaignReport, story: Story): Promise<string>;
  writeWhole(file: string, text: string): Promise<void>;
}

/** explorer/build.ts. It loads Vite, so only these two commands pay for it. */
export const pages = (): Promise<Pages> => import(new URL('../explorer/build.ts', import.meta.url).href);

/** explorer/open.ts: what the page does with a file, without Vite. */
export const opener = (): Promise<Opener> => import(new URL('../explorer/open.ts', import.meta.url).href);

/** Writes the page, or says in one line why it cannot be written. */
export async function write(file: string, text: string): Promise<void> {
  const { writeWhole } = await pages();
  await writeWhole(file, text).catch((error: Error) => {
    throw new UsageError(`${file} cannot be written: ${error.message}`);
  });
}

/** Hands the file to whatever opens files here. Resolves when the opener has started. */
export function openInBrowser(file: string): Promise<void> {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""']
        : ['xdg-open'];
  return new Promise((done, fail) => {
    const child = spawn(command, [...args, resolve(file)], { stdio: 'ignore', detached: true });
    child.on('error', () =>
      fail(new UsageError(`${command} is not here to open ${file}: open it in a browser by hand`)),
    );
    child.on('spawn', () => {
      child.unref();
      done();
    });
  });
}
