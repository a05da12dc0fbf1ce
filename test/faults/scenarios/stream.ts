/** Volume: firehoses behind relays that are cut, reset, silenced, slowed and refused, processes that are stopped, and at the end of a study the
 * controller or an agent killed outright. */

import type { Random } from '../../helpers/random.ts';
import { between, oneOf, type RoundOptions, type Scenario, sleep } from '../scenario.ts';
import { Bench, type Seat } from '../world/bench.ts';
import type { RunningStudy } from '../world/controller.ts';

const KINDS = [
  ...[
    'cut',
    'reset',
    'cut-mid-message',
    'silence',
    'slow-consumer',
    'deaf-agent',
    'slow-link',
    'refused',
    'stop-agent',
  ],
  'stop-controller',
] as const;
type Kind = (typeof KINDS)[number];

interface Fault {
  readonly kind: Kind;
  readonly waitMs: number;
  readonly forMs: number;
  readonly bytes: number;
}

type Last = 'finish' | 'kill-agent' | 'kill-controller';

export const stream: Scenario = {
  name: 'stream',
  about: 'links cut, reset, held and slowed; processes stopped; agent or controller killed',
  needs: [],
  weight: 60,
  run: async (o) => {
    const bench = new Bench(o.world, o);
    await bench.start(2);
    const draw = o.brief ? dealt(o.random) : () => oneOf(o.random, KINDS);
    for (const last of lastsOf(o)) await oneStudy(bench, last, { ...o, draw });
  },
};

function lastsOf({ random, brief }: RoundOptions): Last[] {
  if (brief) return ['finish', 'kill-agent', 'kill-controller'];
  return [...random.shuffled<Last>(['finish', 'finish', 'kill-agent', 'kill-controller'])];
}

/** every kind once before any comes again */
function dealt(random: Random): () => Kind {
  const deck: Kind[] = [];
  return () => {
    if (deck.length === 0) deck.push(...random.shuffled<Kind>([...KINDS]));
    return deck.pop() as Kind;
  };
}

async function oneStudy(bench: Bench, last: Last, o: RoundOptions & { draw: () => Kind }): Promise<void> {
  const study = await bench.study();
  const plans = bench.seats.map(() => planOf(o, o.brief ? 2 : 12));
  await Promise.all(bench.seats.map((seat, i) => injectAll(bench, seat, plans[i] ?? [])));
  await sleep(between(o.random, 30, 200));
  if (last === 'kill-agent') await killAgent(bench, study, oneOf(o.random, bench.seats));
  else if (last === 'kill-controller') await killController(bench, study, between(o.random, 0, 400));
  else await bench.finish(study);
  await bench.drained();
  bench.check(study, last, last === 'kill-controller' ? 'ended' : 'complete');
}

/** Once another run of that agent shows itself it is given a fork in the place of the one that was cut off. */
async function killAgent(bench: Bench, study: RunningStudy, seat: Seat): Promise<void> {
  bench.round.inject('kill-agent', seat.agentId);
  await seat.firehose.kill();
  await bench.restart(seat);
  await seat.firehose.assigned(study.studyId);
  await bench.finish(study);
  await bench.connected();
}

/** Its agents go on measuring and deliver to the next one what that one may then keep or refuse. */
async function killController(bench: Bench, study: RunningStudy, awayMs: number): Promise<void> {
  bench.round.inject('kill-controller', `for ${awayMs} ms`);
  await bench.controller.kill();
  await study.ended;
  await sleep(awayMs);
  await bench.controller.start();
  await bench.connected();
  for (const { firehose } of bench.seats) firehose.command('finish');
  await sleep(50);
}

function planOf({ random, draw }: { random: Random; draw: () => Kind }, faults: number): Fault[] {
  return Array.from({ length: faults }, () => ({
    kind: draw(),
    waitMs: between(random, 20, 250),
    forMs: between(random, 40, 500),
    bytes: between(random, 1, 60_000),
  }));
}

async function injectAll(bench: Bench, seat: Seat, plan: readonly Fault[]): Promise<void> {
  for (const fault of plan) {
    await sleep(fault.waitMs);
    bench.round.inject(fault.kind, `${seat.agentId} ${detailOf(fault)}`);
    await inject(bench, seat, fault);
  }
}

function detailOf({ kind, forMs, bytes }: Fault): string {
  if (kind === 'cut' || kind === 'reset') return '';
  return kind === 'cut-mid-message' ? `after ${bytes} bytes` : `for ${forMs} ms`;
}

async function inject(bench: Bench, { witness: { relay }, firehose }: Seat, fault: Fault): Promise<void> {
  const { kind, forMs } = fault;
  if (kind === 'cut') relay.cut('end');
  else if (kind === 'reset') relay.cut('reset');
  else if (kind === 'cut-mid-message') relay.cutAfter(fault.bytes);
  else if (kind === 'stop-agent') await stopped(firehose.process, forMs);
  else if (kind === 'stop-controller') await stopped(bench.controller.process, forMs);
  else if (kind === 'silence')
    await during(
      forMs,
      () => relay.hold('up', 'down'),
      () => relay.letGo(),
    );
  else if (kind === 'slow-consumer')
    await during(
      forMs,
      () => relay.hold('up'),
      () => relay.letGo(),
    );
  else if (kind === 'deaf-agent')
    await during(
      forMs,
      () => relay.hold('down'),
      () => relay.letGo(),
    );
  else if (kind === 'slow-link')
    await during(
      forMs,
      () => relay.slow(100_000),
      () => relay.slow(Number.POSITIVE_INFINITY),
    );
  else {
    relay.refuse(true);
    relay.cut('end');
    await sleep(forMs);
    relay.refuse(false);
  }
}

async function stopped(process: { kill(signal: NodeJS.Signals): void } | null, forMs: number): Promise<void> {
  await during(
    forMs,
    () => process?.kill('SIGSTOP'),
    () => process?.kill('SIGCONT'),
  );
}

async function during(forMs: number, begin: () => void, end: () => void): Promise<void> {
  begin();
  try {
    await sleep(forMs);
  } finally {
    end();
  }
}
