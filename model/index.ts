// The executable specification: what any correct controller may do (contract), and what the two-list policy makes of it (LRU spec).

export * from './action.ts';
export * from './file.ts';
export { lru, mostMapped } from './lru.ts';
export * from './next.ts';
export * from './profile.ts';
export * from './state.ts';
export * from './tree.ts';
