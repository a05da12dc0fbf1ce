/** The messages of hookbench/v1/control.proto, as plain objects. */

import type { Note } from './measurement.ts';
import type { Hello } from './model.ts';

export interface RunStudyRequest {
  suts: string[];
  mechanisms: string[];
  mechanismsAsked: boolean;
  sutsAsked: boolean;
  conditions: string[];
  action: string;
  requests: number;
  warmup: number;
  warmupFixed: boolean;
  forks: number;
  blocks: number;
  seed: number;
  seedFixed: boolean;
  keywords: Uint8Array[];
  requestBytes: number;
  marginNs: number;
  command: string;
  outDir: string;
  token: string;
  functions: string[];
  blockErrno: string;
  warmupFloor: number;
  warmupFloorFixed: boolean;
  untilNs: number;
  untilFor: string[];
  budgetMs: number;
  studyFile: string;
}

export interface StudyPlanned {
  studyId: string;
  dir: string;
  seed: number;
  forks: number;
  steps: number;
  mechanisms: string[];
  suts: string[];
}

export interface StudyProgress {
  doneSteps: number;
  totalSteps: number;
  samples: number;
  text: string;
}

export interface StudyEnded {
  status: string;
  dir: string;
  code: string;
  message: string;
  nextStep: string;
  detail: string;
}

export type StudyEvent =
  | { body: 'planned'; planned: StudyPlanned }
  | { body: 'progress'; progress: StudyProgress }
  | { body: 'notice'; notice: Note }
  | { body: 'ended'; ended: StudyEnded };

export interface ListAgentsRequest {
  token: string;
}

export interface ListAgentsResponse {
  agents: Hello[];
}

export interface CancelStudyRequest {
  studyId: string;
  token: string;
}

export type CancelStudyResponse = Record<string, never>;

/** message name on the wire → its type here */
