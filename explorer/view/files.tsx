// What comes in and goes out: a new machine, a file, the link, and exports.

import { useRef } from 'preact/hooks';
import { freePlay, type Session } from '../session.ts';
import { openFile } from './app.tsx';

export function FilePanel({ session }: { readonly session: Session }) {
  const input = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      const url = `${location.href.split('#')[0]}#${session.link()}`;
      await navigator.clipboard.writeText(url);
      session.say('note', `The link to this trace is copied (${url.length} characters).`);
    } catch (error) {
      session.say(
        'note',
        `The link could not be copied: ${(error as Error).message}. It is in the address bar.`,
      );
    }
  };
  return (
    <div class="files">
      <button type="button" onClick={() => session.restart(freePlay)}>
        new
      </button>
      <button type="button" onClick={() => input.current?.click()}>
        open a file
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="a counterexample or trace"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void openFile(session, file);
          event.currentTarget.value = '';
        }}
      />
      <button type="button" onClick={() => void copy()}>
        copy link
      </button>
    </div>
  );
}
