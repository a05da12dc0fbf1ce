/** No hook: the baseline, and the second arm of A/A. */

import { supported } from '../host/support.ts';
import { ACTIONS, type BareMechanism, FUNCTIONS } from './mechanism.ts';

export const none: BareMechanism = {
  kind: 'bare',
  id: 'none',
  layer: 'none',
  needs: 'nothing',
  actions: ACTIONS,
  functions: FUNCTIONS,
  byDefault: true,
  probe: async () => supported('nothing', 'nothing'),
};
