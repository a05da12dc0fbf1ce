/** What besides the hook's cost differs between two studies: each is another explanation of a difference. */

import type { NodeFacts, Results } from '../analysis/results.ts';
import type { SettingDifference } from './types.ts';

/** @param nodes pairs of node ids whose rows are held against each other */
export function settingDifferences(
  a: Results,
  b: Results,
  nodes: readonly (readonly [string, string])[],
): readonly SettingDifference[] {
  return [
    ...differing('', studySettings(a), studySettings(b)),
    ...differing('', manners(a), manners(b)),
    ...nodes.flatMap(([idA, idB]) => nodeDifferences(a, b, idA, idB, nodes.length > 1)),
  ];
}

type Settings = Readonly<Record<string, string>>;

function differing(prefix: string, a: Settings, b: Settings): readonly SettingDifference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => {
    const [before, after] = [a[name] ?? 'not told', b[name] ?? 'not told'];
    return before === after ? [] : [{ name: `${prefix}${name}`, a: before, b: after }];
  });
}

/** action and what is timed are not here: where they differ nothing is compared at all */
function studySettings({ study }: Results): Settings {
  return {
    'hookbench version': study.hookbenchVersion,
    functions: study.functions.join(', '),
    keywords: String(study.keywords),
    'error of a blocked read': study.blockErrno ?? 'none',
    'requests per arm': String(study.requestsPerArm),
    forks: String(study.forks),
    blocks: String(study.blocks),
    'warm-up': study.warmup === null ? 'detected' : String(study.warmup),
    'stopping rule': !study.until ? 'none' : `until ±${study.until.halfWidthNs} ns`,
    status: study.status,
  };
}

/** how a mechanism worked, e.g. its scanner; only of those that both have */
function manners({ mechanisms }: Results): Settings {
  return Object.fromEntries(
    mechanisms
      .filter(({ manner }) => manner.length > 0)
      .map(({ id, manner }) => [`manner of ${id}`, manner.join('; ')]),
  );
}

function nodeDifferences(a: Results, b: Results, idA: string, idB: string, several: boolean) {
  const [before, after] = [a.nodes.find(({ id }) => id === idA), b.nodes.find(({ id }) => id === idB)];
  if (before === undefined || after === undefined) return [];
  return differing(several ? `${idA}: ` : '', nodeSettings(before), nodeSettings(after));
}

function nodeSettings(node: NodeFacts): Settings {
  return {
    node: node.id,
    kernel: node.kernel,
    CPU: node.cpu,
    cores: String(node.cores),
    memory: `${(node.memoryBytes / 2 ** 30).toFixed(1)} GiB`,
    virtualization: node.virtualization,
    OS: node.os,
    libc: node.libc,
    'Node.js': node.node,
    Java: node.java,
    bpftrace: node.bpftrace,
    'load generator': node.load,
    pinning: node.pinning,
  };
}
