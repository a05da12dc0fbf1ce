/** A controller and an agent on this host, as processes of their own, with a token only they and we know. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentIdOf, BenchError, EXIT } from '#proto';
import { ControlClient } from './client.ts';
import { wholeNumber } from './options.ts';
import { type Daemon, startDaemon } from './process.ts';

/** ample on real machines; an emulated one needs more to try what its kernel takes */
const START_SECONDS = 60;
const MOST_START_SECONDS = 3600;
/** names another time, in seconds */
const START_VARIABLE = 'HOOKBENCH_START_SECONDS';
const STOP_TIMEOUT_MS = 110_000;
/** their last lines are shown when something goes wrong */
const FOR_PEOPLE = ['--log-format', 'text'];

/** what runs a study: a controller and an agent of our own, or a controller that was there before */
export interface Bench {
  readonly client: ControlClient;
  /** ours, to be ended with us; none when the controller is another's */
  readonly daemons: readonly Daemon[];
  /** last lines of our controller, '' when it is another's */
  lastLines(): string;
  stop(): Promise<void>;
}

/** @throws BenchError when who we are is not enough for that controller, or it has no agent */
export async function joinBench(client: ControlClient): Promise<Bench> {
  const bench = { client, daemons: [], lastLines: () => '', stop: async () => client.close() };
  try {
    await client.listAgents();
    return bench;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** @param agentWords further ones for the agent
 * @throws BenchError when one of them does not come up; what was started is ended again */
export async function startLocalBench(agentWords: readonly string[] = []): Promise<Bench> {
  const seconds = startSeconds(process.env[START_VARIABLE]);
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-'));
  const started: Daemon[] = [];
  let client: ControlClient | null = null;
  const stop = async () => {
    client?.close();
    for (const daemon of started.splice(0).reverse()) await daemon.stop(STOP_TIMEOUT_MS);
  };
  try {
    const token = randomBytes(16).toString('hex');
    const tokenFile = join(dir, 'token');
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const controller = startDaemon('controller', ['--listen', '127.0.0.1:0', '--token-file', tokenFile, ...FOR_PEOPLE]);
    started.push(controller);
    const port = (await controller.firstLine(/^HOOKBENCH_CONTROLLER port=(\d+)$/m))?.[1];
    if (port === undefined) throw notStarted('the controller', controller);
    const agent = startDaemon('agent', [
      '--controller',
      `127.0.0.1:${port}`,
      '--token-file',
      tokenFile,
      '--id',
      agentIdOf(hostname()),
      ...FOR_PEOPLE,
      ...agentWords,
    ]);
    started.push(agent);
    client = new ControlClient(`127.0.0.1:${port}`, token);
    await agentConnected(client, agent, seconds);
    return { client, daemons: [agent, controller], lastLines: () => controller.lastLines(), stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    // both have read it: however we end, it is not left behind
    rmSync(dir, { recursive: true, force: true });
  }
}

async function agentConnected(client: ControlClient, agent: Daemon, seconds: number): Promise<void> {
  let ended: { readonly exitCode: number | null } | null = null;
  void agent.exited.then((how) => {
    ended = how;
  });
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline && ended === null) {
    const agents = await client.listAgents().catch(() => []);
    if (agents.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (ended !== null) throw notStarted('the agent', agent, await agent.exited);
  throw new BenchError('internal', `the agent runs, but was not ready after ${seconds} s`, {
    nextStep: `on a slow machine give it longer: ${START_VARIABLE}=300`,
    detail: agent.lastLines(),
  });
}

/** @throws BenchError usage */
export function startSeconds(text: string | undefined): number {
  if (text === undefined) return START_SECONDS;
  return wholeNumber(START_VARIABLE, 1, MOST_START_SECONDS)(text);
}

/** what it was told and can't use, it says itself */
function notStarted(what: string, daemon: Daemon, how?: { readonly exitCode: number | null }): BenchError {
  return new BenchError(how?.exitCode === EXIT.usage ? 'usage' : 'internal', `${what} did not start`, {
    nextStep: 'its last lines say why; hookbench doctor shows what this machine can do',
    detail: daemon.lastLines(),
  });
}
