import type { RunOptions } from './run-options.ts';

/** the options of hookbench plan: those of a study, and what it must be large enough for */
export interface PlanOptions extends Omit<RunOptions, 'out'> {
  out?: string | undefined;
  detect?: number;
  power: number;
  alpha: number;
  pilot?: string;
  most: number;
}
