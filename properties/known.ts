// The implementations that have a name; any other text for --impl is the command of a program. Imports nothing: every start of the CLI reads it.

export const implementations = ['controller', 'lru', 'concurrent', 'linux'] as const;
