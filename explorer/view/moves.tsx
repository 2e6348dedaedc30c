// What can be done now: the legal moves as buttons, and the question that a move leaves open.

import { useState } from 'preact/hooks';
import { type Arg, type ArgKind, moveOf, ROOT } from '../../model/index.ts';
import { mayGiveUp } from '../graph.ts';
import { legalRows, type Row } from '../legal.ts';
import type { Names } from '../names.ts';
import type { Pending, Session } from '../session.ts';
import { moveWords } from '../words.ts';

const DECIDERS = [
  ['lists', 'the two lists decide'],
  ['me', 'I decide'],
] as const;

export function Moves({ session }: { readonly session: Session }) {
  const { timeline, names } = session;
  const rows = legalRows(timeline);
  return (
    <section class="moves" aria-label="moves">
      <h2>Moves</h2>
      <fieldset class="decider">
        <legend>Free choices (which page, which victim)</legend>
        {DECIDERS.map(([decider, words]) => (
          <label key={decider}>
            <input
              type="radio"
              name="decider"
              checked={session.decider === decider}
              onChange={() => session.setDecider(decider)}
            />
            {words}
          </label>
        ))}
      </fieldset>
      {session.pending ? (
        <Choice session={session} pending={session.pending} />
      ) : (
        <dl class="rows">
          {rows.map((row) => (
            <MoveRow key={row.action.name} row={row} session={session} names={names} />
          ))}
        </dl>
      )}
    </section>
  );
}

interface RowProps {
  readonly row: Row;
  readonly session: Session;
  readonly names: Names;
}

function MoveRow({ row, session, names }: RowProps) {
  const { action, moves } = row;
  return (
    <div class="row">
      <dt>{action.name}</dt>
      <dd>
        {moves === null && <Arguments row={row} session={session} names={names} />}
        {moves?.length === 0 && <span class="empty">not now</span>}
        {moves?.map((move) => {
          const words = moveWords(move, names);
          return (
            <button type="button" key={words} aria-label={words} onClick={() => session.act(move)}>
              {words.slice(action.name.length + 1)}
            </button>
          );
        })}
      </dd>
    </div>
  );
}

/** Arguments to pick where there are too many moves for buttons; says beforehand why a move would be refused. */
function Arguments({ row, session, names }: RowProps) {
  const { action, values } = row;
  const [picked, setPicked] = useState<readonly Arg[]>(
    values.map((list) => list.find((v) => v !== ROOT) ?? 0),
  );
  const args = picked.map((arg, i) =>
    values[i].includes(arg) || action.args[i] === 'page' ? arg : (values[i][0] ?? 0),
  );
  const move = moveOf(action.name, args);
  const errno = action.guard(session.timeline.state, ...args);
  const set = (i: number, value: number) => setPicked(args.map((arg, j) => (i === j ? value : arg)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        session.act(move);
      }}
    >
      {action.args.map((kind, i) => (
        <Argument
          key={i}
          label={`${action.name}: ${kind} ${i + 1}`}
          kind={kind}
          value={Number(args[i])}
          values={values[i]}
          names={names}
          set={(value) => set(i, value)}
        />
      ))}
      <button type="submit" aria-label={moveWords(move, names)}>
        {action.name}
      </button>
      {errno && <span class="refused">would be refused: {errno}</span>}
    </form>
  );
}

interface ArgumentProps {
  readonly label: string;
  readonly kind: ArgKind;
  readonly value: number;
  readonly values: readonly Arg[];
  readonly names: Names;
  readonly set: (value: number) => void;
}

function Argument({ label, kind, value, values, names, set }: ArgumentProps) {
  if (kind === 'page' || kind === 'limit') {
    return (
      <input
        type="number"
        aria-label={label}
        min={0}
        max={kind === 'page' ? values.length - 1 : undefined}
        value={value}
        onInput={(event) => set(Math.max(0, Math.trunc(Number(event.currentTarget.value) || 0)))}
      />
    );
  }
  return (
    <select aria-label={label} value={value} onChange={(event) => set(Number(event.currentTarget.value))}>
      {values.map((id) => (
        <option key={String(id)} value={Number(id)}>
          {kind === 'task' ? names.task(Number(id)) : names.container(Number(id))}
        </option>
      ))}
    </select>
  );
}

function Choice({ session, pending }: { readonly session: Session; readonly pending: Pending }) {
  const { question, move, decisions } = pending;
  const { names } = session;
  const [taken, setTaken] = useState<readonly number[]>([]);
  const c = names.container(question.container);
  const isReclaim = question.kind === 'reclaim';
  const toggle = (p: number) => setTaken(taken.includes(p) ? taken.filter((q) => q !== p) : [...taken, p]);
  const answer = (decision: readonly number[] | null) => {
    setTaken([]);
    session.decide(decision);
  };
  return (
    <fieldset class="choice">
      <legend>A choice is open</legend>
      <p>
        <b>{moveWords(move, names)}</b>: {c} is at its limit.{' '}
        {isReclaim
          ? 'Which of its pages are reclaimed? One or more, any that nobody has locked.'
          : 'Nothing can be reclaimed. Which of its tasks does the OOM killer pick?'}
        {decisions.length > 0 && ` (choice ${decisions.length + 1} of this move)`}
      </p>
      <div class="options">
        {question.candidates.map((id) =>
          isReclaim ? (
            <button type="button" key={id} aria-pressed={taken.includes(id)} onClick={() => toggle(id)}>
              p{id}
            </button>
          ) : (
            <button type="button" key={id} onClick={() => answer([id])}>
              kill {names.task(id)}
            </button>
          ),
        )}
      </div>
      <div class="options">
        {isReclaim && (
          <button type="button" class="main" disabled={taken.length === 0} onClick={() => answer(taken)}>
            reclaim {taken.length > 0 ? taken.map((p) => `p${p}`).join(' ') : '…'}
          </button>
        )}
        {isReclaim && mayGiveUp(session.timeline.state.profile.scan) && (
          <button type="button" onClick={() => answer([])}>
            give up: reclaim nothing
          </button>
        )}
        <button type="button" onClick={() => session.decideRest()}>
          let the two lists decide
        </button>
        <button type="button" onClick={() => session.cancel()}>
          do not move
        </button>
      </div>
    </fieldset>
  );
}
