/** Tries a hook in a program that does nothing: does it load, and does it write our ring? */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RingFile } from '../../collect/ring.ts';
import { memoryDir } from '../../config.ts';
import { runCommand } from '../../process/child.ts';
import { asUser, grantGroup, type RunAs, tellUser } from '../../security/run-as.ts';
import { ACTIONS, type Action, FUNCTIONS, type HookedFunction } from '../mechanism.ts';

const TRIAL_MS = 30_000;
const SMALL = { slots: 1, capacity: 16 };

export type Trial =
  | { readonly loads: false; readonly why: string }
  /** what it says of itself in the ring; null for a hook that does not know the ring */
  | {
      readonly loads: true;
      readonly ring: { readonly actions: Action[]; readonly functions: HookedFunction[] } | null;
    };

/** @param variables what puts the hook into the program @param program that does nothing, and its arguments
 * @param o.complaintIn finds in what the program says that the hook is not in it */
export async function tryHook(
  variables: Readonly<Record<string, string>>,
  program: readonly string[],
  o: { runAs: RunAs | null; complaintIn: RegExp },
): Promise<Trial> {
  const { runAs } = o;
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-trial-'));
  chmodSync(dir, 0o700);
  let ring: RingFile | null = null;
  try {
    const user = runAs ?? undefined;
    grantGroup(dir, user, 0o710);
    const keywords = join(dir, 'keywords');
    writeFileSync(keywords, 'trial\n', { mode: 0o600 });
    grantGroup(keywords, user, 0o640);
    ring = RingFile.create(join(dir, 'ring'), { action: 'observe', ...SMALL });
    grantGroup(ring.path, user, 0o660);
    const settings = [
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      `HOOKBENCH_RING=${ring.path}`,
      `HOOKBENCH_KEYWORDS=${keywords}`,
      'HOOKBENCH_ACTION=observe',
      `HOOKBENCH_FUNCTIONS=${FUNCTIONS.join(',')}`,
    ];
    const words = [...(user === undefined ? [] : asUser(user)), '--no-new-privs', 'env', ...settings, ...program];
    const ran = await runCommand('setpriv', words, { timeoutMs: TRIAL_MS });
    // a Java machine complains on standard output
    const said = `${ran.stdout}\n${ran.stderr}`;
    const complaint = o.complaintIn.exec(said)?.[0];
    if (complaint !== undefined)
      return { loads: false, why: `the loader says: ${complaint}${hintOf(complaint, runAs)}` };
    if (ran.exitCode !== 0)
      return {
        loads: false,
        why: `with it, ${program[0]} ends with ${ran.exitCode ?? 'a signal'}: ${lastLine(said)}`,
      };
    return { loads: true, ring: saidIn(ring) };
  } finally {
    ring?.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** the loader's words for a file that may not be read are those for one that is not there */
function hintOf(complaint: string, runAs: RunAs | null): string {
  if (runAs === null || !/cannot open|Error opening|Permission denied/.test(complaint)) return '';
  return ` SUTs run as ${tellUser(runAs)}: let it read the file and pass the folders above it (chmod a+rX)`;
}

function saidIn(ring: RingFile): { actions: Action[]; functions: HookedFunction[] } | null {
  const { attached, own, functions } = ring.header();
  if (!attached || own === null) return null;
  const has = (bits: number, i: number) => (bits & (1 << i)) !== 0;
  return {
    actions: ACTIONS.filter((_, i) => has(own.actions, i)),
    functions: FUNCTIONS.filter((_, i) => has(functions, i)),
  };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
