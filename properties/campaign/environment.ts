// The variables that tell where a campaign's server is, and how one gets in.

/** `redis://[USER:PASSWORD@]HOST:PORT/DB`, or rediss:// for TLS; loopback if it is not set. */
export const ADDRESS = 'FIRSTTOUCH_REDIS';
/** The password alone, if it is not part of the address. */
export const PASSWORD = 'FIRSTTOUCH_REDIS_PASSWORD';

/** What a job, and a program that it starts, may see. */
export function withoutServer(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [ADDRESS]: _, [PASSWORD]: __, ...rest } = environment;
  return rest;
}
