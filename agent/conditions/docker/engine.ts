/** What the container engine of this machine says of itself. */

import { release } from 'node:os';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { runCommand } from '../../process/child.ts';

export type Network = 'host' | 'bridge';

export const NEEDS =
  'Docker 20.10 or newer with its engine on this machine (dockerd, not rootless), and leave to use it';

const ANSWERS_WITHIN_MS = 5_000;

/** those parts of `docker info` that are looked at */
interface EngineInfo {
  readonly ServerVersion?: string;
  readonly KernelVersion?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly ServerErrors?: readonly string[];
  readonly Plugins?: { readonly Network?: readonly string[] };
  readonly CgroupVersion?: string;
}

/** Files and pids are this machine's, so an engine on another one, or in a virtual machine of its own, is of no use. */
export async function probeEngine(network: Network): Promise<SupportAnswer> {
  const { exitCode, stdout, stderr } = await runCommand('docker', ['info', '--format', '{{json .}}'], {
    timeoutMs: ANSWERS_WITHIN_MS,
  });
  const info = parsed(stdout);
  if (info === null || exitCode !== 0) return unsupported(NEEDS, whyNot(info, exitCode, stderr));
  const found = `Docker ${info.ServerVersion ?? '?'}, cgroup v${info.CgroupVersion ?? '?'}`;
  const mapped = (info.SecurityOptions ?? []).find((option) => /^name=(rootless|userns)/.test(option));
  if (info.KernelVersion !== release())
    return unsupported(NEEDS, `${found}, on another kernel than this process: ${info.KernelVersion}`);
  if (mapped !== undefined) return unsupported(NEEDS, `${found}, which maps users (${mapped})`);
  const problem = network === 'bridge' ? await bridgeProblem() : null;
  return problem === null
    ? supported(NEEDS, `${found}, network ${network}`)
    : unsupported(NEEDS, `${found}, ${problem}`);
}

function whyNot(info: EngineInfo | null, exitCode: number | null, stderr: string): string {
  if (exitCode === null)
    return /ENOENT/.test(stderr) ? 'no docker on the PATH (Debian: docker.io)' : 'docker did not answer';
  const [first] = info?.ServerErrors ?? [];
  return (first ?? stderr).trim().split('\n').at(-1) || `docker info ended with exit code ${exitCode}`;
}

async function bridgeProblem(): Promise<string | null> {
  const { exitCode } = await runCommand('docker', ['network', 'inspect', 'bridge'], { timeoutMs: ANSWERS_WITHIN_MS });
  return exitCode === 0 ? null : 'which has no network called bridge';
}

function parsed(text: string): EngineInfo | null {
  try {
    return JSON.parse(text) as EngineInfo;
  } catch {
    return null;
  }
}
