/** Every scenario; a new one is a file and a line here. */

import type { Scenario } from '../scenario.ts';
import { stream } from './stream.ts';

export const SCENARIOS: readonly Scenario[] = [stream];
