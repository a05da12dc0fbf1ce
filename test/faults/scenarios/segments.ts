/** Stored segments that are torn, flipped, overwritten, emptied or gone while no controller runs: what stands before the damage is read, to the
 * last sample, and the rest is said to be missing: by the reader, by fsck, and by the recovery of a study that was left behind so. */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStudy } from '../../../controller/store/read.ts';
import { BenchError } from '../../../proto/index.ts';
import { type ReadFrame, readSegment } from '../checker/segments.ts';
import { oneOf, type RoundOptions, type Scenario, sleep } from '../scenario.ts';
import { Bench } from '../world/bench.ts';
import { DAMAGES, type Damage, damaged } from '../world/damage.ts';
import { checkFsck, checkRecovery } from './segments-told.ts';

/** one damaged study, and what is known of it */
export interface Case {
  readonly kind: Damage;
  /** of its folder, and of the segment in it that was damaged */
  readonly name: string;
  readonly file: string;
  readonly before: readonly ReadFrame[];
  /** null: the file is gone */
  readonly after: Buffer | null;
  /** frames that are whole, before the damage */
  readonly whole: readonly ReadFrame[];
  /** something that was stored can't be read any more, or something unreadable was added */
  readonly isHurt: boolean;
}

export const segments: Scenario = {
  name: 'segments',
  about: 'stored segments torn, flipped, zeroed, emptied, gone; what reader, fsck and recovery say',
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
    const kinds = o.brief ? [...DAMAGES] : Array.from({ length: 40 }, () => oneOf(o.random, DAMAGES));
    const folders = { ended: join(o.dir, 'ended'), left: join(o.dir, 'left') };
    for (const folder of Object.values(folders)) mkdirSync(folder);
    const cases = kinds.map((kind, i) => damageOne(study.dir, { ...o, folders, kind, name: `${i}-${kind}` }));
    for (const one of cases) compare(join(folders.ended, one.name), one, o);
    await checkFsck(folders.ended, cases, o);
    await checkRecovery(folders.left, cases, o);
  },
};

/** The study twice with the same damage: ended as it was, and as a controller that was killed leaves it. */
function damageOne(
  dir: string,
  o: RoundOptions & { folders: { ended: string; left: string }; kind: Damage; name: string },
): Case {
  const { kind, name, random } = o;
  const file = oneOf(
    random,
    readdirSync(join(dir, 'samples')).filter((entry) => entry.endsWith('.seg')),
  );
  const bytes = readFileSync(join(dir, 'samples', file));
  const before = readSegment(bytes).frames;
  const { bytes: after, detail } = damaged(bytes, kind, { random, ends: before.map(({ end }) => end) });
  o.round.inject(kind, `${file} ${detail}`);
  for (const folder of Object.values(o.folders)) {
    cpSync(dir, join(folder, name), { recursive: true });
    const path = join(folder, name, 'samples', file);
    if (after === null) rmSync(path);
    else writeFileSync(path, after);
  }
  leaveBehind(join(o.folders.left, name, 'study.json'));
  const { frames: whole, tornBytes } = after === null ? { frames: [], tornBytes: 0 } : readSegment(after);
  return { kind, name, file, before, after, whole, isHurt: whole.length < before.length || tornBytes > 0 };
}

function leaveBehind(path: string): void {
  const { segments: _, ...meta } = JSON.parse(readFileSync(path, 'utf8')) as { segments: unknown };
  writeFileSync(path, JSON.stringify({ ...meta, status: 'running', finishedAt: null }));
}

/** The product's reading of the damaged study against what is known to be whole. */
function compare(dir: string, { kind, before, after, whole, isHurt }: Case, { round }: RoundOptions): void {
  const isPrefix = whole.every(({ record }, i) => record.digest === before[i]?.record.digest);
  if (!isPrefix) round.finding(kind, { code: 'checker', detail: 'the checker takes damaged frames for whole ones' });
  const samples = whole.filter(({ record }) => record.body === 'samples').map(({ record }) => record.samples);
  try {
    const { batches, warnings } = readStudy(dir);
    const read = batches.map(({ latencyNs }) => latencyNs.length);
    if (read.join() !== samples.join())
      round.finding(kind, { code: 'misread', detail: `${read.length} batches are read, ${samples.length} are whole` });
    if (isHurt && !warnings.some(({ code }) => /^(?:torn-segment|missing-records)$/.test(code)))
      round.finding(kind, {
        code: 'untold',
        detail: `${before.length - whole.length} records of ${after?.length ?? 'no'} bytes are gone, and no warning says so`,
      });
  } catch (error) {
    // a refusal in words of its own is an answer, too
    if (!(error instanceof BenchError)) round.finding(kind, { code: 'crash', detail: String((error as Error).stack) });
  }
}
