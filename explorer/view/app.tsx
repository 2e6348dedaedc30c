// The page as a whole: what it shows, and what the keyboard, the link and dropped files do to it.

import { useEffect, useMemo, useReducer } from 'preact/hooks';
import { profileNames } from '../../model/index.ts';
import { changeBetween, noChange } from '../change.ts';
import { openLink, openText } from '../open.ts';
import type { Session } from '../session.ts';
import { answerWords, moveWords } from '../words.ts';
import { ComparePanel, useComparison } from './compare.tsx';
import { FilePanel } from './files.tsx';
import { GraphPanel } from './graph.tsx';
import { Machine } from './machine.tsx';
import { Moves } from './moves.tsx';
import { openFile, opening } from './opening.ts';
import { ShellPanel } from './shell.tsx';
import { TimeBar, Trace } from './trace.tsx';

interface AppProps {
  readonly session: Session;
  /** The text of a file that this page was made for. */
  readonly embedded: { readonly name: string; readonly text: string } | null;
}

export function App({ session, embedded }: AppProps) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => session.subscribe(() => redraw(0)), [session]);
  useOpening(session, embedded);
  useKeyboard(session);
  useFilm(session);
  useHash(session);
  const comparison = useComparison(session);

  const { timeline, names } = session;
  const { now, at } = timeline;
  const change = useMemo(
    () => (at === 0 ? noChange : changeBetween(timeline.stateAt(at - 1), timeline.stateAt(at), names)),
    [timeline, now, at, names],
  );
  const { findings, reached } = timeline.judged(at);
  return (
    <>
      <header>
        <h1>firsttouch explorer</h1>
        <Profile session={session} />
        <FilePanel session={session} />
      </header>
      <div class="stuck">
        <Messages session={session} />
        <TimeBar session={session} />
      </div>
      <main>
        <section class="last" aria-live="polite" aria-label="the last move">
          <p>
            <b>{now.turn ? moveWords(now.turn.move, names) : 'The beginning'}</b>
            {now.turn && <span> — {answerWords(now, names)}</span>}
            {now.command && <code> $ {now.command}</code>}
          </p>
          {change.words.length > 0 && <p class="words">{change.words.slice(0, 12).join(' · ')}</p>}
          {timeline.length === 0 && (
            <p class="empty">Press a move, type a command into the shell, or open a file.</p>
          )}
          {now.turn && change.words.length === 0 && change.pages.size === 0 && (
            <p class="words">nothing changed</p>
          )}
          {findings.map(({ kind, claim, witness }) => (
            <p key={claim} class={`finding ${kind}`}>
              <b>{kind === 'known' ? 'known violation of' : '✗ violated:'}</b> {claim}: {witness}
            </p>
          ))}
          {reached.length > 0 && <p class="reached">seen here: {reached.join(', ')}</p>}
        </section>
        <Machine state={timeline.state} change={change} names={names} />
        <div class="side">
          <ShellPanel session={session} />
          <Moves session={session} />
        </div>
        <Trace session={session} marks={comparison.marks} />
        <ComparePanel session={session} comparison={comparison} />
        <GraphPanel session={session} />
      </main>
      <Keys />
    </>
  );
}

function Profile({ session }: { readonly session: Session }) {
  const { profile } = session.timeline.world;
  return (
    <label>
      profile{' '}
      <select
        value={profile}
        onChange={(event) => session.setProfile(event.currentTarget.value as typeof profile)}
      >
        {profileNames.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

function Messages({ session }: { readonly session: Session }) {
  return (
    <div class="messages" role="status" aria-label="messages">
      {session.messages.map(({ id, kind, text }) => (
        <p key={id} class={kind}>
          {kind === 'error' && <b>Not opened: </b>}
          {text}{' '}
          <button type="button" onClick={() => session.dismiss(id)}>
            dismiss
          </button>
        </p>
      ))}
    </div>
  );
}

function Keys() {
  return (
    <footer>
      <p>
        Keys: <kbd>←</kbd> back, <kbd>→</kbd> step, <kbd>Home</kbd> and <kbd>End</kbd>, <kbd>Space</kbd> play
        or pause, <kbd>m</kbd> moves, <kbd>/</kbd> shell, <kbd>Esc</kbd> leaves a choice. Everything else is
        reached with <kbd>Tab</kbd> and <kbd>Enter</kbd>.
      </p>
    </footer>
  );
}

/** At the start, and whenever the link changes under us. */
function useOpening(session: Session, embedded: AppProps['embedded']): void {
  useEffect(() => {
    const fromHash = () => {
      const hash = location.hash.slice(1);
      if (hash && hash !== lastWritten) opening(session, () => openLink(hash));
    };
    if (location.hash.length > 1) fromHash();
    else if (embedded) opening(session, () => openText(embedded.text, embedded.name));
    const drop = (event: DragEvent) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (event.type === 'drop' && file) void openFile(session, file);
    };
    addEventListener('hashchange', fromHash);
    addEventListener('dragover', drop);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('hashchange', fromHash);
      removeEventListener('dragover', drop);
      removeEventListener('drop', drop);
    };
  }, [session, embedded]);
}

let lastWritten = '';

/** The address follows the trace, a moment later: a link to here is always in the address bar. */
function useHash(session: Session): void {
  const { timeline } = session;
  // Stepping leaves the trace as it is; every move that is played is a moment of its own.
  const last = timeline.moment(timeline.length);
  useEffect(() => {
    if (timeline.length === 0) return;
    const timer = setTimeout(() => {
      const had = lastWritten;
      try {
        lastWritten = session.link();
        history.replaceState(null, '', `#${lastWritten}`);
      } catch (error) {
        // An address that lags behind would lie.
        lastWritten = '';
        history.replaceState(null, '', location.href.split('#')[0]);
        if (had !== '')
          session.say('note', `The address no longer holds the trace: ${(error as Error).message}.`);
      }
    }, 400);
    return () => clearTimeout(timer);
  }, [session, timeline, last]);
}

function useKeyboard(session: Session): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === 'Escape' && session.pending) return session.cancel();
      const target = event.target as HTMLElement;
      const typing = ['INPUT', 'SELECT', 'TEXTAREA'].includes(target.tagName);
      if (typing || (event.key === ' ' && ['BUTTON', 'SUMMARY'].includes(target.tagName))) return;
      if (!Object.hasOwn(KEYS, event.key)) return;
      KEYS[event.key](session);
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [session]);
}

const focus = (what: string) => document.querySelector<HTMLElement>(what)?.focus();

const KEYS: Readonly<Record<string, (session: Session) => void>> = {
  ArrowLeft: (session) => session.step(-1),
  ArrowRight: (session) => session.step(1),
  Home: (session) => session.goTo(0),
  End: (session) => session.goTo(session.timeline.length),
  ' ': (session) => session.play(),
  m: () => focus('.moves button, .moves input'),
  '/': () => focus('.shell input'),
};

const FRAME_MS = 700;

function useFilm(session: Session): void {
  const { playing } = session;
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => session.step(1), FRAME_MS);
    return () => clearInterval(timer);
  }, [session, playing]);
}
