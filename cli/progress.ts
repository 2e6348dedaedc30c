// The progress line on stderr: redrawn in place, at most ten times a second, and only on a terminal.

import type { Progress } from './command.ts';
import { many } from './printable.ts';

const EVERY_MS = 100;

export function progressOn(
  stream: NodeJS.WriteStream,
  enabled: boolean,
  now = () => performance.now(),
): Progress {
  let began: number | null = null;
  let drawn = Number.NEGATIVE_INFINITY;
  let visible = false;

  const clear = () => {
    if (visible) stream.write('\r\x1b[K');
    visible = false;
  };
  const report = (done: number, unit: string, total?: number, note?: string) => {
    const time = now();
    began ??= time;
    if (!enabled || time - drawn < EVERY_MS) return;
    drawn = time;
    visible = true;
    const line = progressText(done, unit, (time - began) / 1000, total, note);
    stream.write(`\r\x1b[K${line.slice(0, Math.max((stream.columns || 80) - 1, 10))}`);
  };
  return { report, clear };
}

/** `1,200 of 5,000 runs, 24%, 340 runs/s`. */
export function progressText(
  done: number,
  unit: string,
  seconds: number,
  total?: number,
  note?: string,
): string {
  const of = total === undefined ? '' : ` of ${many(total)}`;
  const share = total ? `, ${Math.floor((100 * done) / total)}%` : '';
  const rate = seconds > 0 ? `, ${many(done / seconds)} ${unit}/s` : '';
  return `${many(done)}${of} ${unit}${share}${rate}${note ? `, ${note}` : ''}`;
}
