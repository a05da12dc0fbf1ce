/** Mutated agent messages over real streams to a real controller, many streams at once, with an honest agent among them. */

import type { ClientHttp2Session } from 'node:http2';
import { checkRecord } from '../../../controller/ingest/validate.ts';
import { type AgentMessage, encode, PROTOCOL_VERSION, readAgentMessage } from '../../../proto/index.ts';
import { hello } from '../../helpers/plan.ts';
import { type Random, random } from '../../helpers/random.ts';
import { MESSAGES } from '../../proto/messages.ts';
import { type Mutant, mutant, oneOf } from '../wire/mutate.ts';
import { type Field, parse } from '../wire/tree.ts';
import { startHonestStudy } from './honest-agent.ts';
import { type ControllerProcess, startController, TOKEN } from './process.ts';
import { type Answer, CONNECT_PATH, call, dial, framed } from './raw-call.ts';
import { type Tally, Verdicts } from './verdicts.ts';

const WORKERS = 24;
const SESSIONS = 6;
const STREAM_MS = 20_000;
/** messages in one stream that are expected to be taken */
const GROUP = 40;
const BATCH = 5_000;
/** the controller must answer somebody else within this, whatever it is sent; generous, since the machine may be busy */
export const ANSWER_MS = 5_000;
/** how much more memory than at the start the controller may have at any batch's end */
export const MORE_RSS_BYTES = 256 * 1024 * 1024;

export interface FuzzOptions {
  readonly seed: number;
  /** how many mutated messages must have been taken or refused by the controller, each with an answer */
  readonly messages: number;
  readonly say: (line: string) => void;
}

export interface FuzzReport extends Tally {
  readonly honest: {
    readonly sent: number;
    readonly stored: number;
    readonly different: number;
    readonly ended: string;
  };
  readonly startRssBytes: number;
  readonly peakRssBytes: number;
  readonly slowestAnswerMs: number;
  readonly seconds: number;
}

/** @throws Error when the controller dies, does not answer in time, or grows past the bound */
export async function fuzzStreams(o: FuzzOptions): Promise<FuzzReport> {
  const controller = await startController();
  const startedMs = performance.now();
  try {
    const honest = await startHonestStudy(controller);
    try {
      await controller.listAgents(ANSWER_MS);
      const startRssBytes = controller.rssBytes();
      const flood = new Flood(controller, o);
      let slowestAnswerMs = 0;
      for (let target = 0; target < o.messages; ) {
        target = Math.min(o.messages, target + BATCH);
        await flood.until(target);
        slowestAnswerMs = Math.max(slowestAnswerMs, await alive(controller, startRssBytes));
        if (target % (20 * BATCH) === 0) o.say(flood.line(controller));
      }
      flood.close();
      const { ended, ...books } = await honest.finish();
      const how = `${ended.status} ${ended.message}`.trim();
      const peakRssBytes = controller.peakRssBytes();
      const seconds = (performance.now() - startedMs) / 1000;
      return {
        ...flood.verdicts.tally(),
        honest: { ...books, ended: how },
        startRssBytes,
        peakRssBytes,
        slowestAnswerMs,
        seconds,
      };
    } finally {
      honest.close();
    }
  } finally {
    await controller.stop();
  }
}

/** @returns how long ListAgents took. @throws Error when it is dead, deaf or too large */
export async function alive(controller: ControllerProcess, startRssBytes: number): Promise<number> {
  const ended = controller.ended();
  if (ended !== null) throw new Error(`the controller died: ${ended}\n${controller.log().slice(-4000)}`);
  const { tookMs } = await controller.listAgents(ANSWER_MS);
  const moreBytes = controller.rssBytes() - startRssBytes;
  if (moreBytes > MORE_RSS_BYTES)
    throw new Error(
      `the controller grew by ${Math.round(moreBytes / 2 ** 20)} MiB, more than ${MORE_RSS_BYTES / 2 ** 20}`,
    );
  return tookMs;
}

