/** study.json: everything about a study but its samples. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, type HostFacts } from '#proto';
import type { UntilRun } from '../analysis/record.ts';
import type { MechanismFacts } from '../analysis/results.ts';
import type { PlannedArm, PlannedSut, UnsuitedPair } from '../plan/study.ts';
import { META_SHAPE } from './meta-shape.ts';
import { readRegular } from './read-regular.ts';
import { misfit } from './shape.ts';
import type { StoredSegment } from './stored-segments.ts';

export const META_SCHEMA = 'hookbench.study/v1';

/** planned → running → one of the last three (lifecycle.ts) */
export const STUDY_STATUSES = ['planned', 'running', 'complete', 'interrupted', 'failed'] as const;
export type StudyStatus = (typeof STUDY_STATUSES)[number];

export interface StudyMeta {
  readonly schema: typeof META_SCHEMA;
  readonly id: string;
  readonly seed: number;
  readonly status: StudyStatus;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** measured = samples each arm should have after its warm-up, per node and condition */
  readonly suts: readonly (PlannedSut & { readonly measured: number })[];
  readonly mechanisms: readonly string[];
  readonly conditions: readonly string[];
  readonly arms: readonly PlannedArm[];
  /** pairs without an arm; absent in studies of older versions: none */
  readonly unsuited?: readonly UnsuitedPair[];
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
  /** forks that were planned and not measured to their end, as a node was lost and the study went on; absent where there are none */
  readonly unfinished?: readonly UnfinishedFork[];
  /** what was stored by the end; absent before it, where the end could not be made durable, and in studies of older versions */
  readonly segments?: readonly StoredSegment[];
}

export interface UnfinishedFork {
  readonly node: string;
  readonly condition: string;
  readonly fork: number;
}

export function isEnded(status: StudyStatus): status is 'complete' | 'interrupted' | 'failed' {
  return status !== 'planned' && status !== 'running';
}

/** @throws BenchError usage when the folder holds no study of this schema */
export function readMeta(dir: string): StudyMeta {
  const path = join(dir, 'study.json');
  if (!existsSync(path)) {
    throw new BenchError('usage', `${dir} holds no study (no study.json)`, {
      nextStep: 'name the folder that hookbench run wrote, e.g. results/<study-id>',
    });
  }
  const meta = parsed(path) as StudyMeta | null;
  if (meta?.schema === META_SCHEMA && STUDY_STATUSES.includes(meta.status)) return shaped(path, meta);
  if (meta?.schema === META_SCHEMA) throw new BenchError('usage', `${path} has no known status (${meta.status})`);
  throw new BenchError('usage', `${path} has schema ${String(meta?.schema)}; this version reads ${META_SCHEMA}`);
}

function shaped(path: string, meta: StudyMeta): StudyMeta {
  const wrong = misfit(meta, META_SHAPE, 'study');
  if (wrong === null) return meta;
  throw new BenchError('usage', `${path} is damaged: ${wrong}`, { nextStep: 'take the study from where it was made' });
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readRegular(path));
  } catch (cause) {
    throw new BenchError('usage', `${path} can't be read: ${(cause as Error).message}`, { cause });
  }
}
