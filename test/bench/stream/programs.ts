/** The bench's processes as plain JavaScript, as the daemons are: a transformer in their memory would be measured as theirs. */

import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SOURCES = ['sender', 'receiver', 'tcp'] as const;

/** @returns a folder with sender.mjs, receiver.mjs and tcp.mjs; within the project, for packages are looked up from where they lie */
export async function buildPrograms(): Promise<string> {
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const outdir = mkdtempSync(join(ROOT, 'build/bench-stream-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: SOURCES.map((name) => `test/bench/stream/${name}.ts`),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    plugins: [places],
  });
  return outdir;
}

/** a source finds its neighbours by its own place */
const places: Plugin = {
  name: 'places',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^#proto$/ }, () => ({ path: join(ROOT, 'proto/index.ts') }));
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};
