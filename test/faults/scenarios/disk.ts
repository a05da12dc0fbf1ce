/** Full disks: the spool's, which must cost nothing while there is memory; the spool's own bound, which must be counted; and the results', which
 * ends the study and must be counted, too. */

import { join } from 'node:path';
import { between, type RoundOptions, type Scenario, sleep } from '../scenario.ts';
import { Bench } from '../world/bench.ts';
import { SmallDisk } from '../world/small-disk.ts';

const KIB = 1024;

export const disk: Scenario = {
  name: 'disk',
  about: 'the disk of the spool or of the results full, the bound of the spool reached',
  needs: ['root'],
  weight: 8,
  run: async (o) => {
    const results = new SmallDisk(o.world, join(o.dir, 'results'), 24 * KIB);
    const spool = new SmallDisk(o.world, join(o.dir, 'spool'), 256);
    const bench = new Bench(o.world, { ...o, results: results.dir });
    await bench.start(1, {
      ...{ spoolPath: join(spool.dir, 'spool'), spoolLimitBytes: 32 * 1024 * KIB },
      recordsPerSecond: 100,
    });
    for (let i = 0; i < (o.brief ? 1 : 3); i++) await spoolDiskFull(bench, spool, o);
    for (let i = 0; i < (o.brief ? 1 : 3); i++) await resultsFull(bench, results, o);
    await swapped(bench, o);
    for (let i = 0; i < (o.brief ? 1 : 3); i++) await boundReached(bench, o);
  },
};

async function spoolDiskFull(bench: Bench, spool: SmallDisk, { random, round }: RoundOptions): Promise<void> {
  const study = await bench.study();
  const [seat] = bench.seats;
  const forMs = between(random, 300, 900);
  round.inject('spool-disk-full', `for ${forMs} ms`);
  seat?.witness.relay.hold('up', 'down');
  spool.fill();
  await sleep(forMs);
  spool.free();
  seat?.witness.relay.letGo();
  await bench.finish(study);
  await bench.drained();
  bench.check(study, 'spool-disk-full', 'complete');
}

/** A run whose spool is bounded to 200 KiB, in place of the one before. */
async function swapped(bench: Bench, o: RoundOptions): Promise<void> {
  const [seat] = bench.seats;
  if (seat === undefined) return;
  await seat.firehose.process.stop(5000);
  await bench.restart(seat, { spoolLimitBytes: 200 * KIB, recordsPerSecond: 100, spoolPath: join(o.dir, 'bounded') });
  seat.dead.splice(0);
  await bench.connected();
}

async function boundReached(bench: Bench, { random, round }: RoundOptions): Promise<void> {
  const study = await bench.study();
  const forMs = between(random, 1200, 2000);
  round.inject('spool-bound', `silence for ${forMs} ms`);
  for (const { witness } of bench.seats) witness.relay.hold('up', 'down');
  await sleep(forMs);
  for (const { witness } of bench.seats) witness.relay.letGo();
  await bench.finish(study);
  await bench.drained();
  bench.check(study, 'spool-bound', 'complete');
}

/** What can't be stored ends the study; it is counted, and stored once there is room. */
async function resultsFull(bench: Bench, results: SmallDisk, { random, round }: RoundOptions): Promise<void> {
  const study = await bench.study();
  await sleep(between(random, 50, 300));
  const forMs = between(random, 100, 500);
  round.inject('results-full', `for ${forMs} ms`);
  results.fill();
  await sleep(forMs);
  results.free();
  for (const { firehose } of bench.seats) firehose.command('finish');
  await bench.ended(study);
  await bench.drained();
  bench.check(study, 'results-full', 'failed');
}
