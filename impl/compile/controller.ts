// Compiles a touch to WebAssembly, out of the controller's own sources: `npm run compile` writes impl/controller/touch.wasm.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as outcome from '../controller/outcome.ts';
import { SOURCES } from '../controller/room.ts';
import * as tables from '../controller/tables.ts';
import { asAssemblyScript, constantsOf, method, textOf, topFunction } from './slice.ts';

const target = new URL('../controller/touch.wasm', import.meta.url);

/** In AssemblyScript a table is where it begins in memory, and nothing is ever made: every object stands for what is there once. */
const FRAME = `
type TaskId = i32;
type Page = i32;
type Container = i32;
type Slot = i32;

@external("at", "words") declare const WORDS: i32;
@external("at", "taskWords") declare const TASK_WORDS: i32;
@external("at", "killed") declare const KILLED_AT: i32;
@external("at", "reclaimed") declare const RECLAIMED_AT: i32;
@external("at", "pages") declare const PAGES: i32;
@external("policy", "batch") declare const BATCH: i32;
@external("policy", "bounded") declare const BOUNDED: i32;
@external("policy", "transient") declare const TRANSIENT: i32;
@external("controller", "killOne") declare function killOne(c: i32): void;
@external("controller", "map") declare function map(t: i32, p: i32): void;
@external("controller", "unmap") declare function unmap(t: i32, p: i32): void;
@external("controller", "find") declare function find(t: i32, p: i32): i32;

@unmanaged class Record {
  ${Array.from({ length: 16 }, (_, i) => `field${i}: i32;`).join(' ')}
}
@unmanaged class Table {
  at(record: i32): Record { return changetype<Record>((changetype<i32>(this) + record) << 2); }
  @operator("[]") get(i: i32): i32 { return load<i32>((changetype<i32>(this) + i) << 2); }
  @operator("[]=") set(i: i32, value: i32): void { store<i32>((changetype<i32>(this) + i) << 2, value); }
}
@unmanaged class Words extends Table {
  get length(): i32 { return WORDS; }
}
@unmanaged class TaskWords extends Table {
  get length(): i32 { return TASK_WORDS; }
}
@unmanaged class JournalWords extends Table {
  get length(): i32 { return PAGES + 1; }
}
@unmanaged class Doubles {
  @operator("[]") get(i: i32): f64 { return load<f64>(i << 3); }
  @operator("[]=") set(i: i32, value: f64): void { store<f64>(i << 3, value); }
}
@unmanaged class Mappings {
  find(t: i32, p: i32): i32 { return find(t, p); }
}
@unmanaged class Policy {
  get batch(): i32 { return BATCH; }
  get bounded(): bool { return BOUNDED != 0; }
  get transient(): bool { return TRANSIENT != 0; }
}
`;

/** What a touch takes from each file. */
const PARTS = {
  journal: 'push clear',
  machine:
    'page link unlink charge uncharge owner ownedBy reference isMapped maps becomeFirst leaveFirst container containerOf taskExists',
  reclaim: 'reclaim share freePage',
  index: '#touch #fault #begin',
};

/** The AssemblyScript: a frame, the constants of the tables, the functions as they stand in the controller. */
export function sliced(): string {
  const known = { ...tables, outcome };
  const text = { journal: '', machine: '', reclaim: '', index: '' };
  const constants: Record<string, number> = {};
  for (const file of ['journal', 'machine', 'reclaim', 'index'] as const) {
    text[file] = textOf(`${file}.ts`);
    for (const [name, value] of Object.entries(constantsOf(text[file], known))) {
      if ((constants[name] ?? value) !== value) throw new Error(`${name} is not the same in every file`);
      constants[name] = value;
    }
  }
  const write = (file: keyof typeof PARTS, find = method) =>
    PARTS[file].split(' ').map((name) => inline(asAssemblyScript(find(text[file], name), constants)));
  return [
    FRAME,
    ...Object.entries(constants).map(([name, value]) => `const ${name}: i32 = ${value};`),
    '@unmanaged class Journal {',
    '  get words(): JournalWords { return changetype<JournalWords>(changetype<i32>(this)); }',
    '  grow(): void { unreachable(); }',
    ...write('journal'),
    '}',
    '@unmanaged class Machine {',
    '  get words(): Words { return changetype<Words>(0); }',
    '  get tasks(): TaskWords { return changetype<TaskWords>(WORDS); }',
    '  get doubles(): Doubles { return changetype<Doubles>(0); }',
    '  get mappings(): Mappings { return changetype<Mappings>(0); }',
    '  get reclaimed(): Journal { return changetype<Journal>(RECLAIMED_AT); }',
    '  get pages(): i32 { return PAGES; }',
    '  needPage(id: i32): void { unreachable(); }',
    '  map(t: i32, p: i32): void { map(t, p); }',
    '  unmap(t: i32, p: i32): void { unmap(t, p); }',
    ...write('machine'),
    '}',
    ...write('reclaim', topFunction).map(endless),
    '@unmanaged class Controller {',
    '  get machine(): Machine { return changetype<Machine>(0); }',
    '  get switches(): Policy { return changetype<Policy>(0); }',
    '  get killed(): Journal { return changetype<Journal>(KILLED_AT); }',
    '  get reclaimed(): Journal { return changetype<Journal>(RECLAIMED_AT); }',
    '  killOne(c: i32): void { killOne(c); }',
    ...write('index'),
    '}',
    'export function touch(t: i32, id: i32): i32 { return changetype<Controller>(0).touch(t, id); }',
  ].join('\n');
}

/** One piece of code: a call within it costs a nanosecond, of twenty. */
const inline = (text: string): string => text.replace(/^( *)(?:export )?/, '$1@inline ');

/** A function that is left from within a loop for ever has to say so. */
const endless = (text: string): string => text.replace(/\n {2}}\n}$/, '\n  }\n  return unreachable();\n}');

/** impl/controller/touch.wasm as it ought to be. @throws Error with what the compiler says. */
export function compiled(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'firsttouch-compile-'));
  try {
    writeFileSync(join(folder, 'touch.ts'), sliced());
    const asc = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
    const flags = '-O3 --noAssert --runtime stub --importMemory --noExportMemory'.split(' ');
    const { status, stderr } = spawnSync(
      process.execPath,
      [asc, 'touch.ts', '--outFile', 'touch.wasm', ...flags],
      { cwd: folder, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`the compiler refuses: ${stderr}`);
    return signed(readFileSync(join(folder, 'touch.wasm')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The code with a section of its own at the end, `sources`: the hash of what it was made of. */
function signed(code: Buffer): Buffer {
  const hash = createHash('sha256');
  for (const file of SOURCES) hash.update(textOf(file));
  const name = 'sources';
  const section = Buffer.from(`${String.fromCharCode(name.length)}${name}${hash.digest('hex')}`);
  return Buffer.concat([code, Buffer.from([0, section.length]), section]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, compiled());
