/** A process of bench:stream: agents, each the product's own Uplink with its spool. */

import { join } from 'node:path';
import { channelCredentials, TlsFolder } from '#proto';
import { Uplink } from '../../../agent/uplink/stream.ts';
import { hello } from '../../agent/uplink/support.ts';
import { batchOf } from './batches.ts';
import type { Ask, SenderCount, SenderSetUp } from './messages.ts';
import { type Usage, usageNow, usageSince } from './usage.ts';

const SPOOL_BYTES = 256 * 1024 * 1024;
/** batches that an agent at full speed has in its spool, beyond what is under way */
const AHEAD = 64;
const TICK_MS = 10;
/** acks whose time is kept */
const MOST_ACKS = 20_000;

class Sender {
  readonly #uplink: Uplink;
  readonly #batch: ReturnType<typeof batchOf>;
  readonly #sentAt: number[] = [];
  #offered = 0;
  #acked = 0;
  #ackMs: number[] = [];
  #ids: { studyId: string; assignmentId: string };

  constructor(o: SenderSetUp, number: number, credentials: Awaited<ReturnType<typeof channelCredentials>>) {
    const agentId = `agent-${number}`;
    this.#batch = batchOf(o.sending.batch, number);
    this.#ids = { studyId: 'study', assignmentId: `study/${agentId}/process/0` };
    this.#uplink = new Uplink({
      controller: `127.0.0.1:${o.port}`,
      credentials,
      hello: hello({ agentId, runId: `run-${process.pid}`, token: o.tlsDir === null ? 'bench' : '' }),
      spoolPath: join(o.dir, `spool-${number}`),
      spoolLimitBytes: SPOOL_BYTES,
      // agents are processes elsewhere: they share no connection
      channelOptions: { 'grpc.use_local_subchannel_pool': 1 },
      handlers: {
        assignment: () => undefined,
        cancel: () => undefined,
        broken: (reason) => fail(`${agentId}: ${reason}`),
        refused: (error) => fail(`${agentId}: ${error.message}`),
        discarded: (samples) => fail(`${agentId}: ${samples} samples were not kept`),
        done: (sequence) => this.#ackedUpTo(sequence),
      },
    });
    this.#uplink.connect();
  }

  get connected(): boolean {
    return this.#uplink.counters().connected;
  }

  get durableSamples(): number {
    return this.#acked * this.#batch.n;
  }

  get behind(): number {
    return this.#offered - this.#acked;
  }

  offer(): void {
    this.#uplink.send(this.#ids, { body: 'samples', samples: this.#batch });
    this.#offered += 1;
    this.#sentAt.push(performance.now());
    if (this.#uplink.takeDropped() > 0) fail('the spool was full: the bench measures a way that loses nothing');
  }

  takeAckMs(): readonly number[] {
    const taken = this.#ackMs;
    this.#ackMs = [];
    return taken;
  }

  #ackedUpTo(sequence: number): void {
    const now = performance.now();
    while (this.#acked < sequence) {
      const sentAt = this.#sentAt.shift() ?? now;
      if (this.#ackMs.length < MOST_ACKS) this.#ackMs.push(now - sentAt);
      this.#acked += 1;
    }
  }
}

async function main(): Promise<void> {
  const setUp = JSON.parse(process.argv[2]!) as SenderSetUp;
  const { sending, port } = setUp;
  const senders: Sender[] = [];
  for (let i = 0; i < sending.agents; i++) {
    const number = setUp.first + i;
    const log = (line: string) => process.stderr.write(`sender: ${line}\n`);
    const folder =
      setUp.tlsDir === null
        ? null
        : new TlsFolder({ dir: join(setUp.tlsDir, `agent-${number}`), role: 'agent', log, lookEveryMs: 3_600_000 });
    const sender = new Sender(setUp, number, await channelCredentials(`127.0.0.1:${port}`, folder));
    senders.push(sender);
    while (!sender.connected) await pause(1);
  }
  let begin: { usage: Usage; samples: number } | null = null;
  process.on('message', ({ ask }: Ask) => {
    const samples = senders.reduce((sum, sender) => sum + sender.durableSamples, 0);
    const ackMs = senders.flatMap((sender) => [...sender.takeAckMs()]);
    if (ask === 'begin') begin = { usage: usageNow(), samples };
    else if (ask === 'end' && begin !== null) {
      const count: SenderCount = {
        kind: 'sender',
        usage: usageSince(begin.usage),
        samples: samples - begin.samples,
        ackMs: ackMs.slice(0, MOST_ACKS),
      };
      process.send?.(count);
    } else if (ask === 'stop') process.exit(0);
  });
  process.on('disconnect', () => process.exit(1));
  process.send?.({ kind: 'ready', port });
  if (sending.rate > 0) await steadily(senders, sending);
  else await flatOut(senders);
}

/** each agent as fast as the controller makes durable */
async function flatOut(senders: readonly Sender[]): Promise<never> {
  for (;;) {
    let offered = 0;
    const ahead = Math.max(2, Math.floor(AHEAD / senders.length));
    for (const sender of senders) {
      if (sender.behind >= ahead) continue;
      sender.offer();
      offered += 1;
    }
    await (offered > 0 ? nextTurn() : pause(1));
  }
}

async function steadily(senders: readonly Sender[], { rate, batch }: SenderSetUp['sending']): Promise<never> {
  const start = performance.now();
  let offered = 0;
  for (;;) {
    const due = Math.floor(((performance.now() - start) / 1000) * (rate / batch));
    for (; offered < due; offered++) senders[offered % senders.length]!.offer();
    await pause(TICK_MS);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function fail(text: string): never {
  process.stderr.write(`sender: ${text}\n`);
  process.exit(1);
}

await main();
