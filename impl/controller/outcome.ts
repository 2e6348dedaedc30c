// What an operation answers with.

export const OK = 0;
export const KILLED = 1;
export const EEXIST = 2;
export const ENOENT = 3;
export const EBUSY = 4;
export const ESRCH = 5;
export const EINVAL = 6;
export const ENOMEM = 7;
const names = ['ok', 'KILLED', 'EEXIST', 'ENOENT', 'EBUSY', 'ESRCH', 'EINVAL', 'ENOMEM'];
export const outcomeName = (code: number): string => names[code] ?? `outcome ${code}`;
