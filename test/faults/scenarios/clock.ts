/** Clocks that step. CLOCK_REALTIME of the controller, forwards and backwards in the middle of a study (libfaketime, for that process alone);
 * CLOCK_MONOTONIC of an agent, which after a restart of its host is another (a time namespace). The machine's clocks are left alone. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAKETIME, needs } from '../../helpers/require.ts';
import { between, oneOf, type RoundOptions, type Scenario, sleep } from '../scenario.ts';
import { Bench } from '../world/bench.ts';

const HOUR_S = 3600;
const STEPS_S = [-30 * 24 * HOUR_S, -HOUR_S, -20, -1, 1, 20, HOUR_S, 400 * 24 * HOUR_S] as const;

export const clock: Scenario = {
  name: 'clock',
  about: 'the controller’s wall clock stepped, the agent’s monotonic clock another one',
  needs: ['time-namespaces'],
  weight: 6,
  run: async (o) => {
    const steps = new Steps(join(o.dir, 'clock'));
    const hasFaketime = needs('faketime');
    const bench = new Bench(o.world, { ...o, ...(hasFaketime && { controller: { env: steps.env } }) });
    await bench.start(1, shifted(o));
    const studies = o.brief ? 2 : 3;
    for (let i = 0; i < studies; i++) {
      const study = await bench.study();
      for (let j = 0; hasFaketime && j < (o.brief ? 1 : 4); j++) await stepRealtime(steps, o);
      await sleep(between(o.random, 50, 200));
      await bench.finish(study);
      await bench.drained();
      bench.check(study, 'finish', 'complete');
      if (hasFaketime) steps.checkTaken(study.dir);
      if (i < studies - 1) await anotherClock(bench, o);
    }
  },
};

/** Set by a file that libfaketime reads at every look at the clock. */
class Steps {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;
  #offsetS = 0;

  constructor(file: string) {
    this.#file = file;
    this.set(0);
    this.env = {
      ...{ LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' },
      ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' },
    };
  }

  /** @throws Error when the controller did not see the last step: then nothing was tested */
  checkTaken(dir: string): void {
    const { finishedAt } = JSON.parse(readFileSync(join(dir, 'study.json'), 'utf8')) as { finishedAt: string };
    const offS = (Date.parse(finishedAt) - Date.now()) / 1000;
    if (Math.abs(offS - this.#offsetS) > 15)
      throw new Error(`the controller's clock is ${offS} s off, and not ${this.#offsetS} s`);
  }

  set(offsetS: number): void {
    this.#offsetS = offsetS;
    writeFileSync(this.#file, `${offsetS >= 0 ? '+' : ''}${offsetS}\n`);
  }
}

async function stepRealtime(steps: Steps, { random, round }: RoundOptions): Promise<void> {
  const offsetS = oneOf(random, STEPS_S);
  round.inject('realtime-step', `of the controller to ${offsetS} s off`);
  steps.set(offsetS);
  await sleep(between(random, 100, 300));
}

/** The agent ends and comes back with another monotonic clock, as after its host was started again. */
async function anotherClock(bench: Bench, o: RoundOptions): Promise<void> {
  const [seat] = bench.seats;
  if (seat === undefined) return;
  await seat.firehose.process.stop(5000);
  const other = shifted(o);
  o.round.inject('monotonic-step', `of the agent, by ${other.wrap[3]} s`);
  await bench.restart(seat, other);
  seat.dead.splice(0);
  await bench.connected();
  const before = process.hrtime.bigint();
  seat.firehose.command('clock');
  const said = await seat.firehose.event(({ event }) => event === 'clock', 'its clock');
  const offS = said.event === 'clock' ? Number(BigInt(said.monotonicNs) - before) / 1e9 : 0;
  if (Math.abs(offS) < 60) throw new Error(`the agent's clock is only ${offS} s off: it is in no time namespace`);
}

/** never before the start of the machine, which no clock can show */
function shifted({ random }: RoundOptions): { wrap: readonly string[] } {
  const uptimeS = Number(process.hrtime.bigint() / 1_000_000_000n);
  const offsetS =
    random.uniform() < 0.5 ? between(random, 100, 10_000_000) : -between(random, 100, Math.max(100, uptimeS - 60));
  return { wrap: ['unshare', '--time', '--monotonic', String(offsetS), '--boottime', String(offsetS)] };
}
