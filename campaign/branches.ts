// Which branches of the specification's text were taken: a copy of model/ with a counter in every branch, run in place of the model.

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { initial, type ProfileName } from '../model/index.ts';
import { inCopy, load, sourcesOf } from '../properties/subjects/plant.ts';
import { Specification } from '../properties/subjects/subject.ts';

/** Text and numbers of control files belong to the shell: no random run comes there. */
const NOT_WALKED = new Set(['file.ts', 'index.ts']);

type Model = typeof import('../model/index.ts');

/** The instrumented model: its branches by name, and a counter for each. */
export interface Instrumented {
  readonly model: Model;
  readonly names: readonly string[];
  readonly counts: Float64Array;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Where counters go: texts to put in at places of a source, and the names of the branches. */
class Plan {
  readonly #inserts: { readonly at: number; readonly text: string; readonly opens: boolean }[] = [];
  readonly #source: string;
  readonly #file: string;
  readonly #names: string[];

  constructor(file: string, source: string, names: string[]) {
    this.#file = file;
    this.#source = source;
    this.#names = names;
  }

  visit(node: Node): void {
    this.#branchesOf(node);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) this.visit(child);
    }
  }

  #branchesOf(node: Node): void {
    const part = (field: string) => node[field] as Node;
    switch (node.type) {
      case 'IfStatement':
        if (!node.alternate) this.#put(node.end, ` else { ${this.#counter(node, 'else')}; }`);
        this.#statement(part('consequent'), 'then');
        if (node.alternate) this.#statement(part('alternate'), 'else');
        break;
      case 'ForStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        this.#statement(part('body'), 'loop');
        break;
      case 'ConditionalExpression':
        this.#expression(part('consequent'), '?');
        this.#expression(part('alternate'), ':');
        break;
      case 'LogicalExpression':
        this.#expression(part('right'), String(node.operator));
        break;
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
        if (node.body) this.#function(part('body'));
        break;
      default:
    }
  }

  #function(body: Node): void {
    if (body.type === 'BlockStatement') this.#statement(body, 'function');
    else this.#expression(body, 'function');
  }

  #statement(node: Node, what: string): void {
    const counter = `${this.#counter(node, what)};`;
    if (node.type === 'BlockStatement') {
      this.#put(node.start + 1, ` ${counter}`);
      return;
    }
    this.#put(node.start, `{ ${counter} `, true);
    this.#put(node.end, ' }');
  }

  #expression(node: Node, what: string): void {
    this.#put(node.start, `(${this.#counter(node, what)}, `, true);
    this.#put(node.end, ')');
  }

  #counter({ start }: Node, what: string): string {
    const before = this.#source.slice(0, start).split('\n');
    this.#names.push(`${this.#file}:${before.length}:${(before.at(-1) ?? '').length + 1} ${what}`);
    return `$took[${this.#names.length - 1}]++`;
  }

  #put(at: number, text: string, opens = false): void {
    this.#inserts.push({ at, text, opens });
  }

  /** At one place what closes comes before what opens; the inner closes first and opens last (a parent is visited before its children). */
  text(): string {
    const nested = this.#inserts.map((insert, i) => ({ ...insert, depth: insert.opens ? i : -i }));
    nested.sort((x, y) => x.at - y.at || Number(x.opens) - Number(y.opens) || x.depth - y.depth);
    let out = '';
    let from = 0;
    for (const { at, text } of nested) {
      out += this.#source.slice(from, at) + text;
      from = at;
    }
    return out + this.#source.slice(from);
  }
}

let loaded: Promise<Instrumented> | null = null;

/** Needs a process in which tsx reads TypeScript. Loaded once. */
export const instrumentedModel = (): Promise<Instrumented> => (loaded ??= instrumented());

async function instrumented(): Promise<Instrumented> {
  const { parse } = await import('@babel/parser');
  const names: string[] = [];
  return inCopy(['model'], null, async (folder) => {
    writeFileSync(join(folder, 'model/took.ts'), 'export const took = new Float64Array(4096);\n');
    for (const [file, source] of sourcesOf('model')) {
      const name = basename(file);
      if (!NOT_WALKED.has(name)) writeFileSync(join(folder, file), instrument(name, source, names));
    }
    const { took } = await load<{ took: Float64Array }>(folder, 'model/took.ts');
    const model = await load<Model>(folder, 'model/index.ts');
    return { model, names, counts: took.subarray(0, names.length) };
  });

  function instrument(file: string, source: string, all: string[]): string {
    const { program } = parse(source, { sourceType: 'module', plugins: ['typescript', 'estree'] });
    const plan = new Plan(file, source, all);
    plan.visit(program as unknown as Node);
    return `import { took as $took } from './took.ts'; ${plan.text()}`;
  }
}

/** The specification by the instrumented copy, which counts what was taken since this object was made: one at a time in a thread. */
export class WatchedSpecification extends Specification {
  readonly #counts: Float64Array;

  constructor(profile: ProfileName, { model, counts }: Instrumented) {
    // How a run begins is no branch that it takes.
    super(model.profiles[profile], model.lru, undefined, { initial, step: model.step });
    this.#counts = counts;
    counts.fill(0);
  }

  /** How often each branch was taken. */
  get taken(): number[] {
    return [...this.#counts];
  }
}
