/** The folder with hooks of one's own, for an agent that we start ourselves. */

import { resolve } from 'node:path';
import { BenchError } from '#proto';

export const HOOKS_OPTION = [
  '--hooks-dir <dir>',
  'folder with hooks of your own: NAME.so becomes mechanism own:NAME (hooks/own/README.md)',
] as const;

/** @returns words for the agent. @throws BenchError usage where the agent is another's: it has its own folder, and takes no path from us */
export function hooksWords({ hooksDir, controller }: { hooksDir?: string; controller?: string }): string[] {
  if (hooksDir === undefined) return [];
  if (controller === undefined) return ['--hooks-dir', resolve(hooksDir)];
  throw new BenchError(
    'usage',
    `--hooks-dir ${hooksDir} is for an agent on this host, not for those of ${controller}`,
    {
      nextStep: 'start the agents with --hooks-dir, and name own:NAME in --mechanisms',
    },
  );
}
