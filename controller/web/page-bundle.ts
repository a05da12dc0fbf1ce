/** The page's script and style as one file each: from build/web while it is of these very sources (npm run build), else made in memory. */

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = join(ROOT, 'build/web');
const FILE = 'page.json';

export interface PageFiles {
  readonly js: string;
  readonly css: string;
}

interface Bundle extends PageFiles {
  readonly root: string;
  /** path below root, its mtime in ms, its size in bytes */
  readonly inputs: readonly (readonly [path: string, mtimeMs: number, size: number])[];
}

export async function pageFiles(): Promise<PageFiles> {
  return freshBundle() ?? (await bundlePage());
}

/** npm run build */
export async function writePageBundle(): Promise<void> {
  mkdirSync(BUILD, { recursive: true });
  const beside = join(BUILD, `${FILE}.${process.pid}.new`);
  writeFileSync(beside, JSON.stringify(await bundlePage()));
  renameSync(beside, join(BUILD, FILE));
}

async function bundlePage(): Promise<Bundle> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      { in: 'controller/web/page/main.ts', out: 'page' },
      { in: 'controller/web/page/page.css', out: 'page' },
    ],
    outdir: 'build/web',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
  const inputs = [...own, 'package.json', 'package-lock.json'];
  return {
    js: textOf('.js'),
    css: textOf('.css'),
    root: ROOT,
    inputs: inputs.map((path) => [path, statSync(resolve(ROOT, path)).mtimeMs, statSync(resolve(ROOT, path)).size]),
  };
}

function freshBundle(): PageFiles | null {
  try {
    const bundle = JSON.parse(readFileSync(join(BUILD, FILE), 'utf8')) as Bundle;
    const isSame = bundle.inputs.every(([path, mtimeMs, size]) => {
      const now = statSync(join(ROOT, path));
      return now.mtimeMs === mtimeMs && now.size === size;
    });
    return bundle.root === ROOT && isSame ? bundle : null;
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writePageBundle();
