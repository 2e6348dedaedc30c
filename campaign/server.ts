// The server that machines share: where it is, from the environment, which is never printed, and what its silence is called.

import { Redis } from 'ioredis';
import { ADDRESS, BadServer, PASSWORD } from './environment.ts';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

/** @throws BadServer */
export function serverOf(environment: NodeJS.ProcessEnv): Server {
  const text = environment[ADDRESS] ?? 'redis://127.0.0.1:6379';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw notAnAddress();
  }
  const db = url.pathname.replace(/^\//, '') || '0';
  const legal = ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '' && /^\d{1,5}$/.test(db);
  if (!legal) throw notAnAddress();
  const password = decodeURIComponent(url.password) || environment[PASSWORD];
  const username = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    db: Number(db),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

const notAnAddress = () =>
  new BadServer(
    `${ADDRESS} holds no address; legal is redis://HOST:PORT/DB or rediss://USER:PASSWORD@HOST:PORT`,
  );

const RETRY_MS = 250;
const ANSWER_MS = 5000;

/** How every connection behaves: it comes back by itself, and what was asked meanwhile waits, until the signal says to let go. */
export const connectionOf = (server: Server, over: AbortSignal) => ({
  ...server,
  connectTimeout: ANSWER_MS,
  maxRetriesPerRequest: null,
  retryStrategy: () => (over.aborted ? null : RETRY_MS),
  // The version is looked at once, by firstContact.
  skipVersionCheck: true,
});

/** A connection that has answered once. @throws BadServer */
export async function connect(server: Server, over = new AbortController().signal): Promise<Redis> {
  await firstContact(server);
  const { skipVersionCheck: _, ...options } = connectionOf(server, over);
  const redis = new Redis(options);
  // It comes back by itself; without a listener every loss is printed, address and all.
  redis.on('error', () => {});
  return redis;
}

async function firstContact(server: Server): Promise<void> {
  const probe = new Redis({
    ...server,
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let last: Error | null = null;
  probe.on('error', (error: Error) => {
    last = error;
  });
  try {
    await probe.connect();
    const version = /redis_version:(\d+)\.(\d+)/.exec(await probe.info('server'));
    if (!version || Number(version[1]) < 5)
      throw new BadServer('the server is older than Redis 5, which is the least');
  } catch (error) {
    throw error instanceof BadServer ? error : new BadServer(plain(last ?? error));
  } finally {
    probe.disconnect();
  }
}

/** What went wrong, by its code alone: a message could hold the address. */
function plain(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  const named = `the server (${ADDRESS}, or loopback if it is not set)`;
  if (/WRONGPASS|NOAUTH|NOPERM|AUTH/.test(message)) return `${named} refuses the user or password`;
  return `${named} does not answer${code ? ` (${code})` : ''}`;
}
