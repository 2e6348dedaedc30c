// The letter's shell beside the machine: history with the up and down keys, completion with Tab.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Session } from '../session.ts';
import { completions } from '../shell.ts';

/** The letter's own scenario, in pages that fit on a screen. */
const SCENARIO = [
  'mkdir /containers/rss/0',
  'echo $$ > /containers/rss/0/tasks',
  'echo -n 6 > /containers/rss/0/rss_limit',
  'fork toucher',
  'toucher: touch 0-9',
  'cat /containers/rss/0/rss_usage',
  'cat /containers/rss/0/rss_failcnt',
];

export function ShellPanel({ session }: { readonly session: Session }) {
  const [line, setLine] = useState('');
  const [back, setBack] = useState(0);
  const log = useRef<HTMLDivElement>(null);
  const { said, running } = session;
  useEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [said.length, running]);

  const history = said.map(({ command }) => command);
  const recall = (by: number) => {
    const next = Math.max(0, Math.min(back + by, history.length));
    setBack(next);
    setLine(next === 0 ? '' : history[history.length - next]);
  };
  const enter = (text: string) => {
    setLine('');
    setBack(0);
    void session.run(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp') recall(1);
    else if (event.key === 'ArrowDown') recall(-1);
    else if (event.key === 'Tab' && !event.shiftKey && line !== '') {
      const completed = complete(session, line);
      if (completed === line) return;
      setLine(completed);
    } else return;
    event.preventDefault();
  };
  const offered = line === '' ? [] : completions(session.timeline, line).slice(0, 12);
  return (
    <section class="shell" aria-label="shell">
      <h2>Shell</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard */}
      <div class="said" ref={log} role="log" aria-label="what the shell said" tabIndex={0}>
        {said.length === 0 && running === null && (
          <p class="empty">
            The letter’s shell: <code>mkdir</code>, <code>fork</code>, <code>touch 0-9</code>,{' '}
            <code>echo -n 6 &gt; FILE</code>, <code>cat FILE</code>. Up and down recall, Tab completes.
          </p>
        )}
        {said.slice(-60).map(({ id, command, output }) => (
          <pre key={id}>
            <b>$ {command}</b>
            {output && `\n${output.trimEnd()}`}
          </pre>
        ))}
        {running !== null && <pre>$ {running} …</pre>}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter(line);
        }}
      >
        <label>
          ${' '}
          <input
            type="text"
            aria-label="shell command"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={line}
            onInput={(event) => setLine(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </label>
        <button type="submit" disabled={running !== null}>
          run
        </button>
      </form>
      <p class="offered" aria-live="polite">
        {offered.join('  ')}
      </p>
      <p>
        <button type="button" disabled={running !== null} onClick={() => void runAll(session, SCENARIO)}>
          run the letter’s scenario
        </button>
      </p>
    </section>
  );
}

/** The line with its last word completed as far as all candidates agree; the same line if there is nothing to add. */
function complete(session: Session, line: string): string {
  const candidates = completions(session.timeline, line);
  if (candidates.length === 0) return line;
  const word = /\S*$/.exec(line)?.[0] ?? '';
  let common = candidates[0];
  for (const one of candidates) while (!one.startsWith(common)) common = common.slice(0, -1);
  const ends = candidates.length === 1 && !common.endsWith('/') ? ' ' : '';
  return line.slice(0, line.length - word.length) + common + ends;
}

async function runAll(session: Session, lines: readonly string[]): Promise<void> {
  for (const line of lines) if (!(await session.run(line))) return;
}
