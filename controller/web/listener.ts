/** The page's HTTP server: plain on loopback, with client certificates elsewhere. Bounded in connections, headers and time. */

import { constants } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { BenchError, isLoopback, type TlsFolder } from '#proto';
import { splitAddress } from '../security/door.ts';

const MOST_CONNECTIONS = 256;
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8_192,
} as const;

export interface Listener {
  readonly server: Server;
  readonly port: number;
  close(): void;
}

/** @throws BenchError usage when it would be open to others without certificates, port-taken */
export async function openListener(
  address: string,
  o: { folder: TlsFolder | null; option: string; handle: RequestListener },
): Promise<Listener> {
  if (o.folder === null && !isLoopback(address))
    throw new BenchError('usage', `${o.option} ${address} is open to others and there are no certificates`, {
      nextStep: 'give --tls-dir DIR, or listen on 127.0.0.1',
    });
  const { host, port } = splitAddress(address);
  const server = o.folder === null ? createServer(LIMITS, o.handle) : tlsServer(o.folder, o.handle);
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', (_, socket) => socket.destroy());
  const off = o.folder?.onChange(() => {
    if (o.folder !== null && 'setSecureContext' in server)
      (server as ReturnType<typeof createTlsServer>).setSecureContext(contextOf(o.folder));
  });
  await listening(server, { host, port, address, option: o.option });
  return {
    server,
    port: (server.address() as { port: number }).port,
    close() {
      off?.();
      server.close();
      server.closeAllConnections();
    },
  };
}

function tlsServer(folder: TlsFolder, handle: RequestListener): Server {
  // who is refused is told why by the gate; no session is resumed, so that a certificate is looked at each time
  const asking = { requestCert: true, rejectUnauthorized: false, secureOptions: constants.SSL_OP_NO_TICKET } as const;
  return createTlsServer({ ...LIMITS, ...contextOf(folder), ...asking }, handle);
}

function contextOf({ material: { cert, key, ca } }: TlsFolder) {
  return { cert, key, ca, minVersion: 'TLSv1.3' as const };
}

function listening(server: Server, o: { host: string; port: number; address: string; option: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new BenchError('port-taken', `can't listen on ${o.address}: ${cause.message}`, {
          nextStep: `choose another port with ${o.option} HOST:PORT, or end who holds it (ss -ltnp)`,
          cause,
        }),
      ),
    );
    server.listen(o.port, o.host, resolve);
  });
}
