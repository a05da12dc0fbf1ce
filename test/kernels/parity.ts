/** Says of a study whether every hook has seen every read: node --import tsx test/kernels/parity.ts OUT. Exit code 0 or 1. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../../controller/analysis/results.ts';
import { studyDir } from '../helpers/cli.ts';

const out = process.argv[2] ?? 'results';
const { parity, loss } = JSON.parse(readFileSync(join(studyDir(out), 'results.json'), 'utf8')) as Results;
for (const { mechanism, sut, seenReads, expectedReads, seenHits, expectedHits, ok } of parity)
  console.log(
    `${ok ? 'ok  ' : 'MISS'}  ${mechanism} on ${sut}: ${seenReads} of ${expectedReads} reads, ${seenHits} of ${expectedHits} hits`,
  );
for (const { hop, mechanism, lost } of loss) if (lost > 0) console.log(`LOST  ${hop} ${mechanism}: ${lost}`);
const whole = parity.length > 0 && parity.every(({ ok }) => ok) && loss.every(({ lost }) => lost === 0);
process.exitCode = whole ? 0 : 1;
