/** Attacks below gRPC, each on several connections at once, while somebody honest goes on being answered. */

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type ControllerProcess, startController } from '../controller/process.ts';
import { alive } from '../controller/stream-fuzz.ts';
import { ATTACKS, type Attack } from './attacks.ts';
import { startTlsController } from './tls-controller.ts';

export interface AttackReport {
  readonly name: string;
  readonly slowestMs: number;
  readonly moreRssMib: number;
}

/** plaintext: to a controller without TLS. The others to one with mutual TLS: bytes that are no TLS; TLS that shows no certificate; one
 * that may come in. */
export const WAYS = ['plaintext', 'no-tls', 'stranger', 'known'] as const;
export type Way = (typeof WAYS)[number];

/** @param o.rounds how often each connection of each attack is made again
 * @throws Error when the controller dies, does not answer in time, or grows past the bound */
export async function attackAll(o: { way: Way; rounds: number; connections: number }): Promise<AttackReport[]> {
  const tls = o.way === 'plaintext' ? null : await startTlsController();
  const controller = tls ?? (await startController());
  const shown = o.way === 'known' ? (tls?.shown ?? null) : null;
  const to = { port: controller.port, tls: o.way === 'stranger' || o.way === 'known', shown };
  try {
    await controller.listAgents(10_000);
    const startRssBytes = controller.rssBytes();
    const reports: AttackReport[] = [];
    for (const attack of ATTACKS) {
      let slowestMs = 0;
      for (let round = 0; round < o.rounds; round++) {
        const sockets = Array.from({ length: o.connections }, () => attacked(to, attack));
        slowestMs = Math.max(slowestMs, await named(attack, () => alive(controller, startRssBytes)));
        await sleep(50);
        slowestMs = Math.max(slowestMs, await named(attack, () => alive(controller, startRssBytes)));
        for (const socket of sockets) socket.destroy();
      }
      const moreRssMib = Math.round((controller.rssBytes() - startRssBytes) / 2 ** 20);
      reports.push({ name: attack.name, slowestMs, moreRssMib });
    }
    await settled(controller);
    return reports;
  } finally {
    await controller.stop();
  }
}

interface Target {
  readonly port: number;
  readonly tls: boolean;
  readonly shown: { readonly cert: Buffer; readonly key: Buffer } | null;
}

/** One connection that sends the attack. What comes back is read and dropped, unless it lingers. */
function attacked({ port, tls, shown }: Target, attack: Attack): Socket {
  const socket = tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'], ...shown })
    : connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.once(tls ? 'secureConnect' : 'connect', () => {
    for (const piece of attack.pieces()) socket.write(piece);
    if (attack.lingers === true) socket.pause();
    else socket.resume();
  });
  return socket;
}

async function named(attack: Attack, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(`${attack.name}: ${(cause as Error).message}`, { cause });
  }
}

/** after all of it, an ordinary call */
async function settled(controller: ControllerProcess): Promise<void> {
  await sleep(200);
  await controller.listAgents(5_000);
}
