/** The runtime layer of Java programs: hooks/jvmti, a JVM TI agent that stands in front of the JDK's own natives for sockets, writing to a ring
 * file of its own for each instance. */

import { existsSync } from 'node:fs';
import { PATHS } from '../config.ts';
import { javaVersion } from '../host/facts.ts';
import { type SupportAnswer, supported, unsupported } from '../host/support.ts';
import { runCommand } from '../process/child.ts';
import { ACTIONS, type PlacedMechanism } from './mechanism.ts';
import { assertRingLive, placeRing } from './ring-hook.ts';

const NEEDS = 'hooks/jvmti built (a JDK, 17 or newer, at build time), Java 17 or newer';
/** a virtual machine starts in a tenth of a second; on a busy machine it does not */
const TRIAL_MS = 30_000;
/** the virtual machine takes options from here, whoever starts it */
const VARIABLE = 'JAVA_TOOL_OPTIONS';

export const jvmti: PlacedMechanism = {
  kind: 'placed',
  id: 'jvmti',
  layer: 'runtime',
  vantage: 'interposer',
  needs: NEEDS,
  actions: ACTIONS,
  functions: ['read', 'readv'],
  byDefault: false,
  unsuited: ({ id, runtime }) => (runtime === 'jvm' ? null : `${id} is no Java program`),
  probe,
  async place(order, name) {
    const { ring, env } = await placeRing(order, name);
    const others = process.env[VARIABLE] ?? '';
    return {
      env: { ...env, HOOKBENCH_SCANNER: 'ac', HOOKBENCH_CLOCK: 'vdso', [VARIABLE]: `${others} ${AGENT}`.trim() },
      // it says so when every native that it replaces has been called through its own
      assertLive: (pid) =>
        assertRingLive(ring.header(), {
          ...{ pid, order, what: 'the JVM TI agent' },
          nextStep: 'run hookbench doctor: it says what the agent replaces in the java on the PATH',
        }),
      manner: () => 'scans with ac, times by the vDSO',
      counts: () => ring.counts(),
      drain: () => ring.drain(),
    };
  },
};

/** in quotes: the path may have blanks */
const AGENT = `-agentpath:"${PATHS.jvmtiAgent}"`;

/** Loads the agent into a Java program that does nothing, and has it say which natives it replaces there. */
async function probe(): Promise<SupportAnswer> {
  if (!existsSync(PATHS.jvmtiAgent))
    return unsupported(NEEDS, 'build/libhookbench-jvmti.so is not there (make -C hooks, with a JDK)');
  const version = await javaVersion();
  if (version === 'absent') return unsupported(NEEDS, 'no java on the PATH (install openjdk-17-jdk-headless)');
  const words = [`-agentpath:${PATHS.jvmtiAgent}=tell`, '-version'];
  const { exitCode, stderr } = await runCommand('java', words, { timeoutMs: TRIAL_MS });
  if (exitCode === null) throw new Error(`java with the agent did not end by itself: ${stderr.trim()}`);
  const replaced = /^hookbench-jvmti: replaces (.+)$/m.exec(stderr)?.[1];
  if (exitCode === 0 && replaced !== undefined) return supported(NEEDS, `java ${version}, replaces ${replaced}`);
  const why = /^hookbench-jvmti: (.+)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n')[0] ?? '';
  return unsupported(NEEDS, `java ${version}: ${why}`);
}
