/** The container engine of this machine for tests: the one that runs, or else one that is started for the file and ended with it. */

import { execa } from 'execa';

const READY_WITHIN_MS = 60_000;

export interface Engine {
  /** ends it where it was started here; its bridge goes too, rules that it gave the firewall stay as after any stop of Docker */
  stop(): Promise<void>;
}

/** Where there is no Docker, or we may not start it, nothing is done: `needs('docker')` then says so. */
export async function engineUp(): Promise<Engine> {
  const none = { stop: async () => undefined };
  const hasClient = (await execa('docker', ['--version'], { reject: false })).exitCode === 0;
  const hasDaemon = (await execa('dockerd', ['--version'], { reject: false })).exitCode === 0;
  if (!hasClient || !hasDaemon || process.getuid?.() !== 0 || (await answers())) return none;
  const daemon = execa('dockerd', [], {
    reject: false,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    buffer: true,
  });
  let ended = false;
  void daemon.then(() => {
    ended = true;
  });
  const giveUpAtMs = Date.now() + READY_WITHIN_MS;
  while (!ended && Date.now() < giveUpAtMs && !(await answers()))
    await new Promise((resolve) => setTimeout(resolve, 100));
  if (ended) process.stdout.write(`dockerd did not start: ${(await daemon).stderr.split('\n').at(-1)}\n`);
  return {
    stop: async () => {
      daemon.kill('SIGTERM');
      await daemon;
      await execa('ip', ['link', 'del', 'docker0'], { reject: false });
    },
  };
}

/** containers that an agent of this project has made, of one agent or of all @returns their names */
export async function ownContainers(agentPid?: number): Promise<string[]> {
  const { stdout } = await execa('docker', ['ps', '--all', '--format', '{{.Names}}']);
  const prefix = agentPid === undefined ? 'hookbench-' : `hookbench-${agentPid}-`;
  return stdout.split('\n').filter((name) => name.startsWith(prefix));
}

/** waits a moment for the engine to remove them @returns those that stay */
export async function containersAfterAll(agentPid: number): Promise<string[]> {
  for (let i = 0; i < 100 && (await ownContainers(agentPid)).length > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return ownContainers(agentPid);
}

async function answers(): Promise<boolean> {
  return (await execa('docker', ['info'], { reject: false })).exitCode === 0;
}
