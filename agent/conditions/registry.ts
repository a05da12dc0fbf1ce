/** The only list of conditions. */

import { BenchError, conditionName } from '#proto';
import { pod } from './cluster/index.ts';
import { nodesHost, nodesPod, nodesService } from './cluster/nodes.ts';
import type { Condition } from './condition.ts';
import { docker, dockerBridge } from './docker/index.ts';
import { netns } from './netns/index.ts';
import { processCondition } from './process.ts';

export const CONDITIONS: readonly Condition[] = [
  processCondition,
  netns,
  docker,
  dockerBridge,
  pod,
  nodesHost,
  nodesPod,
  nodesService,
];

/** A name from the wire → the catalogue's condition and options that it may be given. @throws BenchError usage */
export function conditionOf(name: string): { condition: Condition; options: ReadonlyMap<string, string> } {
  const { id, options } = conditionName(name);
  const condition = CONDITIONS.find((one) => one.id === id);
  if (condition === undefined)
    throw new BenchError('usage', `unknown condition ${id}; known here: ${CONDITIONS.map((one) => one.id).join(', ')}`);
  for (const [key, value] of options) {
    const option = condition.options.find((one) => one.key === key);
    if (option === undefined) {
      const known = condition.options.map((one) => one.key).join(', ') || 'none';
      throw new BenchError('usage', `unknown option ${key} of condition ${id}; known here: ${known}`);
    }
    if (!option.pattern.test(value))
      throw new BenchError('usage', `${key}=${value} is no value of condition ${id}; it needs ${option.needs}`);
  }
  return { condition, options };
}
