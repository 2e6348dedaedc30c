// The implementations that have a name; any other text for --impl is the command of a program. Imports nothing: every start of the CLI reads it.

export const implementations = ['controller', 'lru', 'concurrent', 'linux'] as const;

/** Outside of this process: a program, or the kernel. */
export const isOutside = (impl: string): boolean =>
  impl === 'linux' || !(implementations.some((name) => name === impl) || impl.startsWith('mutant:'));
