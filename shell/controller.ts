// The optimized controller behind the shell. Its control files are read and written here, in words of their own: the model's are not asked.

import { Controller, EINVAL, ENOENT, ESRCH, OK, outcomeName, ROOT } from '../impl/controller/index.ts';
import type { Move } from '../model/index.ts';
import {
  type Deed,
  isFileName,
  ok,
  type Path,
  type Pid,
  type Reply,
  refused,
  SHELL,
  type ShellMachine,
} from './machine.ts';
import { NumberedMachine } from './tree.ts';

const ZERO = 48;
const LINE_FEED = 10;

export class ControllerMachine extends NumberedMachine implements ShellMachine {
  readonly name = 'controller';
  readonly profile: string;
  readonly controller: Controller;
  /** Page numbers are the user's and may be huge; the controller's tables want small ones. */
  readonly #pages = new Map<number, number>();

  constructor(profile: string) {
    super();
    this.profile = profile;
    this.controller = new Controller(profile, { root: true });
    this.controller.spawn(SHELL, ROOT);
  }

  #reply(code: number): Reply {
    if (code === OK && this.controller.killed.length === 0) return ok;
    return { outcome: outcomeName(code), killed: [...this.controller.killed] };
  }

  #page(page: number): number {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    const next = this.#pages.size;
    this.#pages.set(page, next);
    return next;
  }

  protected tell([name, id, parent]: Move): Reply {
    const { controller } = this;
    return this.#reply(
      name === 'mkdir' ? controller.mkdir(Number(id), Number(parent)) : controller.rmdir(Number(id)),
    );
  }

  read(path: Path, file: string): string | undefined {
    const id = this.tree.idOf(path);
    if (id === undefined || !isFileName(file)) return undefined;
    const { controller } = this;
    if (file === 'tasks') return controller.members(id).reduce((text, pid) => `${text}${pid}\n`, '');
    const counter = {
      rss_limit: 'limit',
      rss_usage: 'usage',
      rss_failcnt: 'failcnt',
      rss_reclaimed: 'reclaims',
    } as const;
    return `${controller[counter[file]](id)}\n`;
  }

  override write(path: Path, file: string, text: string): Reply {
    const id = this.tree.idOf(path);
    if (id === undefined || !isFileName(file)) return refused(outcomeName(ENOENT));
    const { controller } = this;
    if (file === 'tasks') {
      const digits = countDigits(text);
      const rest = text.length - digits;
      if (digits === 0 || rest > 1 || (rest === 1 && text.charCodeAt(digits) !== LINE_FEED))
        return refused(outcomeName(EINVAL));
      const pid = Number.parseInt(text, 10) || SHELL;
      return controller.taskExists(pid) ? this.#reply(controller.move(pid, id)) : refused(outcomeName(ESRCH));
    }
    if (file !== 'rss_limit' || countDigits(text) !== text.length) return refused(outcomeName(EINVAL));
    return this.#reply(controller.setLimit(id, text === '' ? 0n : BigInt(text)));
  }

  override act(deed: Deed, pid: Pid, ...args: readonly number[]): Reply {
    const { controller } = this;
    if (deed === 'fork') return this.#reply(controller.fork(pid, args[0]));
    if (deed === 'exit') return this.#reply(controller.exit(pid));
    const [page, target] = args.map((one) => this.#page(one));
    return this.#reply(controller[deed](pid, page, target));
  }
}

/** How many decimal digits a text begins with. */
function countDigits(text: string): number {
  let n = 0;
  while (n < text.length && text.charCodeAt(n) >= ZERO && text.charCodeAt(n) < ZERO + 10) n++;
  return n;
}
