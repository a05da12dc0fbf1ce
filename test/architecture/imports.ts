import { posix } from 'node:path';
import { isScript, type Source } from './sources.ts';

/** One import, export-from, dynamic import or require. */
export type Import = {
  readonly from: string;
  readonly line: number;
  /** a path in the project, or a package's name, or `node:…` */
  readonly target: string;
  readonly local: boolean;
  /** erased at run time: `import type`, `export type … from` */
  readonly typeOnly: boolean;
};

// Statements start a line (the formatter sees to it), which keeps comments and strings out.
const STATEMENT = /^(?:import|export)\b(?<clause>[^'"`;=()]*?)\bfrom\s*(?<quote>['"])(?<name>[^'"\n]+)\k<quote>/gm;
const BARE = /^import\s*(?<quote>['"])(?<name>[^'"\n]+)\k<quote>/gm;
const CALL = /\b(?:import|require|require\.resolve)\s*\(\s*(?<quote>['"`])(?<name>[^'"`\n]+)\k<quote>/g;

/** The imports of a TypeScript or JavaScript source, in no order. */
export const importsOf = ({ path, text }: Source): Import[] => {
  const code = text.replace(/^[ \t]*(?:\/\/|\*|\/\*).*$/gm, '');
  const found = [STATEMENT, BARE, CALL].flatMap((pattern) => [...code.matchAll(pattern)]);
  return found.map((match) => {
    const name = match.groups?.name ?? '';
    return {
      from: path,
      line: code.slice(0, match.index).split('\n').length,
      typeOnly: /^\s*type\b(?!\s*,)/.test(match.groups?.clause ?? ''),
      ...resolve(path, name),
    };
  });
};

/** The imports of all scripts among the sources. */
export const allImports = (sources: readonly Source[]): Import[] =>
  sources.filter(({ path }) => isScript(path)).flatMap(importsOf);

const resolve = (from: string, name: string): Pick<Import, 'target' | 'local'> => {
  if (name.startsWith('.')) return { target: posix.join(posix.dirname(from), name), local: true };
  if (name === '#proto') return { target: 'proto/index.ts', local: true };
  if (name.startsWith('node:')) return { target: name, local: false };
  return { target: name.split('/', name.startsWith('@') ? 2 : 1).join('/'), local: false };
};

/** `file:line imports target`, how a violation is told. */
export const told = ({ from, line, target }: Import): string => `${from}:${line} imports ${target}`;

/** Every import cycle once, as `a → b → a`; type imports count, for they tie the reader as much. */
export const cycles = (sources: readonly Source[]): string[] => {
  const edges = new Map<string, string[]>();
  for (const { from, target, local } of allImports(sources)) {
    if (local) edges.set(from, [...(edges.get(from) ?? []), target]);
  }
  const done = new Set<string>();
  const found = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.add([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return [...found];
};
