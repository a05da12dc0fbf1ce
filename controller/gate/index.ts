/** The only public door of the gate. */

export { budgetOf } from './budget.ts';
export { type GateOptions, judge } from './judge.ts';
export { type Budget, GATE_SCHEMA, type GateReport, type GateRow, type Outcome } from './types.ts';
