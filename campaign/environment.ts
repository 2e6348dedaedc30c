// What tells where a campaign's server is, and how one gets in; and what keeps that from the jobs. Known without the server's client.

/** `redis://[USER:PASSWORD@]HOST:PORT/DB`, or rediss:// for TLS; loopback if it is not set. */
export const ADDRESS = 'FIRSTTOUCH_REDIS';
/** The password alone, if it is not part of the address. */
export const PASSWORD = 'FIRSTTOUCH_REDIS_PASSWORD';

/** The server cannot be used. The message says nothing of where it is, or how one gets in. */
export class BadServer extends Error {
  override name = 'BadServer';
}

/** What a job, and a program that it starts, may see. */
export function withoutServer(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [ADDRESS]: _, [PASSWORD]: __, ...rest } = environment;
  return rest;
}
