import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export type GeneratorCommand = { readonly file: string; readonly args: readonly string[] };

/** How the C generator is started: it pins itself. */
export function nativeCommand(binary: string, cpu: number | null): GeneratorCommand[] {
  return [{ file: binary, args: cpu === null ? [] : ['--cpu', String(cpu)] }];
}

/**
 * How the Node fallback is started: pinned by taskset(1) where a core is asked for, or unpinned where that fails
 * (it then says `cpu=none`). Entries are tried in order.
 */
export function fallbackCommand(cpu: number | null): GeneratorCommand[] {
  const script = fileURLToPath(new URL('./fallback.ts', import.meta.url));
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const plain = { file: process.execPath, args: ['--import', tsx, script] };
  if (cpu === null) return [plain];
  return [{ file: 'taskset', args: ['-c', String(cpu), plain.file, ...plain.args] }, plain];
}
