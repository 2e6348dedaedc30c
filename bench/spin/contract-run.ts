// Builds and runs the contract in SPIN: depth first, as a verifier in C, with nothing reduced; and reads what it counted.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../../model/index.ts';
import { promela } from './contract.ts';

export interface SpinRun {
  readonly states: number;
  /** SPIN counts the initial state as one; it is taken off here. */
  readonly transitions: number;
  /** As the verifier measures itself, and from its start to its end. */
  readonly seconds: number;
  readonly wall: number;
  /** Of a stored state: its vector and SPIN's own record. */
  readonly bytesPerState: number;
}

export class NoSpin extends Error {
  override readonly name = 'NoSpin';
}

const has = (program: string, flag: string): boolean => {
  try {
    execFileSync(program, [flag], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A compiled verifier of one scope. Throws NoSpin with the reason where spin or gcc is missing. */
export class Verifier {
  readonly #folder: string;

  /** `judged`: with the claims as assertions. */
  constructor(scope: Scope, judged = false) {
    if (!has('spin', '-V')) throw new NoSpin('spin is not installed (Debian: apt-get install spin)');
    if (!has('gcc', '--version')) throw new NoSpin('gcc is not installed');
    this.#folder = mkdtempSync(join(tmpdir(), 'firsttouch-spin-'));
    writeFileSync(join(this.#folder, 'contract.pml'), promela(scope, judged));
    const run = (program: string, args: string[]) =>
      execFileSync(program, args, { cwd: this.#folder, stdio: 'ignore' });
    run('spin', ['-a', 'contract.pml']);
    run('gcc', ['-O2', '-DSAFETY', '-DNOREDUCE', '-w', '-o', 'pan', 'pan.c']);
  }

  run(): SpinRun {
    const began = performance.now();
    const text = execFileSync('./pan', ['-m4000000', '-w22', '-n'], { cwd: this.#folder, encoding: 'utf8' });
    const wall = (performance.now() - began) / 1000;
    const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
    if (!/errors: 0/.test(text) || /max search depth too small/.test(text)) throw new Error(text);
    const states = number(/(\d+) states, stored/);
    return {
      states,
      transitions: number(/(\d+) transitions/) - 1,
      seconds: number(/elapsed time ([\d.]+) seconds/),
      wall,
      bytesPerState: (number(/([\d.]+)\s+actual memory usage for states/) * 2 ** 20) / states,
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
