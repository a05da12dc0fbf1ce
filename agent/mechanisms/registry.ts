/** The only list of mechanisms. */

import type { RunAs } from '../security/run-as.ts';
import { appFilter } from './app-filter.ts';
import { bpf } from './bpf/index.ts';
import { bpftrace } from './bpftrace/index.ts';
import { jvmti } from './jvmti.ts';
import { ldPreload, ldPreloadSimd } from './ld-preload.ts';
import type { Mechanism } from './mechanism.ts';
import { nodePreload } from './node-preload.ts';
import { none } from './none.ts';
import { ownHooks } from './own/index.ts';
import { ptrace } from './ptrace/index.ts';
import { seccompNotify } from './seccomp-notify/index.ts';
import { skSkb } from './sk-skb.ts';
import { sud } from './sud.ts';
import { uprobe, uprobeSymbol } from './uprobe/index.ts';

export const MECHANISMS: readonly Mechanism[] = [
  ...[none, ldPreload, ldPreloadSimd],
  ...[bpftrace, bpf, uprobe, uprobeSymbol, skSkb],
  ...[seccompNotify, ptrace, sud],
  ...[nodePreload, jvmti, appFilter],
];

/** @param hooksDir folder with hooks of somebody else's, null for none @param runAs who they are tried as
 * @throws BenchError usage for a folder that can't be trusted */
export async function mechanismsOf(hooksDir: string | null, runAs: RunAs | null): Promise<readonly Mechanism[]> {
  return hooksDir === null ? MECHANISMS : [...MECHANISMS, ...(await ownHooks(hooksDir, runAs))];
}
