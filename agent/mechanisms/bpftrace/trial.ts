/** A real attach, to nothing but the canary: whether this bpftrace's compiler and this kernel's verifier get along with the scan can't be told
 * from version numbers. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asBenchError } from '#proto';
import { memoryDir, PATHS } from '../../config.ts';
import { pinningOf } from '../../host/cores.ts';
import { UndoStack } from '../../host/undo.ts';
import { attachBpftrace } from './attach.ts';

/** as many as a study of three SUTs has */
const TARGETS = 12;

/** @returns null when the default keywords load, else what was said */
export async function attachProblem(): Promise<string | null> {
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-trial-'));
  const undo = new UndoStack();
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  try {
    const keywords = readFileSync(PATHS.keywords, 'latin1')
      .split('\n')
      .filter((word) => word !== '');
    const order = {
      keywords: keywords.map((word) => Buffer.from(word, 'latin1')),
      action: 'observe',
      functions: ['read'],
      dir,
      mostReads: 1,
    } as const;
    const pids = Array.from({ length: TARGETS }, () => process.pid);
    const hook = await attachBpftrace(
      { ...order, host: { pinning: pinningOf(), undo } },
      pids,
      AbortSignal.timeout(60_000),
    );
    await hook.detach();
    return null;
  } catch (error) {
    const { message, detail } = asBenchError(error);
    return `${message}: ${detail.trim().split('\n').at(-1) ?? ''}`.replace(/\x1b\[\d*m/g, '');
  } finally {
    await undo.run();
  }
}
