/** One variant, once: processes started, warmed up, counted for some seconds, ended. */

import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../../controller/stats/quantile.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import type { ReceiverCount, SenderCount, SenderSetUp } from './messages.ts';
import type { Variant } from './variants.ts';

const READY_MS = 120_000;
const ANSWER_MS = 60_000;

export interface Measured {
  readonly variant: string;
  readonly samplesPerS: number;
  /** CPU seconds per million samples */
  readonly senderCpu: number;
  readonly receiverCpu: number;
  /** most memory of one process, MiB */
  readonly senderRssMib: number;
  readonly receiverRssMib: number;
  /** share of one core that a sending process used */
  readonly senderCore: number;
  /** null where it was not measured */
  readonly wireBytes: number | null;
  readonly diskBytes: number | null;
  readonly ackP99Ms: number | null;
}

export interface Timing {
  readonly warmMs: number;
  readonly measureMs: number;
}

/** @throws Error when a process of it fails or hangs */
export async function measure(
  variant: Variant,
  { tlsDir, dir, programs, timing }: { tlsDir: string | null; dir: string; programs: string; timing: Timing },
): Promise<Measured> {
  const own = mkdtempSync(join(dir, `${variant.id}-`));
  const running: ChildProcess[] = [];
  try {
    const tls = variant.tls ? tlsDir : null;
    const receiver = start({ role: 'receive', programs, variant, setUp: { dir: own, tlsDir: tls } });
    running.push(receiver);
    const { port } = await ready(receiver);
    const senders = Array.from({ length: variant.processes }, (_, i) => {
      const first = i * variant.sending.agents;
      const setUp = { port, tlsDir: tls, first, dir: own, sending: variant.sending };
      return start({ role: 'send', programs, variant, setUp });
    });
    running.push(...senders);
    await Promise.all(senders.map(ready));
    await sleep(timing.warmMs);
    for (const child of running) child.send({ ask: 'begin' });
    const [begin, wire] = [performance.now(), received(port)];
    await sleep(timing.measureMs);
    const counts = await Promise.all(running.map((child) => answer<ReceiverCount | SenderCount>(child)));
    const seconds = (performance.now() - begin) / 1000;
    return measuredOf(variant, { counts, seconds, wire: difference(wire, received(port)) });
  } finally {
    await Promise.all(running.map(end));
    rmSync(own, { recursive: true, force: true });
  }
}

function measuredOf(
  variant: Variant,
  o: { counts: readonly (ReceiverCount | SenderCount)[]; seconds: number; wire: number | null },
): Measured {
  const senders = o.counts.filter((count) => count.kind === 'sender');
  const receiver = o.counts.find((count) => count.kind === 'receiver')!;
  const millions = receiver.samples / 1e6;
  const sum = senders.reduce((cpu, { usage }) => cpu + usage.cpuS, 0);
  const acks = sortedCopy(Float64Array.from(senders.flatMap(({ ackMs }) => [...ackMs])));
  return {
    variant: variant.id,
    samplesPerS: receiver.samples / o.seconds,
    senderCpu: sum / millions,
    receiverCpu: receiver.usage.cpuS / millions,
    senderRssMib: Math.max(...senders.map(({ usage }) => usage.rssMib)),
    receiverRssMib: receiver.usage.rssMib,
    senderCore: sum / senders.length / o.seconds,
    wireBytes: o.wire === null ? null : o.wire / receiver.samples,
    diskBytes: receiver.diskBytesPerSample,
    ackP99Ms: acks.length > 0 ? quantile(acks, 0.99) : null,
  };
}

function start(o: { role: 'receive' | 'send'; programs: string; variant: Variant; setUp: object }): ChildProcess {
  const { role, variant, setUp } = o;
  const file = variant.way === 'tcp' ? 'tcp.mjs' : role === 'send' ? 'sender.mjs' : 'receiver.mjs';
  const args = variant.way === 'tcp' ? [role, JSON.stringify(setUp)] : [JSON.stringify(setUp)];
  return fork(join(o.programs, file), args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

async function ready(child: ChildProcess): Promise<SenderSetUp> {
  return await heard<SenderSetUp>(child, READY_MS);
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const told = heard<T>(child, ANSWER_MS);
  child.send({ ask: 'end' });
  return await told;
}

async function heard<T>(child: ChildProcess, limitMs: number): Promise<T> {
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(limitMs) }).then(([code]) => {
    throw new Error(`a process of the bench ended early (${code})`);
  });
  const [message] = await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(limitMs) }), ended]);
  return message as T;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** bytes that the sockets of a listening port have received so far, as the kernel counts them */
function received(port: number): number | null {
  try {
    const text = execFileSync('ss', ['-tinH', 'state', 'established', `sport = :${port}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    return [...text.matchAll(/bytes_received:(\d+)/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  } catch {
    return null;
  }
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : after - before;
}
