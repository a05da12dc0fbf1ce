/** Condition `netns`: the SUT in one network namespace, the load generator in another, joined by a veth pair: two hosts on one machine. */

import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { runCommand, spawnWith } from '../../process/child.ts';
import { hasCapability } from '../../security/capabilities.ts';
import { asUser } from '../../security/run-as.ts';
import type { Condition } from '../condition.ts';
import { sutCommand } from '../sut-command.ts';
import { joinNamespaces, type NamespacePair } from './pair.ts';
import { SHAPE_OPTIONS, shapeOf } from './shape.ts';

const NEEDS = 'root with CAP_SYS_ADMIN, user and network namespaces, veth, and ip, unshare and nsenter';

export const netns: Condition = {
  id: 'netns',
  needs: NEEDS,
  options: SHAPE_OPTIONS,
  probe,
  enter: async ({ pinning, runAs, undo }, options) => {
    const pair = await joinNamespaces(shapeOf(options));
    undo.push('network namespaces of the SUT and the load generator', null, pair.close);
    const words = runAs === undefined ? [] : asUser(runAs);
    const startInSut = spawnWith(words, pair.entering('sut'));
    const startInLoad = spawnWith(words, pair.entering('load'));
    return {
      sutIpv4: pair.sutIpv4,
      startSut: async (file, args, env) => {
        const [program, ...rest] = sutCommand(pinning, { file, args, env });
        return startInSut(program, rest, {});
      },
      startLoad: async (...words) => startInLoad(...words),
    };
  },
};

/** Makes a pair, runs something in each, and lets it go: whether a host lets us is not to be read off anywhere. */
async function probe(): Promise<SupportAnswer> {
  if (process.getuid?.() !== 0) return unsupported(NEEDS, `uid ${process.getuid?.()} (run as root or with sudo)`);
  if (!hasCapability('CAP_SYS_ADMIN')) return unsupported(NEEDS, 'no CAP_SYS_ADMIN in this process');
  try {
    const pair = await joinNamespaces(shapeOf(new Map()));
    const problem = await entryProblem(pair);
    pair.close();
    if (problem !== null) return unsupported(NEEDS, problem);
    return supported(NEEDS, `a veth pair between two network namespaces, ${pair.sutIpv4} and ${pair.loadIpv4}`);
  } catch (error) {
    return unsupported(NEEDS, error instanceof Error ? error.message : String(error));
  }
}

async function entryProblem(pair: NamespacePair): Promise<string | null> {
  for (const end of ['sut', 'load'] as const) {
    const [file, ...args] = pair.entering(end);
    const { exitCode, stderr } = await runCommand(file, [...args, 'true']);
    if (exitCode !== 0) return stderr.trim() || `nsenter ended with exit code ${exitCode}`;
  }
  return null;
}
