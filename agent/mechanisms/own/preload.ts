/** NAME.so: a shared library, preloaded. */

import type { RunAs } from '../../security/run-as.ts';
import type { PlacedMechanism } from '../mechanism.ts';
import type { FoundHook } from './folder.ts';
import { isMapped, placedHook, type Way } from './placed.ts';
import { tryHook } from './trial.ts';

const PRELOADED: Way = {
  layer: 'library',
  needs: 'a shared library that the SUT can preload, in a folder that only root or the agent can write to',
  manner: 'is preloaded',
  env: (path) => ({ LD_PRELOAD: path }),
  isIn: isMapped,
  unsuited: ({ linkage }) => (linkage === 'static' ? 'it has no dynamic linker, which is what preloads' : null),
};

export async function preloadHook(found: FoundHook, runAs: RunAs | null): Promise<PlacedMechanism> {
  if (found.refused !== '') return placedHook(found, { loads: false, why: found.refused }, PRELOADED);
  const trial = await tryHook(PRELOADED.env(found.path), ['true'], { runAs, complaintIn: /cannot be preloaded.*$/m });
  return placedHook(found, trial, PRELOADED);
}
