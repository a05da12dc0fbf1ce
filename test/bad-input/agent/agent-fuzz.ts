/** Mutated messages of a controller to a real agent. Nothing of them becomes a command or a path; what is refused is told why; and after
 * all of it the agent does an ordinary piece of work. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Assignment,
  type ControllerMessage,
  decode,
  encode,
  PROTOCOL_VERSION,
  VERSION,
} from '../../../proto/index.ts';
import { random } from '../../helpers/random.ts';
import { mutant, oneOf } from '../wire/mutate.ts';
import { type Field, parse } from '../wire/tree.ts';
import { type AgentProcess, startAgent } from './agent-process.ts';
import { HostileController } from './hostile-controller.ts';

const START_MS = 90_000;
const WORK_MS = 60_000;
const MORE_RSS_BYTES = 256 * 2 ** 20;
/** what an agent starts for assignments of node-hello and none, and to look at its host */
const OWN =
  /node-hello\.mjs|hookbench-load|setpriv|bpftrace|java|objdump|hookbench-bpf|read-loop|node_modules\/@esbuild|^$/;
/** of the messages */
const PROMISE_SHARE = 0.05;
const OTHER_PROTOCOL = /speaks (an older )?protocol/;
const INTERNAL = /cannot read|is not a function|is not iterable|undefined|call stack|of null/i;

export interface AgentFuzzReport {
  readonly sent: number;
  /** of them, messages that are none: each breaks the stream, as acks and welcomes do that can't be, and the agent comes back */
  readonly unreadable: number;
  readonly hellos: number;
  /** times that it ended because the controller seemed to speak another protocol, and was started anew */
  readonly restarts: number;
  /** how assignments ended: status and code → how often */
  readonly ends: Readonly<Record<string, number>>;
  readonly moreRssMib: number;
  readonly wrong: readonly string[];
  /** how the ordinary assignment at the end went */
  readonly lastEnd: string;
}

/** @param o.messages readable ones @param o.unreadable others, some five a second */
export async function fuzzAgent(o: { seed: number; messages: number; unreadable: number }): Promise<AgentFuzzReport> {
  const controller = new HostileController();
  await controller.listen();
  let agent = startAgent(controller.port);
  let restarts = 0;
  /** an agent that ends with this reason has done what it should */
  const current = () => {
    if (agent.ended() !== null && OTHER_PROTOCOL.test(agent.log())) {
      agent = startAgent(controller.port);
      restarts += 1;
    }
    return agent;
  };
  try {
    await until(current, 'connected', () => controller.connected, START_MS);
    const startRssBytes = agent.rssBytes();
    const wrong = new Set<string>();
    const watch = setInterval(() => {
      for (const command of current().children()) if (!OWN.test(command)) wrong.add(`it started: ${command}`);
    }, 20);
    const sent = await flood(controller, current, o);
    const lastEnd = await ordinaryWork(controller, current);
    clearInterval(watch);
    for (const { message, code } of controller.ends) {
      if (code !== '' && (message.length < 10 || INTERNAL.test(message)))
        wrong.add(`${code}: ${message.slice(0, 200)}`);
    }
    const moreBytes = agent.rssBytes() - startRssBytes;
    if (moreBytes > MORE_RSS_BYTES) wrong.add(`it grew by ${moreBytes} bytes`);
    return {
      ...sent,
      hellos: controller.hellos,
      restarts,
      ends: counted(controller.ends.map(({ status, code }) => `${status} ${code}`.trim())),
      moreRssMib: Math.round(moreBytes / 2 ** 20),
      wrong: [...wrong],
      lastEnd,
    };
  } finally {
    await agent.stop();
    controller.close();
  }
}

