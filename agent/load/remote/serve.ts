/** Lends this node's load generator to agents of other nodes: mutual TLS, one connection for each process, which ends with its connection. What
 * is started is our own, in our own way; who asks chooses nothing. */

import { constants } from 'node:crypto';
import { createServer, type TLSSocket } from 'node:tls';
import { BenchError, identityOf, type TlsFolder } from '#proto';
import type { ChildPort } from '../port.ts';
import { Link, type LinkTimes } from './link.ts';
import { addressOf, type Sight, sightText } from './sight.ts';
import { drained, exitText, type Message, signalOf } from './wire.ts';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: TlsFolder;
  readonly log: (line: string) => void;
  /** starts a generator */
  readonly start: () => ChildPort;
  readonly times?: LinkTimes;
  /** what is seen of a generator and of its way to an address */
  readonly look: (generator: ChildPort, ipv4: string) => Promise<Sight>;
}

export interface LoadService {
  readonly port: number;
  /** generators that run */
  readonly running: number;
  /** ends them all */
  close(): Promise<void>;
}

/** one fork's generator, and one that is about to end */
const MOST_GENERATORS = 2;
const MOST_CONNECTIONS = 16;
const HANDSHAKE_MS = 10_000;

/** @throws BenchError port-taken */
export async function serveLoad(o: ServeOptions): Promise<LoadService> {
  const children = new Set<ChildPort>();
  const links = new Set<Link>();
  const server = createServer(
    {
      ...contextOf(o.folder),
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: HANDSHAKE_MS,
      secureOptions: constants.SSL_OP_NO_TICKET,
    },
    (socket) => {
      const refusal = refusalOf(socket, children.size);
      if (refusal === null) links.add(lend(socket, { ...o, children, links }));
      else {
        o.log(`refused ${socket.remoteAddress}: ${refusal}`);
        socket.on('error', () => undefined).destroy();
      }
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on('tlsClientError', (error, socket) => o.log(`refused ${socket.remoteAddress}: ${error.message}`));
  const off = o.folder.onChange(() => server.setSecureContext(contextOf(o.folder)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new BenchError('port-taken', `${o.host}:${o.port}: ${cause.message}`, { cause })),
    );
    server.listen(o.port, o.host, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    get running() {
      return children.size;
    },
    async close() {
      off();
      server.close();
      for (const link of links) link.close('the load generator’s agent ends');
      await Promise.all([...children].map(({ exited }) => exited));
    },
  };
}

function lend(socket: TLSSocket, o: ServeOptions & { children: Set<ChildPort>; links: Set<Link> }): Link {
  const peer = identityOf(socket.getPeerCertificate().subjectaltname)?.name ?? '';
  const child = o.start();
  o.children.add(child);
  o.log(`agent ${peer} uses a load generator of this node`);
  child.stdin.on('error', () => undefined);
  const link = new Link(
    socket,
    {
      message: (message) =>
        message.kind === 'look' ? tellSight(message, child, { ...o, link }) : take(message, child, link),
      closed(why) {
        o.links.delete(link);
        child.kill('SIGKILL');
        void child.exited.then(() => o.children.delete(child));
        o.log(`agent ${peer} no longer uses a load generator of this node: ${why}`);
      },
    },
    o.times,
  );
  link.send('started');
  const told = [link.carry('stdout', child.stdout), link.carry('stderr', child.stderr)];
  void child.exited.then(async (exit) => {
    await Promise.all(told);
    link.send('exit', exitText(exit));
    link.end();
  });
  return link;
}

/** What comes after it waits. It is asked for once a fork and SUT, when nothing runs. */
async function tellSight(
  { body }: Message,
  child: ChildPort,
  { look, link }: Pick<ServeOptions, 'look'> & { link: Link },
): Promise<void> {
  const ipv4 = addressOf(body);
  if (ipv4 === null) link.close('it asked for the way to what is no address');
  else link.send('sight', sightText(await look(child, ipv4)));
}

function take({ kind, body }: Message, child: ChildPort, link: Link): void | Promise<void> {
  if (kind === 'stdin') {
    if (child.stdin.destroyed || child.stdin.write(body)) return;
    return drained(child.stdin);
  }
  const signal = kind === 'signal' ? signalOf(body) : null;
  if (kind === 'stdin-end') child.stdin.end();
  else if (signal !== null) child.kill(signal);
  else link.close(`it said ${kind}, which is not for us`);
}

function refusalOf(socket: TLSSocket, running: number): string | null {
  const identity = identityOf(socket.getPeerCertificate().subjectaltname);
  if (identity?.role !== 'agent') return 'its certificate is not an agent’s';
  return running >= MOST_GENERATORS ? `${running} load generators run already` : null;
}

function contextOf({ material: { cert, key, ca } }: TlsFolder) {
  return { cert, key, ca, minVersion: 'TLSv1.3' as const };
}
