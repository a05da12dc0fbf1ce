/** No hook: the baseline, and the second arm of A/A. */

import { supported } from '../host/support.ts';
import type { BareMechanism } from './mechanism.ts';

export const none: BareMechanism = {
  kind: 'bare',
  id: 'none',
  layer: 'none',
  needs: 'nothing',
  actions: ['observe'],
  probe: async () => supported('nothing', 'nothing'),
};
