// The implementations that have a name; any other text for --impl is the command of a program. Imports nothing: every start of the CLI reads it.

export const implementations = ['controller', 'lru', 'concurrent', 'linux'] as const;

/** `linux`, the running kernel; `linux:PATH`, one in a guest; either with a regime, `linux+stock:PATH`. */
export const isLinux = (impl: string): boolean => /^linux(\+\w+)?(:.+)?$/.test(impl);

/** Outside of this process: a program, or a kernel. */
export const isOutside = (impl: string): boolean =>
  isLinux(impl) || !(implementations.some((name) => name === impl) || impl.startsWith('mutant:'));

/** How a kernel can be driven: properties/subjects/linux/regime.ts says what each shows. */
export const regimeNames = ['quiet', 'random', 'killer', 'stock', 'migrate', 'flat'] as const;

/** The name of a kernel and its regime for --impl, replay and files. */
export const linuxName = (kernel?: string, regime: string = 'quiet'): string =>
  `linux${regime === 'quiet' ? '' : `+${regime}`}${kernel === undefined ? '' : `:${kernel}`}`;
