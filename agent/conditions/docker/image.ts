/** The image that containers are made from: an empty one. All that runs in them is lent from this machine, read-only. */

import { BenchError } from '#proto';
import { runCommand, spawnChild } from '../../process/child.ts';
import { LastLines } from '../../process/last-lines.ts';

export const EMPTY_IMAGE = 'hookbench-empty:1';

/** the end of an archive without files */
const EMPTY_ARCHIVE = Buffer.alloc(1024);

/** It has 0 bytes and stays, for the next study. @throws BenchError unsupported with the engine's words */
export async function ensureEmptyImage(): Promise<void> {
  const { exitCode } = await runCommand('docker', ['image', 'inspect', '--format', '{{.Id}}', EMPTY_IMAGE]);
  if (exitCode === 0) return;
  const child = spawnChild('docker', ['import', '-', EMPTY_IMAGE], {});
  const said = new LastLines(5);
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(EMPTY_ARCHIVE);
  const exit = await child.exited;
  if (exit.exitCode === 0) return;
  throw new BenchError('unsupported', `Docker would not make the empty image ${EMPTY_IMAGE}`, {
    nextStep: 'run hookbench doctor: it says what the condition docker needs',
    detail: said.text(),
  });
}
