// The contract as formulas (contract.txt), and what reads them: the prover, the evaluator, and who writes them down.

export { type Condition, conditionsOf } from './conditions.ts';
export * from './evaluate.ts';
export { BadFormula, type Term } from './language.ts';
export { failing, type Picture, pictureOf, stepText } from './picture.ts';
export * from './prove.ts';
export { files } from './smt.ts';
export { hasSolver, NoSolver, openSolver, type Solver } from './solver.ts';
export { contract, lists, type Step, type System, systemsOf, textOf } from './system.ts';
