// A real browser for tests and the bench: starts chromium if the machine has it, writes the pages, and lets a monkey loose on them.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why no browser can be had here; null if there is one. */
export const noBrowser: string | null = existsSync(CHROMIUM) ? null : `chromium is not at ${CHROMIUM}`;

/** Headless, without a sandbox (CI runs as root), and without the services that would look for a network. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A page with patience for a loaded machine. tsx marks functions with a helper that the browser lacks: it is given one. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(120_000);
  await page.addInitScript({ content: 'globalThis.__name = (f) => f;' });
  return page;
}

/** A folder for pages and files that goes away with the process. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'firsttouch-pages-'));

  constructor() {
    process.on('exit', () => rmSync(this.path, { recursive: true, force: true }));
  }

  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  url(name: string): string {
    return pathToFileURL(join(this.path, name)).href;
  }
}

/** What a page must not have: errors on its console, uncaught ones, and requests that leave it. */
export function troubles(page: Page): string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(file|data|blob):/.test(url)) found.push(`request: ${url}`);
  });
  return found;
}

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds wrong with the page as it is now, one line a place. */
export async function axe(page: Page): Promise<string[]> {
  const file = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.evaluate(readFileSync(file, 'utf8'));
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
  });
}

/** Does `steps` random things to the page, always the same for one seed: clicks, choices, keys, lines in the shell. Returns how many it did. */
export function monkey(page: Page, steps: number, seed: number): Promise<number> {
  return page.evaluate(
    async ({ steps, seed }) => {
      let x = seed >>> 0;
      const roll = (sides: number) => {
        x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
        return Math.floor((x / 2 ** 32) * sides);
      };
      const lines = [
        'mkdir /containers/rss/A',
        'echo $$ > /containers/rss/A/tasks',
        'echo -n 2 > /containers/rss/A/rss_limit',
        'fork a',
        'a: touch 0-5',
        'touch 3,1',
        'a: mlock 2',
        'a: exit',
        'rmdir /containers/rss/A',
        'nonsense > > $',
        'cat /containers/rss/A/tasks',
      ];
      const keys = ['ArrowLeft', 'ArrowRight', 'Home', 'End', ' ', 'Escape', 'm', '/'];
      const set = (control: HTMLInputElement | HTMLSelectElement, value: string, event: string) => {
        const owner = control instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
        Object.getOwnPropertyDescriptor(owner.prototype, 'value')?.set?.call(control, value);
        control.dispatchEvent(new Event(event, { bubbles: true }));
      };
      const use = (control: Element) => {
        if (control instanceof HTMLSelectElement) {
          set(control, control.options[roll(control.options.length)].value, 'change');
        } else if (control instanceof HTMLInputElement && control.type === 'text') {
          set(control, lines[roll(lines.length)], 'input');
          control.form?.requestSubmit();
        } else if (
          control instanceof HTMLInputElement &&
          (control.type === 'range' || control.type === 'number')
        ) {
          set(control, String(roll(Number(control.max || 9) + 1)), 'input');
        } else
          (control as HTMLElement).dispatchEvent(
            new MouseEvent('click', { bubbles: true, cancelable: true }),
          );
      };
      const channel = new MessageChannel();
      const turn = () =>
        new Promise<void>((resolve) => {
          channel.port1.onmessage = () => resolve();
          channel.port2.postMessage(0);
        });
      let done = 0;
      while (done < steps) {
        const controls = document.querySelectorAll(
          'button:not(:disabled), select, input:not([type=file]), summary, [role=button]',
        );
        if (roll(6) === 0)
          dispatchEvent(new KeyboardEvent('keydown', { key: keys[roll(keys.length)], bubbles: true }));
        else if (roll(12) === 0) use(document.querySelector('.shell input') ?? controls[0]);
        else {
          const control = controls[roll(controls.length)];
          // Opening a file needs a person, saving one fills the disk.
          if (!/open a file|JSON|ITF|transcript|^test$|copy link/.test(control.textContent ?? ''))
            use(control);
        }
        done++;
        await turn();
      }
      return done;
    },
    { steps, seed },
  );
}
