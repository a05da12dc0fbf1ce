/** npm run test:conformance:node */

import { parseArgs } from 'node:util';
import { runNode } from './run.ts';

const { values } = parseArgs({
  options: {
    chunks: { type: 'string', default: '25000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** another Node than this one */
    program: { type: 'string', default: process.execPath },
  },
});
const seed = Number(values.seed);
const RUNS = [
  ['default', 'observe', 4],
  ['hostile', 'trace', 2],
  ['nul', 'observe', 1],
  ['default', 'block', 1.5],
  ['hostile', 'block', 1.5],
] as const;
let disagreements = 0;
for (const [set, action, tenths] of RUNS) {
  const chunks = Math.ceil((Number(values.chunks) * tenths) / 10);
  const outcome = await runNode({ seed, chunks, action, set, program: values.program });
  const counted = `${outcome.chunks} chunks, ${outcome.hits} with a keyword, ${outcome.disagreements.length} disagreements`;
  process.stdout.write(`${set} ${action}, seed ${seed}: ${counted}\n`);
  for (const text of outcome.disagreements) process.stdout.write(`  ${text}\n`);
  disagreements += outcome.disagreements.length;
}
process.exitCode = disagreements === 0 ? 0 : 1;
