/** The only list of mechanisms. */

import { bpftrace } from './bpftrace/index.ts';
import { ldPreload, ldPreloadSimd } from './ld-preload.ts';
import type { Mechanism } from './mechanism.ts';
import { none } from './none.ts';

export const MECHANISMS: readonly Mechanism[] = [none, ldPreload, ldPreloadSimd, bpftrace];
