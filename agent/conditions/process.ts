/** Condition `process`: both ends are processes of this host, talking over loopback, each on a core of its own where there are two. */

import { supported } from '../host/support.ts';
import { spawnChild } from '../process/child.ts';
import type { Condition } from './condition.ts';

export const processCondition: Condition = {
  id: 'process',
  needs: 'nothing',
  probe: async () => supported('nothing', 'loopback'),
  enter: async ({ pinning }) => ({
    sutIpv4: '127.0.0.1',
    startSut: (file, args, env) => {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const command = ['env', ...variables, file, ...args];
      const [program, ...rest] = pinning.sut === null ? command : ['taskset', '-c', String(pinning.sut), ...command];
      return spawnChild(program!, rest, {});
    },
    startLoad: spawnChild,
  }),
};
