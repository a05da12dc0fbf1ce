/** Every scenario; a new one is a file and a line here. */

import type { Scenario } from '../scenario.ts';
import { certificates } from './certificates.ts';
import { clock } from './clock.ts';
import { disk } from './disk.ts';
import { link } from './link.ts';
import { order } from './order.ts';
import { segments } from './segments.ts';
import { stream } from './stream.ts';
import { study } from './study.ts';

export const SCENARIOS: readonly Scenario[] = [stream, order, segments, disk, certificates, link, clock, study];
