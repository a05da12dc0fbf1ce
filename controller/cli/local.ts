/** A controller and an agent on this host, as processes of their own, with a token only they and we know. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { ControlClient } from './client.ts';
import { AGENT_MAIN, CONTROLLER_MAIN, type Daemon, startDaemon } from './process.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 110_000;

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

/** @throws BenchError when one of them does not come up; what was started is ended again */
export async function startLocalBench(): Promise<Bench> {
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
    const controller = startDaemon(CONTROLLER_MAIN, ['--listen', '127.0.0.1:0', '--token-file', tokenFile]);
    started.push(controller);
    const port = (await controller.firstLine(/^HOOKBENCH_CONTROLLER port=(\d+)$/m))?.[1];
    if (port === undefined) throw notStarted('the controller', controller);
    const agent = startDaemon(AGENT_MAIN, [
      '--controller',
      `127.0.0.1:${port}`,
      '--token-file',
      tokenFile,
      '--id',
      hostname(),
    ]);
    started.push(agent);
    client = new ControlClient(`127.0.0.1:${port}`, token);
    await agentConnected(client, agent);
    return { client, daemons: [agent, controller], lastLines: () => controller.lastLines(), stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    // both have read it: however we end, it is not left behind
    rmSync(dir, { recursive: true, force: true });
  }
}

async function agentConnected(client: ControlClient, agent: Daemon): Promise<void> {
  let ended = false;
  void agent.exited.then(() => {
    ended = true;
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && !ended) {
    const agents = await client.listAgents().catch(() => []);
    if (agents.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw notStarted('the agent', agent);
}

function notStarted(what: string, daemon: Daemon): BenchError {
  return new BenchError('internal', `${what} did not start`, {
    nextStep: 'its last lines say why; hookbench doctor shows what this machine can do',
    detail: daemon.lastLines(),
  });
}
