/** study.json: everything about a study but its samples. */

import type { HostFacts } from '#proto';
import type { UntilRun } from '../analysis/record.ts';
import type { MechanismFacts } from '../analysis/results.ts';
import type { PlannedArm, PlannedSut } from '../plan/study.ts';

export const META_SCHEMA = 'hookbench.study/v1';

export interface StudyMeta {
  readonly schema: typeof META_SCHEMA;
  readonly id: string;
  readonly seed: number;
  readonly status: 'running' | 'complete' | 'interrupted' | 'failed';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** measured = samples each arm should have after its warm-up, per node and condition */
  readonly suts: readonly (PlannedSut & { readonly measured: number })[];
  readonly mechanisms: readonly string[];
  readonly conditions: readonly string[];
  readonly arms: readonly PlannedArm[];
  readonly action: string;
  /** absent in studies stored before there was a choice: read */
  readonly functions?: readonly string[];
  /** null unless the action is block; absent in studies of older versions */
  readonly blockErrno?: string | null;
  /** every mechanism of the agents' catalogue; absent in older studies */
  readonly catalogue?: readonly MechanismFacts[];
  /** the keywords as latin-1 text; kept where matches name them (action trace) */
  readonly keywordList?: readonly string[];
  readonly requestsPerArm: number;
  readonly warmup: number | null;
  /** the user's least warm-up; absent in studies of older versions */
  readonly warmupFloor?: number | null;
  /** how forks were added; absent in studies of older versions */
  readonly until?: UntilRun | null;
  readonly forks: number;
  readonly blocks: number;
  readonly keywords: number;
  readonly requestBytes: number;
  readonly marginNs: number | null;
  readonly command: string;
  readonly hookbenchVersion: string;
  readonly nodes: readonly { readonly id: string; readonly facts: HostFacts }[];
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}
