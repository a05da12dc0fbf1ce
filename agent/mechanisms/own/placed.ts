/** Hooks of somebody else's that live in the SUT: NAME.so, preloaded. One that writes our ring (hooks/own/own-hook.h) is measured as ours are;
 * of another only what the clocks outside say is claimed. */

import { readFileSync, statSync } from 'node:fs';
import { BenchError } from '#proto';
import type { RingHeader } from '../../collect/ring.ts';
import { supported, unsupported } from '../../host/support.ts';
import { type Action, FUNCTIONS, type HookedFunction, type HookOrder, type PlacedMechanism } from '../mechanism.ts';
import { functionBits, placeRing } from '../ring-hook.ts';
import { assertUnchanged, type FoundHook } from './folder.ts';
import type { Trial } from './trial.ts';

const SILENT =
  'does not write our ring: only the shift at client and caller is claimed, parity is not known, and it has no time from inside';
const SPEAKS = 'writes our ring: parity, losses and its own clock are claimed';

/** how a kind of hook gets into the SUT */
export interface Way {
  readonly layer: PlacedMechanism['layer'];
  readonly needs: string;
  /** in words for the report, e.g. "is preloaded" */
  readonly manner: string;
  readonly env: (path: string) => Readonly<Record<string, string>>;
  /** whether the process has it */
  readonly isIn: (found: FoundHook, pid: number) => boolean;
  readonly unsuited?: PlacedMechanism['unsuited'];
}

export function placedHook(found: FoundHook, trial: Trial, way: Way): PlacedMechanism {
  const id = `own:${found.name}`;
  const ring = trial.loads ? trial.ring : null;
  const { actions, functions }: { actions: readonly Action[]; functions: readonly HookedFunction[] } = ring ?? {
    actions: ['observe'],
    functions: FUNCTIONS,
  };
  return {
    kind: 'placed',
    id,
    layer: way.layer,
    vantage: 'interposer',
    needs: way.needs,
    actions,
    functions,
    byDefault: false,
    sha256: found.sha256,
    ...(way.unsuited !== undefined && { unsuited: way.unsuited }),
    async probe() {
      if (!trial.loads) return unsupported(way.needs, `${found.file} is not used: ${trial.why}`);
      return supported(way.needs, `${found.file}, sha256 ${found.sha256}; ${ring === null ? SILENT : SPEAKS}`);
    },
    async place(order, name) {
      assertUnchanged(found);
      const placed = await placeRing(order, name);
      const env = { ...placed.env, ...way.env(found.path) };
      const of = `of ${found.file}, sha256 ${found.sha256}`;
      if (ring === null) {
        return {
          env,
          assertLive: (pid, hostPid = pid) => assertIn(found, way, hostPid),
          manner: () => `${way.manner}, ${of}`,
          counts: () => null,
          drain: () => null,
        };
      }
      return {
        env,
        assertLive: (pid, hostPid = pid) => {
          assertIn(found, way, hostPid);
          assertAttached(placed.ring.header(), { id, pid, order });
        },
        manner: () => `writes our ring, ${of}`,
        counts: () => placed.ring.counts(),
        drain: () => placed.ring.drain(),
      };
    },
  };
}

/** @throws BenchError hook-dead */
function assertIn(found: FoundHook, way: Way, pid: number): void {
  if (way.isIn(found, pid)) return;
  throw new BenchError('hook-dead', `hook own:${found.name} is not in process ${pid}`, {
    nextStep: `check that the program is dynamically linked and may read ${found.path}`,
  });
}

/** By inode: a path is only a name. */
export function isMapped({ path }: FoundHook, pid: number): boolean {
  const { ino } = statSync(path);
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n');
  return maps.some((line) => line.split(/\s+/)[4] === String(ino) && line.endsWith(path));
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
