/** Condition `process`: both ends are processes of this host, talking over loopback, each on a core of its own where there are two. */

import { supported } from '../host/support.ts';
import { spawnWith } from '../process/child.ts';
import { asUser } from '../security/run-as.ts';
import type { Condition } from './condition.ts';

export const processCondition: Condition = {
  id: 'process',
  needs: 'nothing',
  probe: async () => supported('nothing', 'loopback'),
  enter: async ({ pinning, runAs }) => {
    const start = spawnWith(runAs === undefined ? [] : asUser(runAs));
    return {
      sutIpv4: '127.0.0.1',
      startSut: (file, args, env) => {
        const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
        const command = ['env', ...variables, file, ...args];
        const [program, ...rest] = pinning.sut === null ? command : ['taskset', '-c', String(pinning.sut), ...command];
        return start(program!, rest, {});
      },
      startLoad: start,
    };
  },
};
