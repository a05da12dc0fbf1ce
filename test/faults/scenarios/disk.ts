/** Full disks: the spool's, which must cost nothing while there is memory; the spool's own bound, which must be counted; and the results', which
 * ends the study and must be counted, too. */

import { join } from 'node:path';
import { readLedger } from '../checker/ledger.ts';
import { between, type RoundOptions, type Scenario, sleep } from '../scenario.ts';
import { Bench } from '../world/bench.ts';
import { SmallDisk } from '../world/small-disk.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** 3.6 MB/s: past any memory that an uplink keeps for a stream that flows, in a second or two */
const VOLUME = { recordsPerSecond: 60, samplesPerRecord: 6000 } as const;
const BOUND_MS = 15_000;

export const disk: Scenario = {
  name: 'disk',
  about: 'the disk of the spool or of the results full, the bound of the spool reached',
  needs: ['root'],
  weight: 8,
  run: async (o) => {
    const results = new SmallDisk(o.world, join(o.dir, 'results'), 128 * KIB);
    const spool = new SmallDisk(o.world, join(o.dir, 'spool'), 256);
    const bench = new Bench(o.world, { ...o, results: results.dir });
    await bench.start(1, {
      ...{ spoolPath: join(spool.dir, 'spool'), spoolLimitBytes: 32 * MIB },
      ...VOLUME,
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
  const forMs = between(random, 1500, 2500);
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
  await bench.restart(seat, { ...VOLUME, spoolLimitBytes: 200 * KIB, spoolPath: join(o.dir, 'bounded') });
  seat.dead.splice(0);
  await bench.connected();
}

/** Silence until the uplink has dropped something, and a little longer. */
async function boundReached(bench: Bench, { random, round }: RoundOptions): Promise<void> {
  const study = await bench.study();
  const [seat] = bench.seats;
  const dropped = () => readLedger(seat?.firehose.options.ledgerPath ?? '')?.dropped.length ?? 0;
  const before = dropped();
  const startedMs = performance.now();
  seat?.witness.relay.hold('up', 'down');
  while (dropped() === before) {
    if (performance.now() - startedMs > BOUND_MS) throw new Error('the bound of the spool was never reached');
    await sleep(100);
  }
  await sleep(between(random, 0, 500));
  round.inject('spool-bound', `silence for ${Math.round(performance.now() - startedMs)} ms`);
  seat?.witness.relay.letGo();
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
