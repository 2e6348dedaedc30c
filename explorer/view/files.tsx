// What comes in and goes out: a new machine, a file, the link, and exports.

import { useRef } from 'preact/hooks';
import { LinkError } from '../../properties/trace/link.ts';
import { type Export, exports } from '../exports.ts';
import { freePlay, type Session } from '../session.ts';
import { openFile } from './opening.ts';

export function FilePanel({ session }: { readonly session: Session }) {
  const input = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      const url = `${location.href.split('#')[0]}#${session.link()}`;
      await navigator.clipboard.writeText(url);
      session.say('note', `The link to this trace is copied (${url.length} characters).`);
    } catch (error) {
      const where = error instanceof LinkError ? '' : ' It is in the address bar.';
      session.say('note', `The link could not be copied: ${(error as Error).message}.${where}`);
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
      <details class="menu">
        <summary>export</summary>
        <div>
          {exports.map((each) => (
            <button type="button" key={each.label} onClick={() => void save(session, each)}>
              {each.label}
            </button>
          ))}
        </div>
      </details>
    </div>
  );
}

async function save(session: Session, { file, type, text }: Export): Promise<void> {
  try {
    const url = URL.createObjectURL(new Blob([await text(session.timeline)], { type }));
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = file;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    session.say('note', `${file} is saved where your browser saves files.`);
  } catch (error) {
    session.say('error', `${file} could not be made: ${(error as Error).message}`);
  }
}
