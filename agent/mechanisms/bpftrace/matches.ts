/** Action trace by bpftrace: for each match the script prints when, where and the window's bytes as numbers. The keyword is looked up here and
 * the bytes are dropped: none of them leaves this file. */

import { BPFTRACE_TRACES } from '../../config.ts';
import type { HookRead, HookTraces } from '../mechanism.ts';

export const MATCH_MARK = 'HOOKBENCH_MATCH';

/** what is put into the script: nothing at all where the action is not trace
 * @param windowBytes a multiple of 8 */
export function traceParts(trace: boolean, windowBytes: number): { entry: string; exit: string } {
  if (!trace) return { entry: '', exit: '' };
  const words = Array.from({ length: windowBytes / 8 + 1 }, (_, i) => `*(uint64*)uptr($p + ${8 * i})`);
  const format = ['%llu', '%d', '%d', '%llu', '%llu', '%llu', ...words.map(() => '%llx')].join(' ');
  const values = ['$s.0', 'pid', '(int32)$s.2', '$n', '$skip', '$l', ...words].join(', ');
  return {
    entry: ', (uint64)args->fd',
    exit: `
        /* action trace: the first matches of each process are printed; @hits says how many there were */
        if (@traced[pid] < ${BPFTRACE_TRACES}) { @traced[pid] = @traced[pid] + 1; printf("${MATCH_MARK} ${format}\\n", ${values}); }`,
  };
}

/** @param lines what the script printed, of any process @param hits matches that it counted for this one
 * @returns the matches in time order; those that were not printed, or whose line was lost, are counted */
export function tracesOf(
  lines: readonly string[],
  o: { pid: number; hits: number; keywords: readonly Uint8Array[]; windowBytes: number },
): HookTraces {
  const matches = lines
    .flatMap((line) => matchOf(line, o) ?? [])
    .sort((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0));
  return { matches, dropped: Math.max(0, o.hits - matches.length) };
}

function matchOf(
  line: string,
  o: { pid: number; keywords: readonly Uint8Array[]; windowBytes: number },
): HookRead | null {
  const numbers =
    /^HOOKBENCH_MATCH (\d{1,20}) (\d{1,10}) (\d{1,10}) (\d{1,10}) ([0-7]) (\d{1,20})((?: [0-9a-f]{1,16})+)$/.exec(line);
  if (numbers === null || Number(numbers[2]) !== o.pid) return null;
  const [, atNs = '', pid = '', fd = '', bytes = '', skip = '', latencyNs = '', words = ''] = numbers;
  const window = Buffer.alloc(8 * words.trim().split(' ').length);
  for (const [i, word] of words.trim().split(' ').entries()) window.writeBigUInt64LE(BigInt(`0x${word}`), 8 * i);
  const start = Number(skip);
  const read = window.subarray(start, start + Math.min(Number(bytes), o.windowBytes));
  return {
    atNs: BigInt(atNs),
    latencyNs: Math.min(0xffff_ffff, Number(latencyNs)),
    hit: true,
    pid: Number(pid),
    fd: Number(fd),
    keyword: firstKeyword(read, o.keywords),
  };
}

/** Of several the one that ends first; of those that end at the same byte, the one that comes first in the list: as the library has it. */
function firstKeyword(read: Buffer, keywords: readonly Uint8Array[]): number | null {
  let first: { end: number; index: number } | null = null;
  for (const [index, word] of keywords.entries()) {
    const at = read.indexOf(word);
    if (at >= 0 && (first === null || at + word.length < first.end)) first = { end: at + word.length, index };
  }
  return first?.index ?? null;
}
