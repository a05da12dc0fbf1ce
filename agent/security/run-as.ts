/** The user that SUTs and the load generator run as. Attaching needs root; serving requests does not. */

import { chmodSync, chownSync } from 'node:fs';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** Lets that user's group reach what the agent keeps for itself otherwise. The agent stays the owner.
 * @param mode with the group's bits */
export function grantGroup(path: string, runAs: RunAs | undefined, mode: number): void {
  if (runAs === undefined) return;
  chownSync(path, process.geteuid?.() ?? 0, runAs.gid);
  chmodSync(path, mode);
}

/** words for setpriv: that user, no other group, no capability, now or later */
export function asUser({ uid, gid }: RunAs): string[] {
  const none = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
  return [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...none];
}

export function tellUser({ uid, gid }: RunAs): string {
  return `uid ${uid}, gid ${gid}`;
}
