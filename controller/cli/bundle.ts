/** npm run build: the command line, the two daemons and the libraries they always need as few files of plain JavaScript, in build/cli.
 *
 * Through tsx a command loads a hundred small files, each looked up and transformed: half a second before its work begins, and a transformer
 * that stays in a daemon's memory. The bundle is used only while every source is as it was when it was made. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { MANIFEST, type Manifest, type Program } from './bundle-manifest.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** loaded from node_modules when a command needs them: too large, compiled, or found by their path */
const LEFT_OUT = [
  '@duckdb/node-api',
  '@grpc/grpc-js',
  '@resvg/resvg-js',
  'better-sqlite3',
  'esbuild',
  'execa',
  'node-pty',
  'pino',
  'prom-client',
  'protobufjs',
  'tsx',
  'yaml',
  'zod',
];
const OLD_MS = 3_600_000;
const PROGRAMS: Readonly<Record<Program, string>> = {
  cli: 'controller/cli/main.ts',
  agent: 'agent/main.ts',
  controller: 'controller/main.ts',
};

/** Chunks carry a hash in their names, and the manifest is replaced last: a command that starts meanwhile finds the old or the new bundle. */
export async function bundleCli(outDir: string): Promise<void> {
  mkdirSync(outDir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(PROGRAMS).map(([name, path]) => ({ in: path, out: name })),
    outdir: outDir,
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    metafile: true,
    logLevel: 'warning',
    external: LEFT_OUT,
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
    plugins: [sources],
  });
  const outputs = Object.entries(metafile.outputs);
  const entryOf = (source: string) =>
    resolve(ROOT, outputs.find(([, output]) => output.entryPoint === source)?.[0] ?? '');
  // npm's packages change only with the lock file
  const own = Object.keys(metafile.inputs).filter((path) => !/^(?:node_modules\/|proto:)/.test(path));
  const inputs = [...own, 'package.json', 'package-lock.json'];
  const manifest: Manifest = {
    root: ROOT,
    entries: { cli: entryOf(PROGRAMS.cli), agent: entryOf(PROGRAMS.agent), controller: entryOf(PROGRAMS.controller) },
    inputs: inputs.map((path) => [path, statSync(join(ROOT, path)).mtimeMs, statSync(join(ROOT, path)).size]),
  };
  const beside = join(outDir, `${MANIFEST}.${process.pid}.new`);
  writeFileSync(beside, JSON.stringify(manifest));
  renameSync(beside, join(outDir, MANIFEST));
  removeOld(outDir, new Set(outputs.map(([path]) => resolve(ROOT, path))));
}

/** A source finds its neighbours (keywords, .proto files, the daemons' entry files) by its own place, which the bundle must not change.
 * And who takes only errors from the contract must not wait for its codec, whose library takes longer to load than most commands to run. */
const sources: Plugin = {
  name: 'sources',
  setup: ({ onLoad, onResolve }) => {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: adapted(readFileSync(path, 'utf8'), path), loader: 'ts' }));
    onResolve({ filter: /^#proto$/ }, () => ({ path: join(ROOT, 'proto/index.ts') }));
    onResolve({ filter: /^#proto\/light$/ }, () => ({ path: 'light', namespace: 'proto' }));
    onLoad({ filter: /^light$/, namespace: 'proto' }, () => ({ contents: LIGHT, resolveDir: join(ROOT, 'proto') }));
  },
};

const LIGHT = "export * from './errors.ts';\nexport * from './version.ts';\n";
const LIGHT_NAMES = ['asBenchError', 'BenchError', 'exitCodeOf', 'FAILURE_CODES', 'formatFailure', 'VERSION'];

function adapted(text: string, path: string): string {
  return text
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
    .replace(/^import \{([^}]*)\} from '#proto';/gm, (statement, names: string) => {
      const values = names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '));
      return values.every((name) => LIGHT_NAMES.includes(name))
        ? statement.replace('#proto', '#proto/light')
        : statement;
    });
}

/** chunks of earlier bundles; a command that started with one may still load from it for a while */
function removeOld(outDir: string, current: ReadonlySet<string>): void {
  for (const name of readdirSync(outDir)) {
    const path = join(outDir, name);
    if (!name.endsWith('.mjs') || current.has(path)) continue;
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleCli(join(ROOT, 'build/cli'));
