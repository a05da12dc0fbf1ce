/** Hooks of somebody else's, from the agent's own folder: NAME.so is the mechanism own:NAME, at the library layer. One that writes our ring
 * (hooks/own/own-hook.h) is measured as ours are; of another only what the clocks outside say is claimed. */

import { readFileSync, statSync } from 'node:fs';
import { BenchError } from '#proto';
import type { RingHeader } from '../../collect/ring.ts';
import { supported, unsupported } from '../../host/support.ts';
import type { RunAs } from '../../security/run-as.ts';
import { type Action, FUNCTIONS, type HookedFunction, type HookOrder, type PlacedMechanism } from '../mechanism.ts';
import { functionBits, placeRing } from '../ring-hook.ts';
import { assertUnchanged, type FoundHook, foundHooks } from './folder.ts';
import { type Trial, tryHook } from './trial.ts';

const NEEDS = 'a shared library that the SUT can preload, in a folder that only root or the agent can write to';
const SILENT =
  'does not write our ring: only the shift at client and caller is claimed, parity is not known, and it has no time from inside';
const SPEAKS = 'writes our ring: parity, losses and its own clock are claimed';

/** @param runAs who they are tried as, null for this process's own user
 * @throws BenchError usage for a folder that can't be trusted */
export async function ownHooks(dir: string, runAs: RunAs | null): Promise<PlacedMechanism[]> {
  const mechanisms: PlacedMechanism[] = [];
  for (const found of foundHooks(dir)) {
    const trial: Trial = found.refused === '' ? await tryHook(found.path, runAs) : { loads: false, why: found.refused };
    mechanisms.push(ownHook(found, trial));
  }
  return mechanisms;
}

function ownHook(found: FoundHook, trial: Trial): PlacedMechanism {
  const id = `own:${found.name}`;
  const ring = trial.loads ? trial.ring : null;
  const { actions, functions }: { actions: readonly Action[]; functions: readonly HookedFunction[] } = ring ?? {
    actions: ['observe'],
    functions: FUNCTIONS,
  };
  return {
    kind: 'placed',
    id,
    layer: 'library',
    vantage: 'interposer',
    needs: NEEDS,
    actions,
    functions,
    byDefault: false,
    sha256: found.sha256,
    async probe() {
      if (!trial.loads) return unsupported(NEEDS, `${found.name}.so is not used: ${trial.why}`);
      return supported(NEEDS, `${found.name}.so, sha256 ${found.sha256}; ${ring === null ? SILENT : SPEAKS}`);
    },
    async place(order, name) {
      assertUnchanged(found);
      const placed = await placeRing(order, name);
      const env = { ...placed.env, LD_PRELOAD: found.path };
      const of = `of ${found.name}.so, sha256 ${found.sha256}`;
      if (ring === null) {
        return {
          env,
          assertLive: (pid) => assertMapped(found, pid),
          manner: () => `is preloaded, ${of}`,
          counts: () => null,
          drain: () => null,
        };
      }
      return {
        env,
        assertLive: (pid) => {
          assertMapped(found, pid);
          assertAttached(placed.ring.header(), { id, pid, order });
        },
        manner: () => `writes our ring, ${of}`,
        counts: () => placed.ring.counts(),
        drain: () => placed.ring.drain(),
      };
    },
  };
}

/** by device and inode: a path is only a name. @throws BenchError hook-dead */
function assertMapped({ name, path }: FoundHook, pid: number): void {
  const { ino } = statSync(path);
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  if (maps.some((line) => line.split(/\s+/)[4] === String(ino) && line.endsWith(path))) return;
  throw new BenchError('hook-dead', `hook own:${name} is not in process ${pid}`, {
    nextStep: `check that the program is dynamically linked and may read ${path}`,
  });
}

/** @throws BenchError hook-dead also when it does something else than was asked */
function assertAttached(header: RingHeader, o: { id: string; pid: number; order: HookOrder }): void {
  const functions = functionBits(o.order.functions);
  const keywords = o.order.keywords.length;
  const live = header.attached && header.own !== null && header.pid === o.pid;
  if (live && header.keywords === keywords && (header.functions & functions) === functions) return;
  throw new BenchError(
    'hook-dead',
    `hook ${o.id} does not say in its ring that it is live in process ${o.pid} as asked`,
    {
      nextStep:
        'it must call hb_own_attach in a constructor, look for every keyword and stand in front of every function asked for',
      detail: `ring header: attached=${header.attached} own=${header.own !== null} pid=${header.pid} keywords=${header.keywords} of ${keywords} functions=${header.functions} of ${functions}`,
    },
  );
}
