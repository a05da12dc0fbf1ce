/** Condition `pod`: SUT and load generator in the containers of one pod, as in the paper. */

import type { Condition } from '../condition.ts';
import { enterPod, probePod } from './sut-pod.ts';

const NEEDS =
  'an agent in a pod with hostPID and CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE, and a SUT pod on its node (deploy/overlays/pod)';

export const pod: Condition = {
  id: 'pod',
  needs: NEEDS,
  options: [],
  probe: () => probePod('pod', NEEDS),
  enter: async (host, _options, ringDir) => enterPod('pod', host, ringDir).placement,
};
