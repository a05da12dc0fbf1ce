/** A firehose as a process of its own, and what the checker knows of its run. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CheckedRun } from '../checker/check.ts';
import { readLedger } from '../checker/ledger.ts';
import type { FirehoseCommand, FirehoseEvent, FirehoseOptions } from '../firehose/options.ts';
import type { Witness } from '../link/witness.ts';
import { type Started, type StartOptions, startDaemon, until } from './process.ts';
import type { World } from './undo.ts';

const DEFAULTS = {
  tlsDir: null,
  spoolLimitBytes: 64 * 1024 * 1024,
  recordsPerSecond: 60,
  samplesPerRecord: 400,
} as const;

type Asked = Partial<FirehoseOptions> & Pick<FirehoseOptions, 'controller' | 'agentId' | 'tokenFile' | 'seed'>;

export class FirehoseProcess {
  readonly process: Started;
  readonly options: FirehoseOptions;
  readonly events: FirehoseEvent[] = [];
  died = false;
  #discardedBefore = 0;

  /** @param dir for its spool and its ledger */
  constructor(world: World, dir: string, o: Asked & StartOptions) {
    const { wrap, env, ...asked } = o;
    const runId = asked.runId ?? randomBytes(8).toString('hex');
    const own = { runId, spoolPath: join(dir, `spool-${runId}`), ledgerPath: join(dir, `ledger-${runId}`) };
    this.options = { ...DEFAULTS, ...own, ...asked };
    this.process = startDaemon(world, 'firehose', {
      ...(wrap && { wrap }),
      ...(env && { env }),
      args: [JSON.stringify(this.options)],
    });
    this.process.onLine((line) => this.events.push(JSON.parse(line) as FirehoseEvent));
  }

  command(command: FirehoseCommand): void {
    this.process.say(command);
  }

  async assigned(studyId: string): Promise<void> {
    await this.event((event) => event.event === 'assigned' && event.studyId === studyId, `${studyId} is assigned`);
  }

  async event(matches: (event: FirehoseEvent) => boolean, what: string, timeoutMs = 60_000): Promise<FirehoseEvent> {
    const name = `firehose ${this.options.agentId}: ${what}`;
    return until(name, () => this.events.find(matches), { timeoutMs, process: this.process });
  }

  async kill(): Promise<void> {
    this.died = true;
    this.process.kill('SIGKILL');
    await this.process.exited;
  }

  /** @param witness null where the connection is encrypted: then everything counts as acknowledged once it was drained */
  checked(witness: Witness | null): CheckedRun | null {
    const ledger = readLedger(this.options.ledgerPath);
    if (ledger === null) return null;
    const { runId } = ledger;
    const discarded = (witness?.discarded(runId) ?? 0) - this.#discardedBefore;
    this.#discardedBefore += discarded;
    const acked = witness?.acked(runId) ?? (this.#drained ? Number.POSITIVE_INFINITY : 0);
    return { ledger, acked, discarded, died: this.died };
  }

  get #drained(): boolean {
    return this.events.some((event) => event.event === 'drained' && event.all);
  }
}
