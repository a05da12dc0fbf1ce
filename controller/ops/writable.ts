/** Whether studies can be stored: a file is really written, since a full disk and a read-only mount show in no mode bits. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEPT_MS = 2_000;
const BYTES = Buffer.alloc(4096);

/** @returns asks for why the folder can't be written, null when it can; an answer holds for 2 s */
export function writableCheck(dir: string): () => string | null {
  let kept: { readonly atMs: number; readonly problem: string | null } | null = null;
  return () => {
    const now = performance.now();
    if (kept === null || now - kept.atMs > KEPT_MS) kept = { atMs: now, problem: problemOf(dir) };
    return kept.problem;
  };
}

function problemOf(dir: string): string | null {
  const path = join(dir, `.writable-${process.pid}`);
  try {
    mkdirSync(dir, { recursive: true });
    rmSync(path, { force: true });
    writeFileSync(path, BYTES, { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    return `studies can't be stored: ${(error as Error).message}`;
  } finally {
    remove(path);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // a read-only folder holds no file of ours
  }
}
