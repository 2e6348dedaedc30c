// The LRU specification behind the shell: a state, the names of its containers, and the model's own control files.

import {
  initial,
  lru,
  type Move,
  profiles,
  ROOT,
  readFile,
  type State,
  step,
  writeFile,
} from '../model/index.ts';
import type { ProfileName } from '../model/profile.ts';
import { type Path, type Reply, refused, SHELL, type ShellMachine } from './machine.ts';
import { NumberedMachine } from './tree.ts';

export class SpecificationMachine extends NumberedMachine implements ShellMachine {
  readonly name = 'lru';
  readonly profile: ProfileName;
  state: State;

  constructor(profile: ProfileName) {
    super();
    this.profile = profile;
    this.state = step(initial(profiles[profile], true), ['spawn', SHELL, ROOT], lru).state;
  }

  protected tell(move: Move): Reply {
    const next = step(this.state, move, lru);
    this.state = next.state;
    return next;
  }

  read(path: Path, file: string): string | undefined {
    const id = this.tree.idOf(path);
    return id === undefined ? undefined : readFile(this.state, id, file);
  }

  override write(path: Path, file: string, text: string): Reply {
    const id = this.tree.idOf(path);
    if (id === undefined) return refused('ENOENT');
    const next = writeFile(this.state, id, file, text, SHELL, lru);
    this.state = next.state;
    return next;
  }
}
