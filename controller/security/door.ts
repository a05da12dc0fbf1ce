/** The listener for others than this host: mutual TLS first, gRPC behind it. Who can't show a certificate of ours never reaches the services. */

import { constants } from 'node:crypto';
import { createServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { type Server, ServerCredentials } from '@grpc/grpc-js';
import { BenchError, type TlsFolder } from '#proto';
import { LineBudget } from './line-budget.ts';
import { refusalOf } from './refusal.ts';
import { TurnAway } from './turn-away.ts';

const HANDSHAKE_MS = 10_000;
const MOST_CONNECTIONS = 4096;
/** the longest time a timer can be set to */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface DoorOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: TlsFolder;
  readonly log: (line: string) => void;
}

export interface Door {
  readonly port: number;
  close(): void;
}

/** @throws NodeJS.ErrnoException when the address can't be listened on */
export async function openDoor(grpc: Server, o: DoorOptions): Promise<Door> {
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const turnAway = new TurnAway();
  const budget = new LineBudget(o.log);
  const door = createServer(
    {
      ...contextOf(o.folder),
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.3',
      requestCert: true,
      // checked below: so the one who is refused can be told why
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_MS,
      // no session is resumed: a certificate that expired or lost its CA is looked at each time
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    (socket) => {
      socket.on('error', () => socket.destroy());
      const peer = `${socket.remoteAddress}:${socket.remotePort}`;
      const refusal = refusalOf(socket);
      if (refusal === null) {
        endAtExpiry(socket);
        injector.injectConnection(socket);
        return;
      }
      budget.say(`refused ${peer}: ${refusal.message}; ${refusal.nextStep}`);
      turnAway.take(socket, refusal);
    },
  );
  door.maxConnections = MOST_CONNECTIONS;
  door.on('tlsClientError', (error, socket) =>
    budget.say(
      `refused ${socket.remoteAddress}:${socket.remotePort}: no TLS handshake (${error.message.replace(/\s+/g, ' ')}); does it speak TLS, with --tls-dir?`,
    ),
  );
  const off = o.folder.onChange(() => door.setSecureContext(contextOf(o.folder)));
  await listen(door, o);
  return {
    port: (door.address() as { port: number }).port,
    close() {
      off();
      door.close();
      turnAway.close();
      injector.destroy();
    },
  };
}

function contextOf({ material: { cert, key, ca } }: TlsFolder) {
  return { cert, key, ca, minVersion: 'TLSv1.3' as const };
}

/** A connection lasts no longer than what it was let in with; the peer comes again with its new certificate. */
function endAtExpiry(socket: TLSSocket): void {
  const leftMs = new Date(socket.getPeerCertificate().valid_to).getTime() - Date.now();
  const timer = setTimeout(
    () => (leftMs > LONGEST_TIMER_MS ? endAtExpiry(socket) : socket.destroy()),
    Math.min(Math.max(leftMs, 0), LONGEST_TIMER_MS),
  );
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

function listen(door: TlsServer, { host, port }: DoorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    door.once('error', reject);
    door.listen(port, host, () => {
      door.off('error', reject);
      door.on('error', () => undefined);
      resolve();
    });
  });
}

/** "0.0.0.0:7461" or "[::]:7461" @throws BenchError usage */
export function splitAddress(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(address) ?? [];
  if (Number(port) <= 65_535) return { host: bracketed ?? plain ?? '', port: Number(port) };
  throw new BenchError('usage', `--listen ${address} is not HOST:PORT`, { nextStep: 'e.g. --listen 0.0.0.0:7461' });
}
