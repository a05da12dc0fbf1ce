/** Containers that the agent has started, by names that only it gives: how they are removed, and which pid a process in one has out here. */

import { allPids, descendants, type ProcessStat, processStat, readText } from '../observe/proc.ts';
import { type CommandResult, runCommand, runCommandNow } from '../process/child.ts';

/** "hookbench-AGENT-RANDOM-ROLE": the journal may name nothing else */
export const OWN_CONTAINER = /^hookbench-\d{1,10}-[0-9a-f]{8}-[a-z0-9-]{1,40}$/;

const REMOVE_WITHIN_MS = 20_000;
const IS_GONE = /No such container/;
const IS_GOING = /removal of container \S+ is already in progress/;

/** @throws Error with the engine's words when it is still there */
export async function removeContainer(name: string): Promise<void> {
  outcome(await runCommand('docker', removal(name), { timeoutMs: REMOVE_WITHIN_MS }));
}

/** The same, waiting. @returns whether there was one */
export function removeContainerNow(name: string): boolean {
  return outcome(runCommandNow('docker', removal(name), { timeoutMs: REMOVE_WITHIN_MS }));
}

/** What a process in a container calls itself → what it is called here.
 * @param root the first process of its namespace, as it is called here @param own as the program says it
 * @returns null when none of root's family is called that */
export function pidSeenHere(root: number, own: number): number | null {
  if (ownPidOf(root) === own) return root;
  const stats = allPids().flatMap((pid): ProcessStat | [] => processStat(pid) ?? []);
  const family = [...descendants([root], stats)];
  return family.find((pid) => ownPidOf(pid) === own) ?? null;
}

/** What a process calls itself: in the innermost of its pid namespaces; the same as outside where there is one only. @returns null when it has ended */
export function ownPidOf(pid: number): number | null {
  const line = /^NSpid:\s*([\d\s]+?)\s*$/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1];
  return line === undefined ? null : Number(line.split(/\s+/).at(-1));
}

function removal(name: string): string[] {
  return ['container', 'rm', '--force', '--volumes', name];
}

function outcome({ exitCode, stderr }: CommandResult): boolean {
  if (IS_GONE.test(stderr)) return false;
  if (exitCode === 0 || IS_GOING.test(stderr)) return true;
  throw new Error(stderr.trim() || `docker ended with exit code ${exitCode}`);
}
