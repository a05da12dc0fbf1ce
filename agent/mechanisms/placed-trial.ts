/** Tries a placed hook in a program that does nothing. */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryDir } from '../config.ts';
import { pinningOf } from '../host/cores.ts';
import { UndoStack } from '../host/undo.ts';
import { runCommand } from '../process/child.ts';
import type { HookOrder, PlacedMechanism } from './mechanism.ts';

const TRIAL_MS = 15_000;

/** @returns why it does not work here, null when it does */
export async function tryOut(mechanism: PlacedMechanism): Promise<string | null> {
  const undo = new UndoStack();
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-trial-'));
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  try {
    chmodSync(dir, 0o700);
    const order: HookOrder = {
      keywords: [Buffer.from('trial')],
      action: 'observe',
      functions: ['read'],
      host: { pinning: pinningOf(), undo },
      dir,
      mostReads: 1,
    };
    const hook = await mechanism.place(order, 'trial');
    const variables = Object.entries(hook.env).map(([name, value]) => `${name}=${value}`);
    // the pid of `true` is that of the shell, which says it first
    const words = [...variables, 'sh', '-c', 'echo $$; exec "$@"', 'sh', ...(hook.launcher ?? []), 'true'];
    const { exitCode, stdout, stderr } = await runCommand('env', words, { timeoutMs: TRIAL_MS });
    if (exitCode !== 0) return `a trial program ended with ${exitCode ?? 'a signal'}: ${stderr.trim().slice(0, 300)}`;
    hook.assertLive(Number(stdout));
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.message} ${detailOf(error)}`.trim() : String(error);
  } finally {
    await undo.run();
  }
}

function detailOf(error: Error): string {
  return 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
}
