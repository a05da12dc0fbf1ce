/** Child processes: the only file that imports execa. */

import { execa, execaSync } from 'execa';
import type { ChildExit, ChildPort, SpawnPort } from '../load/port.ts';

/** Starts a program (no shell) that is killed by the kernel when this process dies, however it dies. */
export const spawnChild: SpawnPort = spawnWith([]);

/** The same with words for setpriv, such as another user's.
 * @param through a command that execs what follows it, such as nsenter: run first, with the rights of this process */
export function spawnWith(setprivWords: readonly string[], through: readonly string[] = []): SpawnPort {
  return (file, args, o) => {
    const [program, ...rest] = [...through, ...withDeathSignal(setprivWords, file, args)];
    return spawn([program!, rest], o);
  };
}

const spawn = (
  [program, programArgs]: readonly [string, readonly string[]],
  o: { env?: Record<string, string> },
): ChildPort => {
  const child = execa(program, programArgs, {
    env: o.env ?? {},
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    encoding: 'buffer',
    cleanup: true,
    forceKillAfterDelay: 2000,
  });
  const exited: Promise<ChildExit> = child.then(
    (result) => ({ exitCode: result.exitCode ?? null, signal: result.signal ?? null }),
    () => ({ exitCode: null, signal: null }),
  );
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    kill: (signal) => void child.kill((signal ?? 'SIGTERM') as NodeJS.Signals),
  };
};

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short program to its end. Never rejects: a program that can't be started has exitCode null and the reason on stderr. */
export async function runCommand(
  file: string,
  args: readonly string[],
  o: { timeoutMs?: number } = {},
): Promise<CommandResult> {
  return told(await execa(file, args, { reject: false, timeout: o.timeoutMs ?? 10_000, stdin: 'ignore' }));
}

/** The same, and everything else waits for it: for what must be done before anything else may begin. */
export function runCommandNow(file: string, args: readonly string[], o: { timeoutMs?: number } = {}): CommandResult {
  return told(execaSync(file, args, { reject: false, timeout: o.timeoutMs ?? 10_000, stdin: 'ignore' }));
}

function told(result: {
  exitCode?: number | undefined;
  stdout?: string;
  stderr?: string;
  shortMessage?: string | undefined;
}): CommandResult {
  const reason = result.exitCode === undefined ? (result.shortMessage ?? '') : '';
  return { exitCode: result.exitCode ?? null, stdout: result.stdout ?? '', stderr: (result.stderr ?? '') + reason };
}

/** setpriv (util-linux) execs the program, so the pid is the program's own. It, and what it starts, never gets more rights than we have: a program
 * with a setuid bit does not help it. */
function withDeathSignal(words: readonly string[], file: string, args: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', ...words, file, ...args];
}
