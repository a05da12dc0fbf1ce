/** Folders that belong to a SUT's user for a while. This process may own no other user's files and still change who owns them (CAP_CHOWN). */

import { chmodSync, lchownSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Everything in it, and then the folder, which must be ours and used by nobody yet. */
export function giveFolder(path: string, to: { readonly uid: number; readonly gid: number }): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) giveFolder(join(path, name), to);
  lchownSync(path, to.uid, to.gid);
}

/** Removes it with all that others own in it. */
export function removeFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  takeBack(path, process.geteuid?.() ?? 0);
  rmSync(path, { recursive: true, force: true });
}

/** From the top down: once a folder is ours alone nobody can put a link where a folder was, however late it is looked at. */
function takeBack(path: string, uid: number): void {
  const stat = lstatSync(path);
  if (stat.uid !== uid) lchownSync(path, uid, stat.gid);
  if (!stat.isDirectory()) return;
  if (stat.uid !== uid) chmodSync(path, 0o700);
  for (const name of readdirSync(path)) takeBack(join(path, name), uid);
}
