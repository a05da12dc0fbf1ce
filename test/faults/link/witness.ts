/** A relay between agents and a controller that writes down what was said: the records that agents sent, and what the controller claimed to be
 * durable. It reads the bytes on the wire, so it sees what the product did and not what it thinks it did. Plain connections only. */

import type { RunLedger } from '../checker/ledger.ts';
import { fromAgent, fromController, type SeenRecord } from '../checker/record.ts';
import { GrpcMessages } from './grpc-messages.ts';
import { type Observer, Relay } from './relay.ts';

interface SeenRun {
  readonly agentId: string;
  readonly runId: string;
  readonly sent: Map<number, SeenRecord>;
  acked: number;
  /** samples not kept, by the start of the controller that said so */
  readonly discarded: Map<string, number>;
  controllerRun: string;
  /** records that came again after a break with other contents */
  readonly changed: number[];
}

export class Witness {
  readonly #runs = new Map<string, SeenRun>();
  /** messages it could not read: a finding of its own */
  readonly unread: string[] = [];
  #relay: Relay | null = null;

  static async open(to: { host: string; port: number }): Promise<Witness> {
    const witness = new Witness();
    witness.#relay = await Relay.open({ to, observe: () => witness.#observer() });
    return witness;
  }

  get relay(): Relay {
    if (this.#relay === null) throw new Error('the witness has no relay yet');
    return this.#relay;
  }

  acked(runId: string): number {
    return this.#runs.get(runId)?.acked ?? 0;
  }

  /** samples that the controller said it did not keep */
  discarded(runId: string): number {
    return [...(this.#runs.get(runId)?.discarded.values() ?? [])].reduce((sum, samples) => sum + samples, 0);
  }

  changed(): string[] {
    return [...this.#runs.values()].flatMap(({ runId, changed }) => changed.map((sequence) => `${runId} ${sequence}`));
  }

  /** what each run sent, for agents that keep no ledger themselves */
  ledgers(): RunLedger[] {
    return [...this.#runs.values()].map(({ agentId, runId, sent }) => ({ agentId, runId, offered: sent, dropped: [] }));
  }

  #observer(): Observer {
    const streams = new Map<number, SeenRun>();
    const up = new GrpcMessages({ preface: true, onMessage: (stream, bytes) => this.#sent(streams, stream, bytes) });
    const down = new GrpcMessages({ preface: false, onMessage: (stream, bytes) => this.#told(streams, stream, bytes) });
    return { up: (chunk) => up.push(chunk), down: (chunk) => down.push(chunk) };
  }

  #sent(streams: Map<number, SeenRun>, stream: number, bytes: Buffer): void {
    const message = this.#read(() => fromAgent(bytes));
    if (message?.hello !== undefined) streams.set(stream, this.#runOf(message.hello));
    const run = streams.get(stream);
    if (message?.record === undefined || run === undefined) return;
    const before = run.sent.get(message.record.sequence);
    if (before !== undefined && before.digest !== message.record.digest) run.changed.push(message.record.sequence);
    run.sent.set(message.record.sequence, message.record);
  }

  #told(streams: Map<number, SeenRun>, stream: number, bytes: Buffer): void {
    const run = streams.get(stream);
    const said = run === undefined ? null : this.#read(() => fromController(bytes));
    if (run === undefined || said === null || said === undefined) return;
    run.acked = Math.max(run.acked, said.durable);
    run.controllerRun = said.controllerRun ?? run.controllerRun;
    run.discarded.set(run.controllerRun, Math.max(said.discarded, run.discarded.get(run.controllerRun) ?? 0));
  }

  #runOf({ agentId, runId }: { agentId: string; runId: string }): SeenRun {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const run = { agentId, runId, sent: new Map(), acked: 0, discarded: new Map(), controllerRun: '', changed: [] };
    this.#runs.set(runId, run);
    return run;
  }

  #read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.unread.push((error as Error).message);
      return undefined;
    }
  }
}
