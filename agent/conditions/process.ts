/** Condition `process`: both ends are processes of this host, talking over loopback, each on a core of its own where there are two. */

import { supported } from '../host/support.ts';
import { spawnWith } from '../process/child.ts';
import { asUser } from '../security/run-as.ts';
import type { Condition } from './condition.ts';
import { sutCommand } from './sut-command.ts';

export const processCondition: Condition = {
  id: 'process',
  needs: 'nothing',
  options: [],
  probe: async () => supported('nothing', 'loopback'),
  enter: async ({ pinning, runAs }) => {
    const start = spawnWith(runAs === undefined ? [] : asUser(runAs));
    return {
      sutIpv4: '127.0.0.1',
      startSut: async (file, args, env) => {
        const [program, ...words] = sutCommand(pinning, { file, args, env });
        return start(program, words, {});
      },
      startLoad: async (...words) => start(...words),
    };
  },
};
