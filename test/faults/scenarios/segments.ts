/** Stored segments that are torn, flipped, overwritten or followed by garbage while no controller runs: what stands before the damage is read, to
 * the last sample, and the rest is said to be damaged. */

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStudy } from '../../../controller/store/read.ts';
import { BenchError } from '../../../proto/index.ts';
import type { Random } from '../../helpers/random.ts';
import { type ReadFrame, readSegment } from '../checker/segments.ts';
import type { Round } from '../journal.ts';
import { between, oneOf, type RoundOptions, type Scenario, sleep } from '../scenario.ts';
import { Bench } from '../world/bench.ts';

const KINDS = ['torn', 'bit-flip', 'zeroed-tail', 'garbage-tail', 'swapped-pages', 'emptied'] as const;
type Kind = (typeof KINDS)[number];
const MAGIC_BYTES = 8;
const PAGE_BYTES = 4096;

export const segments: Scenario = {
  name: 'segments',
  about: 'stored segments torn, flipped, zeroed, followed by garbage',
  needs: [],
  weight: 10,
  run: async (o) => {
    const bench = new Bench(o.world, o);
    await bench.start(1, { samplesPerRecord: 100 });
    const study = await bench.study();
    await sleep(800);
    await bench.finish(study);
    await bench.drained();
    bench.check(study, 'finish', 'complete');
    await bench.controller.stop();
    for (const seat of bench.seats) await seat.firehose.process.stop(5000);
    const kinds = o.brief ? [...KINDS] : Array.from({ length: 40 }, () => oneOf(o.random, KINDS));
    for (const [i, kind] of kinds.entries()) damageOne(study.dir, join(o.dir, `damaged-${i}`), kind, o);
  },
};

function damageOne(dir: string, copy: string, kind: Kind, { random, round }: RoundOptions): void {
  cpSync(dir, copy, { recursive: true });
  const file = oneOf(
    random,
    readdirSync(join(copy, 'samples')).filter((name) => name.endsWith('.seg')),
  );
  const path = join(copy, 'samples', file);
  const before = readFileSync(path);
  const { bytes, detail } = damaged(before, kind, random);
  writeFileSync(path, bytes);
  round.inject(kind, `${file} ${detail}`);
  compare(copy, { before: readSegment(before).frames, after: bytes, kind, round });
  rmSync(copy, { recursive: true });
}

function damaged(whole: Buffer, kind: Kind, random: Random): { bytes: Buffer; detail: string } {
  const at = between(random, MAGIC_BYTES, whole.length - 1);
  const bytes = Buffer.from(whole);
  if (kind === 'torn') return { bytes: bytes.subarray(0, at), detail: `at ${at}` };
  if (kind === 'emptied') return { bytes: Buffer.alloc(0), detail: '' };
  if (kind === 'garbage-tail') {
    const garbage = Buffer.from(Array.from({ length: between(random, 1, 500) }, () => between(random, 0, 255)));
    return { bytes: Buffer.concat([bytes, garbage]), detail: `of ${garbage.length} bytes` };
  }
  if (kind === 'zeroed-tail') return { bytes: bytes.fill(0, at), detail: `from ${at}` };
  if (kind === 'bit-flip') {
    const bit = between(random, 0, 7);
    bytes[at] = (bytes[at] as number) ^ (1 << bit);
    return { bytes, detail: `bit ${bit} of byte ${at}` };
  }
  const pages = Math.floor((whole.length - MAGIC_BYTES) / PAGE_BYTES);
  const [a, b] = [0, 1].map(() => MAGIC_BYTES + PAGE_BYTES * between(random, 0, Math.max(0, pages - 1))) as [
    number,
    number,
  ];
  whole.copy(bytes, a, b, b + PAGE_BYTES);
  whole.copy(bytes, b, a, a + PAGE_BYTES);
  return { bytes, detail: `at ${a} and ${b}` };
}

/** The product's reading of the damaged study against what is known to be whole. */
function compare(dir: string, o: { before: ReadFrame[]; after: Buffer; kind: Kind; round: Round }): void {
  const { before, after, kind, round } = o;
  const { frames, tornBytes } = readSegment(after);
  const isPrefix = frames.every(({ record }, i) => record.digest === before[i]?.record.digest);
  if (!isPrefix) round.finding(kind, { code: 'checker', detail: 'the checker takes damaged frames for whole ones' });
  const whole = frames.filter(({ record }) => record.body === 'samples').map(({ record }) => record.samples);
  try {
    const { batches, warnings } = readStudy(dir);
    const read = batches.map(({ latencyNs }) => latencyNs.length);
    if (read.join() !== whole.join())
      round.finding(kind, { code: 'misread', detail: `${read.length} batches are read, ${whole.length} are whole` });
    const lost = frames.length < before.length || tornBytes > 0;
    if (lost && !warnings.some(({ code }) => /torn|damaged|missing|incomplete|cut/.test(code)))
      round.finding(kind, {
        code: 'untold',
        detail: `${before.length - frames.length} records are gone, ${tornBytes} bytes damaged, and no warning says so`,
      });
  } catch (error) {
    // a refusal in words of its own is an answer, too
    if (!(error instanceof BenchError)) round.finding(kind, { code: 'crash', detail: String((error as Error).stack) });
  }
}
