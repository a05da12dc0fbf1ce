/** Hooks of somebody else's, from the agent's own folder: the file NAME.so is the mechanism own:NAME. Its ending says how it is put in front of
 * `read`; whether it writes our ring is asked of the ring. */

import type { RunAs } from '../../security/run-as.ts';
import type { Mechanism } from '../mechanism.ts';
import { type FoundHook, foundHooks, type HookKind } from './folder.ts';
import { javaAgentHook, jvmtiHook } from './java.ts';
import { objectHook } from './object.ts';
import { preloadHook } from './preload.ts';
import { scriptHook } from './script.ts';

type Maker = (found: FoundHook, runAs: RunAs | null) => Promise<Mechanism>;

const MAKERS: Readonly<Record<HookKind, Maker>> = {
  preload: preloadHook,
  jvmti: jvmtiHook,
  'java-agent': javaAgentHook,
  script: scriptHook,
  object: objectHook,
};

/** Each is tried once, for real: somebody else's code runs here. @param runAs who those that live in SUTs are tried as, null for this process's
 * own user @throws BenchError usage for a folder that can't be trusted */
export async function ownHooks(dir: string, runAs: RunAs | null): Promise<Mechanism[]> {
  const mechanisms: Mechanism[] = [];
  for (const found of foundHooks(dir)) mechanisms.push(await MAKERS[found.kind](found, runAs));
  return mechanisms;
}
