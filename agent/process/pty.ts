/** Programs on a pseudo-terminal: the only file that imports node-pty. */

import pty from 'node-pty';

export interface PtyPort {
  readonly pid: number;
  onData(listener: (text: string) => void): void;
  readonly exited: Promise<{ exitCode: number; signal: number }>;
  /** what a terminal does on Ctrl-C: SIGINT to the program in front */
  interrupt(): void;
  kill(signal: string): void;
}

/** Starts a program on a terminal of its own, wide enough that no line is folded. It is killed by the kernel when this process dies. */
export function spawnPty(file: string, args: readonly string[], o: { env: Record<string, string> }): PtyPort {
  const term = pty.spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
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
