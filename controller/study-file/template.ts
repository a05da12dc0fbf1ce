/** The study file that hookbench init writes: every key, with what it means; what is not commented out is a study that runs. */

import { z } from 'zod';
import { STUDY_SCHEMA, studyFile } from './schema.ts';

/** what a key is set to in the template; those in SET are not commented out */
const SET: Readonly<Record<string, string>> = {
  schema: STUDY_SCHEMA,
  sut: '[node-hello, read-loop]',
  mechanisms: '[ld-preload]',
  requests: '20000',
  forks: '6',
  blocks: '4',
};
const LIKE: Readonly<Record<string, string>> = {
  conditions: '[process]',
  action: 'observe',
  functions: '[read]',
  errno: 'ECONNRESET',
  warmup: 'auto',
  'warmup-floor': '4000',
  seed: '1',
  quick: 'true',
  keywords: 'words.txt',
  'request-bytes': '88',
  margin: '1us',
  until: '1us',
  'until-for': '[ld-preload]',
  budget: '10m',
  'hooks-dir': 'hooks',
  controller: 'bench.example.org:7461',
  'tls-dir': 'alice-tls',
  'token-file': 'token',
  out: 'results',
  json: 'true',
  quiet: 'true',
  verbose: 'true',
  detect: '1us',
  power: '0.8',
  alpha: '0.05',
  pilot: 'results/STUDY-ID',
  most: '1h',
  max: "['ld-preload:read-loop:p50<1us']",
  undecided: 'fail',
};
const HEAD = `# A study of hookbench: what a hook on read() costs, on the same work with it and without.
#
#   hookbench plan FILE                      what it would do, and how long it takes
#   hookbench run FILE                       run it; flags given beside it win, and the report says which
#   hookbench gate results/STUDY-ID --study FILE
#
# Keys are the names of the flags of hookbench run. For completion in an editor: hookbench init --schema > study.schema.json
`;

export function template(): string {
  const lines = Object.entries(studyFile.shape).flatMap(([key, value]) => {
    const section = value instanceof z.ZodOptional && value.unwrap() instanceof z.ZodObject ? value.unwrap() : null;
    if (section instanceof z.ZodObject) return ['', `# ${describe(value)}`, `# ${key}:`, ...sectionLines(section)];
    return ['', `# ${describe(value)}`, SET[key] === undefined ? `# ${key}: ${LIKE[key]}` : `${key}: ${SET[key]}`];
  });
  return `${HEAD}${lines.join('\n')}\n`;
}

function sectionLines(section: z.ZodObject): string[] {
  return Object.entries(section.shape).map(
    ([key, value]) =>
      `#   ${key}: ${key === 'sut' ? 'read-loop' : (LIKE[key] ?? SET[key])}    # ${describe(value as z.ZodType)}`,
  );
}

function describe(value: z.ZodType): string {
  const { description } = value instanceof z.ZodOptional ? (value.unwrap() as z.ZodType) : value;
  return description ?? '';
}
