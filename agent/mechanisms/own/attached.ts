/** What hooks of somebody else's that are attached from outside have in common: they tell us nothing, so of their cost the clocks outside say
 * all that is claimed. */

import { supported, unsupported } from '../../host/support.ts';
import { type AttachedHook, type AttachedMechanism, FUNCTIONS, type HookOrder } from '../mechanism.ts';
import { assertUnchanged, type FoundHook } from './folder.ts';

const SILENT =
  'does not write our ring: only the shift at client and caller is claimed, parity is not known, and it has no time from inside';

/** what attaching it comes to; it was tried once at the start of the agent */
export interface Attaching {
  readonly needs: string;
  /** why it can't be attached here; null when it could */
  readonly problem: string | null;
  /** @throws BenchError attach-failed | cancelled */
  attach(order: Pick<HookOrder, 'dir' | 'host'>, pids: readonly number[], signal: AbortSignal): Promise<OutsideHook>;
}

/** a hook that runs beside the SUTs */
export interface OutsideHook {
  readonly died: () => string | null;
  /** @throws BenchError probe-died */
  end(): Promise<void>;
}

export function attachedHook(found: FoundHook, { needs, problem, attach }: Attaching): AttachedMechanism {
  const id = `own:${found.name}`;
  const of = `${found.file}, sha256 ${found.sha256}`;
  return {
    kind: 'attached',
    id,
    layer: 'kernel',
    vantage: 'kernel',
    needs,
    actions: ['observe'],
    functions: FUNCTIONS,
    byDefault: false,
    sha256: found.sha256,
    async probe() {
      if (problem !== null) return unsupported(needs, `${found.file} is not used: ${problem}`);
      return supported(needs, `${of}; ${SILENT}`);
    },
    async attach(order, pids, signal): Promise<AttachedHook> {
      assertUnchanged(found);
      const startedMs = performance.now();
      const hook = await attach(order, pids, signal);
      return {
        attachMs: performance.now() - startedMs,
        notes: [`${id} (${of}) ${SILENT}`],
        died: hook.died,
        async detach() {
          await hook.end();
          return [];
        },
      };
    },
  };
}
