/** Agents of a Java machine, named by JAVA_TOOL_OPTIONS: NAME.jvmti.so by -agentpath, NAME.jar by -javaagent. For SUTs that run on one. */

import { readdirSync, readlinkSync } from 'node:fs';
import { javaVersion } from '../../host/facts.ts';
import type { RunAs } from '../../security/run-as.ts';
import type { PlacedMechanism, SutTraits } from '../mechanism.ts';
import type { FoundHook } from './folder.ts';
import { isMapped, placedHook, type Way } from './placed.ts';
import { type Trial, tryHook } from './trial.ts';

const unsuited = ({ runtime }: SutTraits) => (runtime === 'jvm' ? null : 'it does not run on a Java machine');

const JVMTI: Way = {
  layer: 'runtime',
  needs: 'java, a JVM TI agent that it loads, in a folder that only root or the agent can write to',
  manner: 'is loaded by -agentpath',
  env: (path) => ({ JAVA_TOOL_OPTIONS: `-agentpath:${path}` }),
  isIn: isMapped,
  unsuited,
};

const JAVA_AGENT: Way = {
  layer: 'runtime',
  needs: 'java, a jar with a Premain-Class, in a folder that only root or the agent can write to',
  manner: 'is loaded by -javaagent',
  env: (path) => ({ JAVA_TOOL_OPTIONS: `-javaagent:${path}` }),
  isIn: isOpen,
  unsuited,
};

export const jvmtiHook = (found: FoundHook, runAs: RunAs | null): Promise<PlacedMechanism> =>
  javaHook(found, runAs, JVMTI);

export const javaAgentHook = (found: FoundHook, runAs: RunAs | null): Promise<PlacedMechanism> =>
  javaHook(found, runAs, JAVA_AGENT);

async function javaHook(found: FoundHook, runAs: RunAs | null, way: Way): Promise<PlacedMechanism> {
  return placedHook(
    found,
    found.refused === '' ? await trialOf(found, runAs, way) : { loads: false, why: found.refused },
    way,
  );
}

async function trialOf({ path }: FoundHook, runAs: RunAs | null, way: Way): Promise<Trial> {
  if ((await javaVersion()) === 'absent')
    return { loads: false, why: 'no java on the PATH (install openjdk-17-jdk-headless)' };
  const complaintIn = /^(?:Could not|Error opening|Exception|Caused by).*$/m;
  return tryHook(way.env(path), ['java', '-Xshare:auto', '-version'], { runAs, complaintIn });
}

/** The machine keeps the jar open for as long as it may take classes from it. */
function isOpen({ path }: FoundHook, pid: number): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`) === path;
    } catch {
      return false;
    }
  });
}
