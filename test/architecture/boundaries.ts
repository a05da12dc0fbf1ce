import { allImports, cycles, type Import, told } from './imports.ts';
import { isProduct, type Rule } from './sources.ts';

/** Files that may start processes. */
const STARTS_PROCESSES = ['agent/process/child.ts', 'controller/cli/process.ts'];
const PLUGIN_FOLDERS = ['agent/mechanisms', 'agent/conditions'];

const rule =
  (broken: (found: Import) => boolean): Rule =>
  (sources) =>
    allImports(sources).filter(broken).map(told);

const areaOf = (path: string): string => path.split('/')[0] ?? '';

/** proto → npm only; agent → proto; controller → proto; and those two only through proto's public door. */
export const oneWay: Rule = rule(({ from, target, local }) => {
  if (!isProduct(from) || !local || areaOf(target) === areaOf(from)) return false;
  return areaOf(from) === 'proto' || target !== 'proto/index.ts';
});

/** Product code does not import tests. */
export const noTestsInProduct: Rule = rule(
  ({ from, target, local }) => isProduct(from) && ((local && areaOf(target) === 'test') || target === 'uvu'),
);

/** Processes are started in one place of the agent and one of the CLI; terminals in one. */
export const processesInOnePlace: Rule = rule(({ from, target }) => {
  if (!isProduct(from)) return false;
  if (target === 'node-pty') return from !== 'agent/process/pty.ts';
  return (target === 'execa' || target === 'node:child_process') && !STARTS_PROCESSES.includes(from);
});

/** Mechanisms and conditions do not know how samples leave the machine. */
export const pluginsWithoutUplink: Rule = rule(
  ({ from, target }) =>
    PLUGIN_FOLDERS.some((folder) => from.startsWith(`${folder}/`)) && target.startsWith('agent/uplink/'),
);

/** Statistics are pure: their own files and @stdlib. */
export const statsAlone: Rule = rule(
  ({ from, target }) =>
    from.startsWith('controller/stats/') && !target.startsWith('controller/stats/') && !target.startsWith('@stdlib/'),
);

/** The report sees the types of the analysis, never its code. */
export const reportSeesTypes: Rule = rule(
  ({ from, target, typeOnly }) =>
    from.startsWith('controller/report/') && target.startsWith('controller/analysis/') && !typeOnly,
);

/**
 * A mechanism (condition) is what its folder's registry imports: one file, or one folder. Only the registry and the plugin
 * itself import it.
 */
export const pluginsApart: Rule = (sources) => {
  const imports = allImports(sources);
  return PLUGIN_FOLDERS.flatMap((folder) => {
    const interfaceFile = `${folder}/${folder === 'agent/mechanisms' ? 'mechanism' : 'condition'}.ts`;
    const registry = `${folder}/registry.ts`;
    const listed = imports.filter(
      ({ from, target, typeOnly }) =>
        from === registry && !typeOnly && target.startsWith(`${folder}/`) && target !== interfaceFile,
    );
    const plugins = new Set(listed.map(({ target }) => pluginOf(folder, target)));
    return imports
      .filter(({ from, target }) => isProduct(from) && from !== registry && target.startsWith(`${folder}/`))
      .filter(({ target }) => plugins.has(pluginOf(folder, target)))
      .filter(({ from, target }) => pluginOf(folder, from) !== pluginOf(folder, target))
      .map(told);
  });
};

/** `agent/mechanisms/bpftrace/script.ts` and `agent/mechanisms/bpftrace.ts` are both of the plugin `bpftrace`. */
const pluginOf = (folder: string, path: string): string | undefined =>
  path.startsWith(`${folder}/`)
    ? path
        .slice(folder.length + 1)
        .split('/')[0]
        ?.replace(/\.ts$/, '')
    : undefined;

/** No import cycles in the product. */
export const noCycles: Rule = (sources) => cycles(sources.filter(({ path }) => isProduct(path)));
