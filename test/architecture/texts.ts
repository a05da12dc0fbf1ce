import { isScript, type Rule } from './sources.ts';

const LONGEST_LINES = 300;

/** A file over 300 lines is asking to be split. */
export const notTooLong: Rule = (sources) =>
  sources
    .filter(({ path }) => /^(agent|controller|proto|hooks)\//.test(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LONGEST_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines, more than ${LONGEST_LINES}`);

const HOLES =
  /:\s*any\b|\bas\s+any\b|<\s*any\b|\bany\[\]|@ts-(?:ignore|nocheck)|biome-ignore\s+lint\/suspicious\/noExplicitAny/;

/** No holes in the types. */
export const noTypeHoles: Rule = (sources) =>
  sources
    .filter(({ path }) => isScript(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, i) => (HOLES.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
    );

/** A uvu suite without `.run()` passes with no test: every suite of every test file is run, and none picks single tests. */
export const everySuiteRuns: Rule = (sources) =>
  sources
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap(({ path, text }) => {
      const suites = [...text.matchAll(/^\s*const (\w+) = suite[(<]/gm)].map(([, name]) => name ?? '');
      const imported = /^import \{[^}]*\btest\b[^}]*\} from 'uvu';/m.test(text) ? ['test'] : [];
      const names = [...suites, ...imported];
      const mute = names.filter((name) => !new RegExp(`^\\s*${name}\\.run\\(\\)`, 'm').test(text));
      return [
        ...(names.length === 0 ? [`${path} has no uvu suite`] : []),
        ...mute.map((name) => `${path}: ${name}.run() is never called`),
        ...names
          .filter((name) => text.includes(`\n${name}.only(`))
          .map((name) => `${path}: ${name} picks single tests`),
      ];
    });

const PROTO_ITEM =
  /^\s*(?:(?:message|enum|service|oneof)\s+(\w+)\s*\{|rpc\s+(\w+)\s*\(|(?:(?:repeated|optional)\s+)?(?:map\s*<[^>]*>|[\w.]+)\s+(\w+)\s*=\s*\d+|([A-Z]\w*)\s*=\s*-?\d+)/;

/** Every message, field, enum, value, service and rpc has a comment: right above it, or behind it on its line. */
export const protoIsDocumented: Rule = (sources) =>
  sources
    .filter(({ path }) => path.endsWith('.proto'))
    .flatMap(({ path, text }) => {
      const lines = text.split('\n');
      return lines.flatMap((line, i) => {
        const match = PROTO_ITEM.exec(line);
        if (!match || /^\s*(?:syntax|option|reserved|package|import)\b/.test(line)) return [];
        const above = lines[i - 1]?.trim() ?? '';
        const documented = above.startsWith('//') || above.endsWith('*/') || /[;{]\s*\/[/*]\s*\S/.test(line);
        return documented ? [] : [`${path}:${i + 1} ${match.slice(1).find(Boolean)} has no comment`];
      });
    });

const ABI = 'hooks/abi/record.h';

/** The record layout is said once: no hook has a struct of its own by an ABI name, and the library includes the header. */
export const oneAbi: Rule = (sources) => {
  const c = sources.filter(({ path }) => /^hooks\/.*\.[ch]$/.test(path) && path !== ABI);
  const header = sources.find(({ path }) => path === ABI);
  if (!header) return [`${ABI} is missing`];
  const structs = [...header.text.matchAll(/^struct (\w+) \{/gm)].map(([, name]) => name ?? '');
  const own = c.flatMap(({ path, text }) =>
    structs
      .filter((name) => new RegExp(`\\bstruct ${name}\\s*\\{`).test(text))
      .map((name) => `${path} defines struct ${name} itself`),
  );
  const folders = new Set(c.filter(({ path }) => path.endsWith('.c')).map(({ path }) => path.split('/')[1] ?? ''));
  const without = [...folders].filter(
    (folder) =>
      !c.some(({ path, text }) => path.startsWith(`hooks/${folder}/`) && /#include "(?:.*\/)?record\.h"/.test(text)),
  );
  return [...own, ...without.map((folder) => `hooks/${folder} never includes ${ABI}`)];
};
