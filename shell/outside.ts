// Any other implementation behind the shell: a program that speaks the line protocol, or the concurrent controller. Files are read off its view.

import { NotAlive, type OutsideOptions, Unavailable } from '../lockstep/index.ts';
import type { ProfileName } from '../model/index.ts';
import { type Move, moveOf, profiles, ROOT } from '../model/index.ts';
import { openOutside, openSubject } from '../properties/subjects/implementation.ts';
import { isOutside } from '../properties/subjects/known.ts';
import { type OutsideSubject, observe, type Subject } from '../properties/subjects/subject.ts';
import { type Observable, View } from '../properties/view/view.ts';
import {
  type Deed,
  isFileName,
  type Maybe,
  type Path,
  type Pid,
  type Reply,
  refused,
  SHELL,
  type ShellMachine,
} from './machine.ts';
import { NumberedMachine } from './tree.ts';

/** What a program is asked to have room for: it hears of a scope before the first command. */
const SCOPE = { containers: 64, tasks: 64, pages: 16_384, limit: 16_385 };

type Asked = Pick<OutsideSubject, 'apply' | 'act' | 'see' | 'observed' | 'close'>;

export class OutsideMachine extends NumberedMachine implements ShellMachine {
  readonly name: string;
  readonly profile: ProfileName;
  readonly #subject: Asked;
  readonly #view = new View(SCOPE);
  /** Moves were made since the view was written. */
  #isStale = false;
  /** Where the specification has no root, the first container stands for it: unlimited, and never removed. */
  readonly #root: number;
  readonly #pages = new Map<number, number>();

  private constructor(name: string, profile: ProfileName, subject: Asked) {
    super();
    this.name = name;
    this.profile = profile;
    this.#subject = subject;
    this.#root = profiles[profile].root ? ROOT : 0;
  }

  /** @throws Unavailable with the reason; NotAlive if the program breaks the protocol. */
  static async open(impl: string, profile: ProfileName, options: OutsideOptions): Promise<OutsideMachine> {
    let subject: Asked;
    if (isOutside(impl)) {
      const program = await openOutside(impl, profile, SCOPE, options);
      subject = program;
      if (program.stumble) {
        await program.close();
        throw new NotAlive(program.stumble.witness);
      }
    } else subject = inside(await openSubject(impl, profile, SCOPE));
    const machine = new OutsideMachine(impl, profile, subject);
    if (machine.#root !== ROOT) await machine.#move('mkdir', machine.#root);
    await machine.#move('spawn', SHELL, machine.#root);
    return machine;
  }

  async #move(...move: Move): Promise<Reply> {
    const { act } = this.#subject;
    if (!act) return this.#subject.apply(move, this.#view);
    this.#isStale = true;
    return act.call(this.#subject, move);
  }

  /** What is to be seen now. Nobody compares between two readings, and so nobody looks. */
  async #seen(): Promise<View> {
    if (this.#isStale) await this.#subject.see?.(this.#view);
    this.#isStale = false;
    return this.#view;
  }

  /** The number that the subject knows a container by. */
  #number(id: number): number {
    return id === ROOT ? this.#root : id + (this.#root + 1);
  }

  protected async tell(move: Move): Promise<Reply> {
    if (move[0] === 'mkdir') {
      const [, made, parent = ROOT] = move;
      const c = room('containers', this.#number(made));
      // In a flat profile only the names are nested.
      if (parent === ROOT || profiles[this.profile].hierarchy === 'flat') return this.#move('mkdir', c);
      // Who does not show parents knows no trees.
      if (!this.#subject.observed.has('parent'))
        throw new Unavailable(
          `${this.name} does not speak trees ("trees":true in its greeting, "parent" in its views), and in profile ${this.profile} a parent answers for what is in it`,
        );
      return this.#move('mkdir', c, this.#number(parent));
    }
    if (move[0] === 'move')
      return move[1] < SCOPE.tasks ? this.#move('move', move[1], this.#number(move[2])) : refused('ESRCH');
    if (move[0] === 'setLimit')
      return move[1] === ROOT ? refused('EINVAL') : this.#move('setLimit', this.#number(move[1]), move[2]);
    return this.#move('rmdir', this.#number(move[1]));
  }

  /** A program knows neither the root nor who is below whom. */
  override rmdir(path: Path): Maybe<Reply> {
    return path.length === 0 || this.children(path)?.length ? refused('EBUSY') : super.rmdir(path);
  }

  async read(path: Path, file: string): Promise<string | undefined> {
    const id = this.tree.idOf(path);
    if (id === undefined || !isFileName(file)) return undefined;
    const [what, read] = FILES[file];
    if (!this.#subject.observed.has(what)) throw new Unavailable(`${this.name} does not show its ${what}`);
    return read(await this.#seen(), this.#view.slotOf(this.#number(id)));
  }

  override act(deed: Deed, pid: Pid, ...args: readonly number[]): Promise<Reply> {
    const given = args.map((arg) => (deed === 'fork' ? room('tasks', arg) : this.#page(arg)));
    return this.#move(...moveOf(deed, [pid, ...given]));
  }

  /** Page numbers are the user's and may be huge; a scope counts from 0. */
  #page(page: number): number {
    const known = this.#pages.get(page) ?? room('pages', this.#pages.size);
    this.#pages.set(page, known);
    return known;
  }

  close(): Promise<void> {
    return this.#subject.close();
  }
}

/** Each control file: what must be shown for it, and its text. */
const FILES = {
  rss_limit: ['limit', (view, slot) => `${view.exactLimit(slot)}\n`],
  rss_usage: ['usage', (view, slot) => `${view.usage[slot]}\n`],
  rss_failcnt: ['failcnt', (view, slot) => `${view.failcnt[slot]}\n`],
  rss_reclaimed: ['reclaims', (view, slot) => `${view.reclaims[slot]}\n`],
  tasks: [
    'tasks',
    (view, slot) => [...view.container].flatMap((c, t) => (c === slot ? `${t}\n` : [])).join(''),
  ],
} as const satisfies Record<string, readonly [Observable, (view: View, slot: number) => string]>;

/** @throws Unavailable beyond the scope */
function room(kind: 'containers' | 'tasks' | 'pages', id: number): number {
  if (id < SCOPE[kind]) return id;
  throw new Unavailable(
    `the shell drives at most ${SCOPE[kind]} ${kind} of an implementation that counts them`,
  );
}

/** A subject of this process, asked as those outside are. */
function inside(subject: Subject): Asked {
  subject.reset();
  return {
    observed: subject.observed,
    apply: async (move, view) => observe(subject, move, view),
    act: async (move) => {
      const { outcome, killed, reclaimed } = subject.apply(move);
      return { outcome, killed: [...killed], reclaimed: [...reclaimed] };
    },
    see: async (view) => void subject.look(view),
    async close() {},
  };
}
