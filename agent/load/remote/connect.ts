/** A load generator on another node, as a child process is seen: its streams and its end come over a connection to that node's agent. */

import { PassThrough, Writable } from 'node:stream';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { BenchError, identityOf, type LoadPeer, type TlsFolder, tellIdentity } from '#proto';
import type { ChildExit, ChildPort } from '../port.ts';
import { Link, type LinkTimes } from './link.ts';
import { type Sight, sightOf } from './sight.ts';
import { drained, exitOf, type Message, SIGNALS } from './wire.ts';

const CONNECT_WITHIN_MS = 10_000;
const LOOK_WITHIN_MS = 10_000;

/** Connects, and waits for the other end to have started one. A connection that breaks is its end. @throws BenchError peer-gone */
export async function remoteGenerator(
  peer: LoadPeer,
  { folder, times }: { folder: TlsFolder; times?: LinkTimes },
): Promise<RemoteGenerator> {
  const remote = new RemoteGenerator(peer, dialled(peer, folder), times);
  await remote.started;
  return remote;
}

export class RemoteGenerator implements ChildPort {
  /** it is no process of this node, and nothing here may be done by its number */
  readonly pid = 0;
  readonly stdin: Writable;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly started: Promise<void>;
  readonly exited: Promise<ChildExit>;
  readonly #link: Link;
  readonly #peer: LoadPeer;
  #exit: ChildExit | null = null;
  #begun: (() => void) | null = null;
  #refused: (error: BenchError) => void = () => undefined;
  #gone: (exit: ChildExit) => void = () => undefined;
  #seen: ((sight: Sight) => void) | null = null;
  /** why the connection ended before the program did; null as long as it has not */
  brokenBy: string | null = null;

  constructor(peer: LoadPeer, socket: TLSSocket, times?: LinkTimes) {
    this.#peer = peer;
    this.started = new Promise((resolve, reject) => {
      this.#begun = resolve;
      this.#refused = reject;
    });
    this.exited = new Promise((resolve) => {
      this.#gone = resolve;
    });
    this.#link = new Link(
      socket,
      { message: (message) => this.#take(message), closed: (why) => this.#closed(why) },
      times,
    );
    this.stdin = stdinOf(this.#link);
    const late = setTimeout(() => {
      if (this.#begun !== null) this.#link.close(`no answer within ${CONNECT_WITHIN_MS / 1000} s`);
    }, CONNECT_WITHIN_MS);
    void this.exited.then(() => clearTimeout(late));
  }

  kill(signal = 'SIGTERM'): void {
    if (SIGNALS.some((one) => one === signal)) this.#link.send('signal', Buffer.from(signal));
  }

  /** What the other end sees of the program and its way to an address. @throws Error when it does not say it in time */
  async look(ipv4: string): Promise<Sight> {
    let timer: NodeJS.Timeout | undefined;
    const seen = new Promise<Sight>((resolve) => {
      this.#seen = resolve;
    });
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), LOOK_WITHIN_MS);
    });
    this.#link.send('look', Buffer.from(ipv4, 'latin1'));
    const sight = await Promise.race([seen, late, this.exited.then(() => null)]);
    clearTimeout(timer);
    if (sight === null) throw new Error(`node ${this.#peer.node} did not say where its load generator runs`);
    return sight;
  }

  #take({ kind, body }: Message): void | Promise<void> {
    if (kind === 'started') {
      this.#begun?.();
      this.#begun = null;
    } else if (kind === 'exit') this.#exit = exitOf(body);
    else if (kind === 'sight') this.#seen?.(sightOf(body));
    else if (kind === 'stdout') return handed(this.stdout, body);
    else if (kind === 'stderr') return handed(this.stderr, body);
    else this.#link.close(`it said ${kind}, which is not for us`);
  }

  #closed(why: string): void {
    const { host, port, node } = this.#peer;
    if (this.#exit === null) this.brokenBy = why;
    const nextStep =
      'look at the log of the container load there; certificates of agents must be for servers too (issue them again)';
    if (this.#begun !== null)
      this.#refused(
        new BenchError('peer-gone', `no load generator on ${node} (${host}:${port}): ${why}`, { nextStep }),
      );
    else if (this.brokenBy !== null)
      this.stderr.write(`the connection to the load generator on ${node} ended: ${why}\n`);
    this.stdout.end();
    this.stderr.end();
    this.#gone(this.#exit ?? { exitCode: null, signal: null });
  }
}

/** @returns a promise where nothing more may come until it has been read */
function handed(to: PassThrough, body: Buffer): Promise<void> | undefined {
  // the buffer it is cut from is used again
  return to.write(Buffer.from(body)) ? undefined : drained(to);
}

function stdinOf(link: Link): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      link.send('stdin', chunk);
      done();
    },
    final(done) {
      link.send('stdin-end');
      done();
    },
  });
}

/** Only the agent that was named will do; the address it has is not in its certificate. */
function dialled({ host, port, node }: LoadPeer, folder: TlsFolder): TLSSocket {
  const { cert, key, ca } = folder.material;
  const checkServerIdentity = (_host: string, certificate: PeerCertificate): Error | undefined => {
    const identity = identityOf(certificate.subjectaltname);
    if (identity?.role === 'agent' && identity.name === node) return undefined;
    return new Error(
      `the certificate there is of ${identity === null ? 'nobody of hookbench' : tellIdentity(identity)}`,
    );
  };
  return connect({ host, port, cert, key, ca, minVersion: 'TLSv1.3', checkServerIdentity });
}
