/** A load generator on another node, as a child process is seen: its streams and its end come over a connection to that node's agent. */

import { PassThrough, Writable } from 'node:stream';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { BenchError, identityOf, type TlsFolder, tellIdentity } from '#proto';
import type { ChildExit, ChildPort } from '../port.ts';
import { Link, type LinkTimes } from './link.ts';
import { drained, exitOf, type Message, SIGNALS } from './wire.ts';

export interface LoadPeer {
  readonly host: string;
  readonly port: number;
  /** the node in its certificate */
  readonly name: string;
}

const CONNECT_WITHIN_MS = 10_000;

/** @returns pid 0: it is no process of this node, and nothing here may be done by its number. A connection that breaks is its end.
 * @throws BenchError agent-gone */
export async function remoteGenerator(
  peer: LoadPeer,
  { folder, times }: { folder: TlsFolder; times?: LinkTimes },
): Promise<ChildPort> {
  const remote = new RemoteGenerator(peer, dialled(peer, folder), times);
  await remote.started;
  const { stdin, stdout, stderr, exited } = remote;
  return { pid: 0, stdin, stdout, stderr, exited, kill: (signal) => remote.kill(signal) };
}

class RemoteGenerator {
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

  #take({ kind, body }: Message): void | Promise<void> {
    if (kind === 'started') {
      this.#begun?.();
      this.#begun = null;
    } else if (kind === 'exit') this.#exit = exitOf(body);
    else if (kind === 'stdout') return handed(this.stdout, body);
    else if (kind === 'stderr') return handed(this.stderr, body);
    else this.#link.close(`it said ${kind}, which is not for us`);
  }

  #closed(why: string): void {
    const { host, port, name } = this.#peer;
    const nextStep =
      'look at the log of the container load there; certificates of agents must be for servers too (issue them again)';
    if (this.#begun !== null)
      this.#refused(
        new BenchError('agent-gone', `no load generator on ${name} (${host}:${port}): ${why}`, { nextStep }),
      );
    else if (this.#exit === null) this.stderr.write(`the connection to the load generator on ${name} ended: ${why}\n`);
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
function dialled({ host, port, name }: LoadPeer, folder: TlsFolder): TLSSocket {
  const { cert, key, ca } = folder.material;
  const checkServerIdentity = (_host: string, certificate: PeerCertificate): Error | undefined => {
    const identity = identityOf(certificate.subjectaltname);
    if (identity?.role === 'agent' && identity.name === name) return undefined;
    return new Error(
      `the certificate there is of ${identity === null ? 'nobody of hookbench' : tellIdentity(identity)}`,
    );
  };
  return connect({ host, port, cert, key, ca, minVersion: 'TLSv1.3', checkServerIdentity });
}
