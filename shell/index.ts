// The control-file shell: the letter's testing scenario as a language, over any machine. Runs in a browser too.

export { ControllerMachine } from './controller.ts';
export * from './machine.ts';
export * from './script.ts';
export * from './shell.ts';
export { SpecificationMachine } from './specification.ts';
export { transcriptDiff } from './transcript.ts';
export * from './words.ts';
