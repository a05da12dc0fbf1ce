/** The image that containers are made from: an empty one, and all that runs in them is lent from this machine, read-only; or, where the agent itself
 * runs in a container, its own image, so that there, too, SUTs are the very files that they are in the condition `process`. */

import { BenchError } from '#proto';
import { runCommand, spawnChild } from '../../process/child.ts';
import { LastLines } from '../../process/last-lines.ts';

const EMPTY_IMAGE = 'hookbench-empty:1';

/** the end of an archive without files */
const EMPTY_ARCHIVE = Buffer.alloc(1024);

/** where whoever starts an agent in a container says which image that was made from */
const OWN_IMAGE_VARIABLE = 'HOOKBENCH_CONTAINER_IMAGE';
const IMAGE_NAME = /^[a-z0-9][a-zA-Z0-9._/:@-]{0,250}$/;

export interface ContainerImage {
  readonly name: string;
  /** whether it has the files, or they must be lent */
  readonly hasFiles: boolean;
}

/** @throws BenchError usage for a name that is none; unsupported with the engine's words */
export async function containerImage(): Promise<ContainerImage> {
  const own = process.env[OWN_IMAGE_VARIABLE] ?? '';
  if (own === '') {
    await ensureEmptyImage();
    return { name: EMPTY_IMAGE, hasFiles: false };
  }
  if (!IMAGE_NAME.test(own)) throw new BenchError('usage', `${OWN_IMAGE_VARIABLE} is not the name of an image`);
  if (await isHere(own)) return { name: own, hasFiles: true };
  throw new BenchError('unsupported', `Docker has no image ${own}, from which this agent is said to run`, {
    nextStep: `set ${OWN_IMAGE_VARIABLE} to the image of the agent's own container, as docker images has it`,
  });
}

/** It has 0 bytes and stays, for the next study. */
async function ensureEmptyImage(): Promise<void> {
  if (await isHere(EMPTY_IMAGE)) return;
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

async function isHere(image: string): Promise<boolean> {
  const { exitCode } = await runCommand('docker', ['image', 'inspect', '--format', '{{.Id}}', image]);
  return exitCode === 0;
}
