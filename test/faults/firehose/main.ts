/** An agent that measures nothing: it offers records of known content to the product's own Uplink, at a rate, and writes down each before it is
 * offered. It takes part in studies like any agent. */

import { createInterface } from 'node:readline';
import {
  type Assignment,
  channelCredentials,
  PROTOCOL_VERSION,
  type RecordBody,
  readTokenFile,
  TlsFolder,
} from '#proto';
import { Uplink } from '../../../agent/uplink/stream.ts';
import { hello } from '../../helpers/plan.ts';
import { LedgerWriter } from '../checker/ledger.ts';
import { type Ids, samplesOf, seenOf } from './content.ts';
import type { FirehoseEvent, FirehoseOptions } from './options.ts';

const DRAIN_TIMEOUT_MS = 60_000;

class Firehose {
  readonly #o: FirehoseOptions;
  readonly #ledger: LedgerWriter;
  readonly #uplink: Uplink;
  #current: Ids | null = null;
  #offered = 0;
  #dropped = 0;
  #sequence = 0;
  #index = 0;

  constructor(o: FirehoseOptions, credentials: Awaited<ReturnType<typeof channelCredentials>>) {
    this.#o = o;
    this.#ledger = new LedgerWriter(o.ledgerPath);
    this.#ledger.write({ kind: 'run', agentId: o.agentId, runId: o.runId });
    this.#uplink = new Uplink({
      controller: o.controller,
      credentials,
      hello: hello({
        protocol: PROTOCOL_VERSION,
        agentId: o.agentId,
        runId: o.runId,
        token: o.tokenFile === null ? '' : readTokenFile(o.tokenFile),
      }),
      spoolPath: o.spoolPath,
      spoolLimitBytes: o.spoolLimitBytes,
      handlers: {
        assignment: (assignment) => this.#begin(assignment),
        cancel: () => this.#end('cancelled'),
        broken: (reason) => tell({ event: 'broken', reason }),
        refused: (error) => tell({ event: 'refused', reason: error.message }),
      },
    });
  }

  run(): void {
    setInterval(() => this.#offerSamples(), 1000 / this.#o.recordsPerSecond);
    this.#uplink.connect();
    createInterface({ input: process.stdin })
      .on('line', (line) => void this.#command(line))
      .on('close', () => process.exit(0));
  }

  async #command(line: string): Promise<void> {
    if (line === 'finish') this.#end('complete');
    else if (line === 'clock') tell({ event: 'clock', monotonicNs: process.hrtime.bigint().toString() });
    else if (line === 'drain') tell({ event: 'drained', all: await this.#uplink.drained(DRAIN_TIMEOUT_MS) });
  }

  #begin({ studyId, assignmentId }: Assignment): void {
    if (this.#current?.assignmentId === assignmentId) return;
    this.#current = { studyId, assignmentId };
    this.#offered = 0;
    this.#dropped = 0;
    tell({ event: 'assigned', studyId });
  }

  #offerSamples(): void {
    if (this.#current === null) return;
    const { seed, samplesPerRecord: n } = this.#o;
    this.#offered += n;
    this.#offer(this.#current, samplesOf({ seed, index: this.#index++, n }));
  }

  #end(status: 'complete' | 'cancelled'): void {
    const ids = this.#current;
    if (ids === null) return;
    this.#current = null;
    const loss = { hop: 'spool', sut: '', mechanism: '', received: this.#offered - this.#dropped, lost: this.#dropped };
    this.#offer(ids, { body: 'loss', loss });
    this.#offer(ids, { body: 'end', end: { status, code: '', message: '', nextStep: '', detail: '' } });
    this.#ledger.sync();
    tell({ event: 'offered-all', studyId: ids.studyId });
  }

  /** The ledger has the record first: killed in between, it was measured and is not stored. */
  #offer(ids: Ids, body: RecordBody): void {
    const record = seenOf({ ...ids, sequence: this.#sequence + 1 }, body);
    this.#ledger.write({ kind: 'offered', record });
    if (this.#taken(ids, body)) {
      this.#sequence += 1;
      return;
    }
    this.#ledger.write({ kind: 'dropped', record });
    this.#dropped += record.samples;
  }

  #taken(ids: Ids, body: RecordBody): boolean {
    try {
      this.#uplink.send(ids, body);
      return this.#uplink.takeDropped() === 0;
    } catch (error) {
      // the disk of the spool is full, and so is the memory kept for that
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      return false;
    }
  }
}

function tell(event: FirehoseEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const options = JSON.parse(process.argv[2] ?? '{}') as FirehoseOptions;
const log = (line: string) => process.stderr.write(`firehose: ${line}\n`);
const folder =
  options.tlsDir === null ? null : new TlsFolder({ dir: options.tlsDir, role: 'agent', log, lookEveryMs: 50 });
new Firehose(options, await channelCredentials(options.controller, folder)).run();