class Flood {
  readonly verdicts = new Verdicts();
  readonly #controller: ControllerProcess;
  readonly #random: Random;
  readonly #corpus: readonly Field[][];
  readonly #sessions: ClientHttp2Session[];
  readonly #waiting: Mutant[] = [];

  constructor(controller: ControllerProcess, o: FuzzOptions) {
    this.#controller = controller;
    this.#random = random(o.seed);
    this.#corpus = corpus();
    this.#sessions = Array.from({ length: SESSIONS }, () => dial(controller.port));
  }

  /** until so many messages have had their answer */
  async until(target: number): Promise<void> {
    const work = async (id: number) => {
      while (this.verdicts.answered < target) await this.#stream(id);
    };
    await Promise.all(Array.from({ length: WORKERS }, (_, id) => work(id)));
  }

  line(controller: ControllerProcess): string {
    const { answered, refused, streams } = this.verdicts;
    const rss = Math.round(controller.rssBytes() / 2 ** 20);
    return `${answered} messages in ${streams} streams, ${refused} refused; controller ${rss} MiB`;
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }

  /** One stream: a good hello and what is expected to be taken, or what is expected to end it. */
  async #stream(id: number): Promise<void> {
    const session = this.#session(id);
    if (this.#random.uniform() < 0.02) return this.#helloStream(id, session);
    const next = this.#draw();
    if (isTaken(next.bytes)) {
      this.#waiting.push(next);
      if (this.#waiting.length < GROUP) return;
      const group = this.#waiting.splice(0, GROUP);
      this.verdicts.group(group, await this.#send(session, [goodHello(id), ...group.map(({ bytes }) => bytes)]));
      return;
    }
    this.verdicts.single(next, await this.#send(session, [goodHello(id), next.bytes]));
  }

  /** a stream whose hello is the mutated message */
  async #helloStream(id: number, session: ClientHttp2Session): Promise<void> {
    const made = mutant(this.#random, helloFields(id), oneOf(this.#random, this.#corpus));
    this.verdicts.single(made, await this.#send(session, [made.bytes]));
  }

  #draw(): Mutant {
    return mutant(this.#random, oneOf(this.#random, this.#corpus), oneOf(this.#random, this.#corpus));
  }

  #send(session: ClientHttp2Session, messages: readonly Buffer[]): Promise<Answer> {
    return call(session, CONNECT_PATH, messages.map(framed), STREAM_MS);
  }

  #session(id: number): ClientHttp2Session {
    const at = id % SESSIONS;
    const session = this.#sessions[at] as ClientHttp2Session;
    if (!session.closed && !session.destroyed) return session;
    const fresh = dial(this.#controller.port);
    this.#sessions[at] = fresh;
    return fresh;
  }
}

/** Every kind of message an agent sends. All records have number 1, so that none is refused for what came before it; what is new in a
 * run is appended, the others are passed over after all checks. */
function corpus(): Field[][] {
  return MESSAGES.flatMap(({ kind, message }) => {
    if (kind !== 'AgentMessage') return [];
    const own: AgentMessage =
      message.body === 'record' ? { body: 'record', record: { ...message.record, sequence: 1 } } : message;
    return [parse('AgentMessage', encode('AgentMessage', own))];
  });
}

function helloFields(id: number): Field[] {
  return parse('AgentMessage', goodHello(id));
}

/** fewer than a run of an agent may say in a burst */
const HELLOS_A_RUN = 60;
const said = new Map<number, number>();

function goodHello(id: number): Buffer {
  const before = said.get(id) ?? 0;
  said.set(id, before + 1);
  const runId = `run-${id}-${Math.floor(before / HELLOS_A_RUN)}`;
  return encode('AgentMessage', {
    body: 'hello',
    hello: hello({ agentId: `hostile-${id}`, runId, token: TOKEN, protocol: PROTOCOL_VERSION }),
  });
}

/** A guess, for sending many in one stream; what counts is what the controller answers. */
function isTaken(bytes: Buffer): boolean {
  try {
    const message = readAgentMessage(bytes);
    if (message.body !== 'record') return message.body === 'progress';
    checkRecord(message.record);
    return message.record.sequence === 1;
  } catch {
    return false;
  }
}
