import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** One file of the project: path relative to its root, with forward slashes. */
export type Source = { readonly path: string; readonly text: string };

/** A rule looks at sources and says, one line each, what breaks it. */
export type Rule = (sources: readonly Source[]) => readonly string[];

const READ = /\.(ts|js|c|h|bt|in|proto)$/;
const LEFT_OUT = new Set(['node_modules', 'build']);

/** Every source file below the given folders of the project. */
export const readSources = (root: string, folders: readonly string[]): Source[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => READ.test(name) && !name.split(sep).some((part) => LEFT_OUT.has(part)))
      .sort()
      .map((name) => ({
        path: [folder, ...name.split(sep)].join('/'),
        text: readFileSync(join(root, folder, name), 'utf8'),
      })),
  );

/** The folders whose code runs in the product. */
export const isProduct = (path: string): boolean => /^(agent|controller|proto)\//.test(path);

export const isScript = (path: string): boolean => /\.(ts|js)$/.test(path);
