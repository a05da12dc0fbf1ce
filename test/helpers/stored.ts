/** Pieces of a stored study: study.json's content and the place of a record. */
import type { Place } from '#proto';
import { META_SCHEMA, type StudyMeta } from '../../controller/store/meta.ts';
import { NODE } from './study.ts';

export const META: StudyMeta = {
  schema: META_SCHEMA,
  id: 'study-0',
  seed: 7,
  status: 'running',
  startedAt: '2026-11-23T00:00:00.000Z',
  finishedAt: null,
  suts: [{ id: 'java-hello', warmup: 30, unitSamples: 1, measured: 973 }],
  mechanisms: ['none', 'ld-preload'],
  conditions: ['process'],
  arms: [],
  action: 'observe',
  requestsPerArm: 1003,
  warmup: null,
  forks: 1,
  blocks: 1,
  keywords: 1,
  requestBytes: 88,
  marginNs: null,
  command: 'hookbench run',
  hookbenchVersion: '0.1.0',
  nodes: [{ id: 'node-1', facts: NODE }],
  warnings: [],
};

export const PLACE: Place = {
  sut: 'java-hello',
  condition: 'process',
  fork: 0,
  block: 1,
  step: 2,
  phase: 'measure',
  design: 'alternated',
  vantage: 'client',
};
