/** The load generator of one assignment on another node, and what became of it. */

import { BenchError, type LoadPeer, type TlsFolder } from '#proto';
import type { ChildPort } from '../port.ts';
import { type RemoteGenerator, remoteGenerator } from './connect.ts';
import type { Sight } from './sight.ts';

export class FarLoad {
  readonly peer: LoadPeer;
  readonly #folder: TlsFolder;
  #generator: RemoteGenerator | null = null;
  #refused: BenchError | null = null;
  #sight: Promise<Sight> | null = null;

  constructor(peer: LoadPeer, folder: TlsFolder) {
    this.peer = peer;
    this.#folder = folder;
  }

  /** @throws BenchError peer-gone */
  async start(): Promise<ChildPort> {
    try {
      this.#generator = await remoteGenerator(this.peer, { folder: this.#folder });
      return this.#generator;
    } catch (error) {
      if (error instanceof BenchError) this.#refused = error;
      throw error;
    }
  }

  /** Asked once: all SUTs of a fork have one address. Its node is the one in its certificate, whatever it says itself.
   * @throws Error when the other end does not say it */
  look(ipv4: string): Promise<Sight> {
    this.#sight ??= this.#look(ipv4);
    return this.#sight;
  }

  async #look(ipv4: string): Promise<Sight> {
    const sight = await this.#generator?.look(ipv4);
    if (sight === undefined) throw new Error('no load generator was started');
    return { ...sight, end: sight.end && { ...sight.end, node: this.peer.node } };
  }

  /** Whatever failed: when the other end was lost, that is the cause. */
  failure(cause: unknown): BenchError | null {
    if (this.#refused !== null) return this.#refused;
    const why = this.#generator?.brokenBy ?? null;
    if (why === null) return null;
    return new BenchError('peer-gone', `the load generator on ${this.peer.node} was lost: ${why}`, {
      nextStep: `look at the log of the load agent on ${this.peer.node}; what had been measured is kept`,
      cause,
    });
  }
}
