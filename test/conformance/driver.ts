/** Runs scripts in test/fixtures/conformance_driver.c. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Libc } from '../../agent/host/libc.ts';
import { compileOn, ROOT } from '../helpers/preload.ts';
import { decodeResults, resultsBytes, type Script, type StepResult } from './script.ts';

const SOURCES = ['conformance_read', 'conformance_open'];

export interface DriverRun {
  readonly results: readonly StepResult[];
  /** how it ended when not as it should */
  readonly death: string | null;
}

export interface Driver {
  readonly pid: number;
  /** Runs the script to its end. */
  run(): Promise<DriverRun>;
  kill(): void;
}

/** Starts a program that waits until it is told to run its script. @param o.dir a folder on memory; o.name is used once in it */
export async function startDriver(
  script: Script,
  o: {
    dir: string;
    name: string;
    env?: Readonly<Record<string, string>>;
    launcher?: readonly string[];
    libc?: Libc;
  },
): Promise<Driver> {
  const sources = SOURCES.map((name) => join(ROOT, 'test', 'fixtures', `${name}.c`));
  const program = compileOn(o.libc ?? 'glibc', 'conformance_driver', ...sources, '-Wshadow');
  const [scriptFile, resultFile] = [join(o.dir, `${o.name}.script`), join(o.dir, `${o.name}.results`)];
  writeFileSync(scriptFile, script.encoded);
  const fd = openSync(resultFile, 'w');
  ftruncateSync(fd, resultsBytes(script));
  closeSync(fd);
  const [file = program, ...args] = [...(o.launcher ?? []), program, scriptFile, resultFile];
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', ...o.env },
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  await ready(child, said);
  return {
    pid: child.pid ?? 0,
    kill: () => void child.kill('SIGKILL'),
    async run() {
      const closed = once(child, 'close');
      child.stdin.end('g');
      const [code, signal] = (await closed) as [number | null, string | null];
      const results = decodeResults(script, readFileSync(resultFile));
      for (const file of [scriptFile, resultFile]) rmSync(file);
      return { results, death: code === 0 ? null : `the program ended with ${code ?? signal} ${said.join('')}`.trim() };
    },
  };
}

async function ready(child: ChildProcess, said: readonly string[]): Promise<void> {
  const outcome = await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
  if (String(outcome[0]) !== 'ready\n') throw new Error(`conformance_driver did not start: ${said.join('')}`);
}
