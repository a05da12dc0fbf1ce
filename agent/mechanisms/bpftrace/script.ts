/** The bpftrace script of the hook, made from hooks/bpftrace/read_hook.bt.in and the study's keywords. */

import { traceParts } from './matches.ts';
import { type ScanProgram, scanProgram } from './scan.ts';

/** linear steps per octave = 2^SUB_BITS: below 2^(SUB_BITS+1) ns a bucket is 1 ns wide, above it at most 0.4 % of its value */
export const SUB_BITS = 8;
/** index of the bucket that holds 2^32−1 ns, where latencies saturate */
export const LAST_BUCKET = ((31 - SUB_BITS) << SUB_BITS) + (1 << (SUB_BITS + 1)) - 1;
/** bytes from the start of a read that are scanned */
export const WINDOW_BYTES = 128;
/** Windows tried in turn: with many more words than the default ones the longest can be too much for the kernel's verifier. */
export const WINDOWS_BYTES: readonly [number, ...number[]] = [WINDOW_BYTES, 96, 64, 32];

export const LIVE_MARK = 'HOOKBENCH_LIVE';

export interface HookScript {
  readonly text: string;
  readonly scan: ScanProgram;
}

/** @param template the text of read_hook.bt.in
 * @param o.targets how many target pids are given as parameters $1…; the canary's pid comes after them
 * @param o.trace prints the first matches of each process, see matches.ts */
export function hookScript(
  template: string,
  o: { keywords: readonly Uint8Array[]; targets: number; windowBytes?: number; trace?: boolean },
): HookScript {
  const scan = scanProgram(o.keywords, o.windowBytes ?? WINDOW_BYTES);
  const pids = Array.from({ length: o.targets + 1 }, (_, i) => `pid == $${i + 1}`);
  const trace = traceParts(o.trace === true, scan.windowBytes);
  const text = fill(template, {
    TRACEENTRY: trace.entry,
    TRACEEXIT: trace.exit,
    WINDOW: String(scan.windowBytes),
    KEYWORDS: String(o.keywords.length),
    SCANNED: String(scan.scanned),
    TARGET: pids.join(' || '),
    CANARY: `$${o.targets + 1}`,
    SCAN: scan.text,
    BUCKET: bucketLines(),
    SUB: String(1 << SUB_BITS),
    SUB2: String(1 << (SUB_BITS + 1)),
    SUBBITS: String(SUB_BITS),
  });
  return { text, scan };
}

/** the ns range of a bucket index as the script makes it, both ends included */
export function bucketRange(index: number): { lowNs: number; highNs: number } {
  const size = 1 << SUB_BITS;
  if (index < 2 * size) return { lowNs: index, highNs: index };
  const shift = Math.floor(index / size) - 1;
  const lowNs = (index - shift * size) * 2 ** shift;
  return { lowNs, highNs: lowNs + 2 ** shift - 1 };
}

function bucketLines(): string {
  return [16, 8, 4, 2, 1]
    .map((k) => `      if ($v >= ${2 ** (SUB_BITS + k)}) { $o = $o + ${k}; $v = $v >> ${k}; }`)
    .join('\n');
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/@@([A-Z0-9]+)@@/g, (whole, name: string) => values[name] ?? whole);
}
