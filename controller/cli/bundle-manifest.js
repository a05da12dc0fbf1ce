// Which bundle belongs to which sources. JavaScript, because hookbench.js reads it before tsx is there.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const MANIFEST = 'manifest.json';

/** @typedef {{ root: string, entries: Record<string, string>, inputs: [path: string, mtimeMs: number, size: number][] }} Manifest */

/** The bundle's entry file of a program, or null where there is none made of these very sources.
 * @param {string} outDir
 * @param {string} program
 * @returns {string | null} */
export function freshEntry(outDir, program) {
  try {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    /** @type {Manifest} */
    const manifest = JSON.parse(readFileSync(join(outDir, MANIFEST), 'utf8'));
    const isSame = manifest.inputs.every(([path, mtimeMs, size]) => {
      const now = statSync(join(root, path));
      return now.mtimeMs === mtimeMs && now.size === size;
    });
    return manifest.root === root && isSame ? (manifest.entries[program] ?? null) : null;
  } catch {
    return null;
  }
}
