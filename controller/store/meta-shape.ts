/** The shape of study.json: what readers of StudyMeta rely on. */

import type { Shape } from './shape.ts';

const WORDS: Shape = { list: 'text' };

const FACTS: Shape = {
  fields: {
    ...{ hostname: 'text', kernel: 'text', os: 'text', cpu: 'text', cores: 'number', virtualization: 'text' },
    ...{
      memoryBytes: 'number',
      libc: 'text',
      node: 'text',
      java: 'text',
      bpftrace: 'text',
      load: 'text',
      pinning: 'text',
    },
  },
};

const CATALOGUE_ENTRY: Shape = {
  fields: {
    ...{ id: 'text', layer: 'text', actions: WORDS, functions: WORDS },
    limits: { list: { fields: { action: 'text', why: 'text' } } },
    sha256: { orAbsent: 'text' },
    clockHolds: { orAbsent: ['call', 'work'] },
  },
};

const UNTIL: Shape = {
  fields: {
    ...{ halfWidthNs: 'number', only: WORDS, budgetMs: 'number', looks: { list: 'count' } },
    stopped: ['narrow', 'budget', 'interrupted'],
  },
};

export const META_SHAPE: Shape = {
  fields: {
    ...{ id: 'text', seed: 'count', startedAt: 'text', finishedAt: { orNull: 'text' } },
    suts: { list: { fields: { id: 'text', warmup: 'count', unitSamples: 'count', measured: 'number' } } },
    ...{ mechanisms: WORDS, conditions: WORDS },
    arms: {
      list: { fields: { index: 'count', mechanism: 'text', aa: 'flag', design: ['both', 'alternated', 'sliced'] } },
    },
    unsuited: { orAbsent: { list: { fields: { sut: 'text', mechanism: 'text', why: { orAbsent: 'text' } } } } },
    action: ['observe', 'trace', 'block'],
    functions: { orAbsent: WORDS },
    blockErrno: { orAbsent: { orNull: 'text' } },
    catalogue: { orAbsent: { list: CATALOGUE_ENTRY } },
    keywordList: { orAbsent: WORDS },
    requestsPerArm: 'count',
    warmup: { orNull: 'count' },
    warmupFloor: { orAbsent: { orNull: 'count' } },
    unfinished: { orAbsent: { list: { fields: { node: 'text', condition: 'text', fork: 'count' } } } },
    until: { orAbsent: { orNull: UNTIL } },
    ...{ forks: 'count', blocks: 'count', keywords: 'count', requestBytes: 'count' },
    marginNs: { orNull: 'number' },
    ...{ command: 'text', hookbenchVersion: 'text' },
    nodes: { list: { fields: { id: 'text', facts: FACTS } } },
    warnings: { list: { fields: { code: 'text', detail: 'text' } } },
    segments: { orAbsent: { list: { fields: { file: 'text', records: 'count', samples: 'count' } } } },
  },
};
