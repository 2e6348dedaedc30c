// The controller at step grain: threads, locks, and the fault that is not atomic.

export type { Action, Choose, Effect } from './action.ts';
export { UseAfterFree } from './memory.ts';
export { begins, effect, guard, insides, type Step } from './next.ts';
export type * from './scope.ts';
export * from './start.ts';
export * from './state.ts';
