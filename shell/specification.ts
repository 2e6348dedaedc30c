// The LRU specification behind the shell: a state, the names of its containers, and the model's own control files.

import {
  initial,
  lru,
  type Move,
  moveOf,
  profiles,
  ROOT,
  readFile,
  type State,
  step,
  writeFile,
} from '../model/index.ts';
import type { ProfileName } from '../model/profile.ts';
import { type Deed, type Path, type Pid, type Reply, refused, SHELL, type ShellMachine } from './machine.ts';
import { Tree } from './tree.ts';

export class SpecificationMachine implements ShellMachine {
  readonly name = 'lru';
  readonly profile: ProfileName;
  readonly tree = new Tree(ROOT);
  state: State;

  constructor(profile: ProfileName) {
    this.profile = profile;
    this.state = step(initial(profiles[profile], true), ['spawn', SHELL, ROOT], lru).state;
  }

  #move(...move: Move): Reply {
    const next = step(this.state, move, lru);
    this.state = next.state;
    return next;
  }

  mkdir(path: Path): Reply {
    if (this.tree.idOf(path) !== undefined) return refused('EEXIST');
    const parent = this.tree.idOf(path.slice(0, -1));
    if (parent === undefined) return refused('ENOENT');
    const reply = this.#move('mkdir', this.tree.nextId(), parent);
    if (reply.outcome === 'ok') this.tree.add(path);
    return reply;
  }

  rmdir(path: Path): Reply {
    const id = this.tree.idOf(path);
    if (id === undefined) return refused('ENOENT');
    const reply = this.#move('rmdir', id);
    if (reply.outcome === 'ok') this.tree.remove(path);
    return reply;
  }

  children(path: Path): readonly string[] | undefined {
    return this.tree.childrenOf(path);
  }

  read(path: Path, file: string): string | undefined {
    const id = this.tree.idOf(path);
    return id === undefined ? undefined : readFile(this.state, id, file);
  }

  write(path: Path, file: string, text: string): Reply {
    const id = this.tree.idOf(path);
    if (id === undefined) return refused('ENOENT');
    const next = writeFile(this.state, id, file, text, SHELL, lru);
    this.state = next.state;
    return next;
  }

  act(deed: Deed, pid: Pid, ...args: readonly number[]): Reply {
    return this.#move(...moveOf(deed, [pid, ...args]));
  }
}
