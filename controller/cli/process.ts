/** Starts hookbench's own daemons as processes of their own: the one file of the controller that imports execa. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { BenchError, capabilityBits, capabilitySet, EXIT, onlyAgentCapabilities } from '#proto';
import { freshEntry } from './bundle-manifest.js';

export type DaemonName = 'controller' | 'agent';

/** started as programs, never imported */
const MAIN: Readonly<Record<DaemonName, string>> = {
  controller: fileURLToPath(new URL('../main.ts', import.meta.url)),
  agent: fileURLToPath(new URL('../../agent/main.ts', import.meta.url)),
};
const BUNDLE = fileURLToPath(new URL('../../build/cli', import.meta.url));
const SETPCAP = capabilityBits(['CAP_SETPCAP']);
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** what Node is told to run: the bundle, where it was made of these very sources */
function wordsOf(name: DaemonName): string[] {
  const entry = freshEntry(BUNDLE, name);
  return entry === null ? ['--import', TSX, MAIN[name]] : [entry];
}

export interface Daemon {
  readonly pid: number;
  /** resolves with its first line on stdout that matches; null when it ended before */
  firstLine(pattern: RegExp): Promise<RegExpExecArray | null>;
  /** how it ended */
  readonly exited: Promise<{ exitCode: number | null; signal: string | null }>;
  /** last lines on stderr */
  lastLines(): string;
  /** Closes its standard input, which ends it in good order; kills it when it has not ended after the time given. */
  stop(timeoutMs: number): Promise<void>;
}

/** Starts a daemon in a session of its own, so that Ctrl-C in the terminal reaches only us; it ends when our end of its stdin closes, that is
 * also when we crash. */
export function startDaemon(name: DaemonName, args: readonly string[]): Daemon {
  const child = execa(...commandOf(name, [...args, '--end-with-stdin']), {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    errors.push(
      ...chunk
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== ''),
    );
    errors.splice(0, Math.max(0, errors.length - 40));
  });
  child.stdin.on('error', () => undefined);
  const exited = child.then((result) => ({ exitCode: result.exitCode ?? null, signal: result.signal ?? null }));
  return {
    pid: child.pid ?? 0,
    exited,
    lastLines: () => errors.join('\n'),
    firstLine: (pattern) =>
      new Promise((resolve) => {
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const found = pattern.exec(text);
          if (found !== null) resolve(found);
        });
        void exited.then(() => resolve(null));
      }),
    async stop(timeoutMs) {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** What an agent on this host says it can do. @param words further ones for it
 * @throws BenchError internal; usage for words that it can't use, in its own */
export async function probeAgent(words: readonly string[]): Promise<string> {
  const result = await execa(...commandOf('agent', ['--probe', '--log-format', 'text', ...words]), {
    reject: false,
    stdin: 'ignore',
  });
  if (result.exitCode === 0) return result.stdout;
  if (result.exitCode === EXIT.usage) throw new BenchError('usage', `the agent of this host: ${result.stderr.trim()}`);
  throw new BenchError('internal', 'the agent could not say what this machine can do', { detail: result.stderr });
}

/** Runs a daemon with our terminal, passing on signals and its exit code. What a terminal sends goes to both of us, so it is not passed on. */
export async function runInForeground(name: DaemonName, args: readonly string[]): Promise<number> {
  // it may take minutes to store what is under way: who sends the signal decides how long to wait
  const child = execa(...commandOf(name, args), { stdio: 'inherit', reject: false, forceKillAfterDelay: false });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (signal === 'SIGTERM' || process.stdin.isTTY !== true) child.kill(signal);
    });
  const result = await child;
  return result.exitCode ?? EXIT.failed;
}

/** An agent that root starts keeps only the capabilities that it may need; exec leaves its pid what it is. */
function commandOf(name: DaemonName, args: readonly string[]): [string, string[]] {
  const command = [process.execPath, ...wordsOf(name), ...args];
  const confined = name === 'agent' && canConfine() ? ['setpriv', ...onlyAgentCapabilities(), ...command] : command;
  return [confined[0]!, confined.slice(1)];
}

function canConfine(): boolean {
  if (process.geteuid?.() !== 0) return false;
  const own = capabilitySet(readFileSync('/proc/self/status', 'latin1'), 'CapEff') ?? 0n;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return (own & SETPCAP) !== 0n && folders.some((folder) => folder !== '' && existsSync(join(folder, 'setpriv')));
}
