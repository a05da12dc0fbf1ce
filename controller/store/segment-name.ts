/** File names of segments. Node and run are words from agents: only letters, digits, dash and underscore of them get into a name. */

import { createHash } from 'node:crypto';

const LONGEST = 60;

/** NODE.RUN.seg. Different agents and runs never share a name: where something of a word was replaced or cut, `~` and the beginning of its
 * sha256 follow, and no word has a dot or a `~` of its own. */
export function segmentName(node: string, runId: string): string {
  return `${fileSafe(node)}.${fileSafe(runId)}.seg`;
}

function fileSafe(word: string): string {
  const safe = word.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, LONGEST);
  if (safe === word && word !== '') return word;
  return `${safe}~${createHash('sha256').update(word).digest('hex').slice(0, 16)}`;
}
