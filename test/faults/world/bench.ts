/** A controller with firehoses, each behind a witness of its own, and the check of what became of a study. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkStudy as fsckStudy } from '../../../controller/store/fsck/check.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { type CheckedRun, checkStudy, isEnded } from '../checker/check.ts';
import type { FirehoseOptions } from '../firehose/options.ts';
import type { Round } from '../journal.ts';
import { Witness } from '../link/witness.ts';
import { within } from '../scenario.ts';
import { Controller, type RunningStudy } from './controller.ts';
import { FirehoseProcess } from './firehose.ts';
import { OF_SEGMENTS } from './fsck-codes.ts';
import type { StartOptions } from './process.ts';
import type { World } from './undo.ts';

const STUDY_END_MS = 90_000;

export interface Seat {
  readonly agentId: string;
  readonly witness: Witness;
  firehose: FirehoseProcess;
  /** runs that were killed in the study under way */
  readonly dead: FirehoseProcess[];
}

export class Bench {
  readonly #world: World;
  readonly #dir: string;
  readonly round: Round;
  readonly controller: Controller;
  readonly results: string;
  readonly seats: Seat[] = [];
  #seed: number;

  constructor(
    world: World,
    o: { dir: string; round: Round; seed: number; results?: string; controller?: StartOptions },
  ) {
    this.#world = world;
    this.#dir = o.dir;
    this.round = o.round;
    this.#seed = o.seed;
    this.results = o.results ?? join(o.dir, 'results');
    mkdirSync(this.results, { recursive: true });
    this.controller = new Controller(world, { dir: join(o.dir, 'controller'), results: this.results, ...o.controller });
  }

  async start(agents: number, o: Partial<FirehoseOptions> & StartOptions = {}): Promise<void> {
    await this.controller.start();
    for (let i = 0; i < agents; i++) {
      const witness = await Witness.open({ host: '127.0.0.1', port: this.controller.port });
      this.#world.later('a witness', () => witness.relay.close());
      const agentId = `firehose-${i + 1}`;
      this.seats.push({ agentId, witness, firehose: this.#firehose(agentId, witness, o), dead: [] });
    }
    await this.connected();
  }

  /** Waits for the firehoses, in the runs they are in now. */
  async connected(): Promise<void> {
    await this.controller.connected(this.seats.map(({ firehose }) => firehose.options));
  }

  /** another run of the same agent, as after a crash */
  async restart(seat: Seat, o: Partial<FirehoseOptions> & StartOptions = {}): Promise<void> {
    seat.dead.push(seat.firehose);
    seat.firehose = this.#firehose(seat.agentId, seat.witness, o);
  }

  #firehose(agentId: string, witness: Witness, o: Partial<FirehoseOptions> & StartOptions): FirehoseProcess {
    this.#seed += 1;
    return new FirehoseProcess(this.#world, this.#dir, {
      ...{ controller: `127.0.0.1:${witness.relay.port}`, agentId, tokenFile: this.controller.tokenFile },
      seed: this.#seed,
      ...o,
    });
  }

  /** Begins a study; every firehose has its assignment when it resolves. */
  async study(): Promise<RunningStudy> {
    const study = await this.controller.study();
    await Promise.all(this.seats.map(({ firehose }) => firehose.assigned(study.studyId)));
    return study;
  }

  /** Ends every firehose's part and waits for the study's end. */
  async finish(study: RunningStudy): Promise<void> {
    for (const { firehose } of this.seats) firehose.command('finish');
    await this.ended(study);
  }

  async ended(study: RunningStudy) {
    const log = () => `\n${this.controller.process?.stderr() ?? ''}`;
    return within('the study ends', STUDY_END_MS, study.ended).catch((error: Error) => {
      throw new Error(`${error.message}${log()}`);
    });
  }

  /** Waits until the living firehoses have delivered everything. */
  async drained(): Promise<void> {
    await Promise.all(
      this.seats.map(async ({ firehose }) => {
        const before = firehose.events.length;
        firehose.command('drain');
        const isNew = () => firehose.events.slice(before).some((event) => event.event === 'drained');
        await firehose.event((event) => event.event === 'drained' && isNew(), 'everything is delivered', 65_000);
      }),
    );
  }

  /** Holds the ledgers against the study's folder. @param expects how it must have ended */
  check(study: RunningStudy, after: string, expects: 'complete' | 'failed' | 'interrupted' | 'ended'): void {
    const runs = this.seats.flatMap(({ witness, firehose, dead }) =>
      [firehose, ...dead].map((each) => each.checked(witness)).filter((run): run is CheckedRun => run !== null),
    );
    const verdict = checkStudy(study.dir, { studyId: study.studyId, runs });
    this.round.check(after, verdict);
    const { status } = verdict;
    const asExpected = expects === 'ended' ? isEnded(status) && status !== 'complete' : status === expects;
    if (!asExpected)
      this.round.finding(after, {
        code: 'ended-otherwise',
        detail: `${study.studyId} is ${status}, not ${expects}: ${this.#warnings(study)}`,
      });
    this.#checkTold(study, after);
    for (const { witness, dead } of this.seats) {
      for (const changed of witness.changed())
        this.round.finding(after, { code: 'altered', detail: `${changed} was sent again with other contents` });
      for (const unread of witness.unread.splice(0)) this.round.finding(after, { code: 'unreadable', detail: unread });
      dead.splice(0);
    }
  }

  /** the product's own fsck finds nothing in segments that no one has damaged, and they can be read */
  #checkTold({ dir }: RunningStudy, after: string): void {
    const { findings } = fsckStudy(dir);
    for (const { severity, code, message, file } of findings)
      if (severity === 'damage' && OF_SEGMENTS.includes(code))
        this.round.finding(after, { code: `fsck-${code}`, detail: `${file}: ${message}` });
    try {
      readStudy(dir);
    } catch (error) {
      this.round.finding(after, { code: 'unreadable', detail: (error as Error).message });
    }
  }

  #warnings({ dir }: RunningStudy): string {
    const path = join(dir, 'study.json');
    if (!existsSync(path)) return 'no study.json';
    const { warnings } = JSON.parse(readFileSync(path, 'utf8')) as { warnings: { code: string; detail: string }[] };
    return warnings.map(({ code, detail }) => `${code}: ${detail}`).join('; ');
  }
}
