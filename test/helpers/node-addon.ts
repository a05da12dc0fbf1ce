/** Builds the addon for hooks in JavaScript, once per process; make knows whether there is anything to do. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './preload.ts';

let built = false;

export function buildAddon(): void {
  if (built) return;
  const { status, stdout, stderr } = spawnSync('make', ['-s', '-C', join(ROOT, 'hooks'), 'node'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`build failed: ${stdout}${stderr}`);
  built = true;
}
