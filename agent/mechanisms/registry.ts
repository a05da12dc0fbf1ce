/** The only list of mechanisms. */

import { bpf } from './bpf/index.ts';
import { bpftrace } from './bpftrace/index.ts';
import { ldPreload, ldPreloadSimd } from './ld-preload.ts';
import type { Mechanism } from './mechanism.ts';
import { none } from './none.ts';
import { uprobe, uprobeSymbol } from './uprobe/index.ts';

export const MECHANISMS: readonly Mechanism[] = [none, ldPreload, ldPreloadSimd, bpftrace, bpf, uprobe, uprobeSymbol];