async function flood(
  controller: HostileController,
  agent: () => AgentProcess,
  o: { seed: number; messages: number; unreadable: number },
): Promise<{ sent: number; unreadable: number }> {
  const noise = random(o.seed);
  const [work, promises] = [works(), PROMISES].map((of) =>
    of.map((message) => parse('ControllerMessage', encode('ControllerMessage', message))),
  ) as [Field[][], Field[][]];
  const unreadable: Buffer[] = [];
  let sent = 0;
  while (sent < o.messages) {
    // a promise that can't be ends the stream, and the agent takes its time to come back
    const corpus = noise.uniform() < PROMISE_SHARE ? promises : work;
    const { bytes } = mutant(noise, oneOf(noise, corpus), oneOf<Field[]>(noise, corpus));
    const message = readable(bytes);
    // of another protocol: the agent says so and ends, as it should; that is a test of its own
    if (message?.body === 'welcome' && message.welcome.protocol !== PROTOCOL_VERSION) continue;
    if (message === null) {
      if (unreadable.length < o.unreadable) unreadable.push(bytes);
      continue;
    }
    await until(agent, 'the agent came back', () => controller.connected, START_MS);
    if (!controller.send(bytes)) await sleep(1);
    sent += 1;
  }
  for (const bytes of unreadable) {
    await until(agent, 'the agent came back', () => controller.connected, START_MS);
    const before = controller.hellos;
    controller.send(bytes);
    await until(agent, 'the agent broke off and came back', () => controller.hellos > before, START_MS);
  }
  return { sent: sent + unreadable.length, unreadable: unreadable.length };
}

/** @returns how it ended */
async function ordinaryWork(controller: HostileController, agent: () => AgentProcess): Promise<string> {
  for (let i = 0; ; i++) {
    await until(agent, 'the agent is there', () => controller.connected, START_MS);
    const assignmentId = `s/victim/process/last-${i}`;
    controller.send(encode('ControllerMessage', { body: 'assignment', assignment: { ...assignment, assignmentId } }));
    const ended = () => controller.ends.find((end) => end.assignmentId === assignmentId);
    await until(agent, 'the end of an ordinary assignment', () => ended() !== undefined, WORK_MS);
    const end = ended();
    // one of the mutated assignments may be at work still
    if (end?.code === 'busy' && i < 60) await sleep(500);
    else return `${end?.status} ${end?.message}`.trim();
  }
}

async function until(
  current: () => AgentProcess,
  what: string,
  holds: () => boolean,
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!holds()) {
    const agent = current();
    const ended = agent.ended();
    if (ended !== null) throw new Error(`the agent died (${ended}):\n${agent.log().slice(-3000)}`);
    if (performance.now() > deadlineMs)
      throw new Error(`not within ${timeoutMs} ms: ${what}\n${agent.log().slice(-1500)}`);
    await sleep(2);
  }
}

function readable(bytes: Buffer): ControllerMessage | null {
  try {
    return decode('ControllerMessage', bytes);
  } catch {
    return null;
  }
}

const slice = { sut: 'node-hello', order: new Uint8Array(20), arm: 0, settle: 0, phase: 'unspecified' } as const;
const assignment: Assignment = {
  ...{ studyId: 's', assignmentId: 's/victim/process/0', fork: 1, condition: 'process', action: 'observe' },
  ...{ blockErrno: '', functions: ['read'], keywords: [Buffer.from('needle')], requestBytes: 88 },
  instances: [{ id: 0, sut: 'node-hello', mechanism: 'none', arm: 0, design: 'alternated' }],
  steps: [{ index: 0, block: 0, phase: 'measure', design: 'alternated', attach: '', slices: [slice] }],
};

function works(): ControllerMessage[] {
  return [
    { body: 'assignment', assignment },
    { body: 'assignment', assignment: { ...assignment, assignmentId: 's/victim/process/1' } },
    { body: 'cancel', cancel: { assignmentId: 's/victim/process/0' } },
  ];
}

const PROMISES: readonly ControllerMessage[] = [
  {
    body: 'welcome',
    welcome: {
      ...{ protocol: PROTOCOL_VERSION, version: VERSION, durableSequence: 0, discardedSamples: 0 },
      ...{ controllerRun: 'hostile', credits: 32, creditBytes: 1 << 22 },
    },
  },
  { body: 'ack', ack: { durableSequence: 3, discardedSamples: 7 } },
];

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
