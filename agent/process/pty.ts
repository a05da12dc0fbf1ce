/** Programs on a pseudo-terminal: the only file that imports node-pty, and only when it is needed: it is compiled at install time, and where
 * that was not possible everything else still works. */

export interface PtyPort {
  readonly pid: number;
  onData(listener: (text: string) => void): void;
  readonly exited: Promise<{ exitCode: number; signal: number }>;
  /** what a terminal does on Ctrl-C: SIGINT to the program in front */
  interrupt(): void;
  kill(signal: string): void;
}

/** Starts a program on a terminal of its own, wide enough that no line is folded. It is killed by the kernel when this process dies. */
export async function spawnPty(
  file: string,
  args: readonly string[],
  o: { env: Record<string, string> },
): Promise<PtyPort> {
  const { spawn } = await import('node-pty');
  const term = spawn('setpriv', ['--pdeathsig', 'KILL', '--no-new-privs', file, ...args], {
    cols: 4096,
    rows: 50,
    env: { ...(process.env as Record<string, string>), ...o.env },
  });
  const exited = new Promise<{ exitCode: number; signal: number }>((resolve) => {
    term.onExit((e) => resolve({ exitCode: e.exitCode, signal: e.signal ?? 0 }));
  });
  return {
    pid: term.pid,
    onData: (listener) => void term.onData(listener),
    exited,
    interrupt: () => term.write('\x03'),
    kill: (signal) => {
      try {
        term.kill(signal);
      } catch {
        // it has ended
      }
    },
  };
}

/** @returns null when terminals can be opened, else why not */
export async function ptyProblem(): Promise<string | null> {
  try {
    await import('node-pty');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}
