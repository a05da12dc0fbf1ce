/** What a hook counted, held against what the oracle says. */

import { BPFTRACE_TRACES } from '../../agent/config.ts';
import type { AttachedFindings, HookCounts, HookRead } from '../../agent/mechanisms/mechanism.ts';
import type { Expectation, ExpectedProcess, ExpectedRead } from './oracle.ts';

/** One thing that does not agree. */
export interface Disagreement {
  /** step of the script; null when only sums are known */
  readonly step: number | null;
  readonly what: string;
}

export interface Decider {
  readonly keywords: readonly Buffer[];
  readonly windowBytes: number | null;
  readonly tellsKeyword: boolean;
  /** how far the hook's times may be from the driver's clock */
  readonly clockErrorNs: bigint;
}

/** what a placed hook left, over all processes that it lives in */
export interface PlacedFindings {
  readonly counts: HookCounts;
  readonly reads: readonly (HookRead & { readonly bytes?: number })[];
  readonly lost: number;
  /** empty reads, where the hook counts them */
  readonly empty: { readonly eofs: number; readonly errors: number } | null;
}

export function comparePlaced(found: PlacedFindings, expected: Expectation, decider: Decider): Disagreement[] {
  const processes = [...expected.processes.values()];
  const reads = processes.flatMap((process) => process.reads);
  return [
    ...compareReads(found.reads, reads, decider),
    ...compareSums('all processes', found.counts, sumsOf(reads)),
    ...different('lost', found.lost, 0),
    ...(found.empty === null ? [] : compareEmpty(found.empty, processes)),
  ];
}

export function compareAttached(found: AttachedFindings, expected: ExpectedProcess, decider: Decider): Disagreement[] {
  const { latencies } = found;
  const name = `process ${found.pid}`;
  const cut =
    decider.windowBytes === null ? 0 : expected.reads.filter(({ bytes }) => bytes.length > decider.windowBytes!).length;
  return [
    ...compareSums(name, found.counts, sumsOf(expected.reads)),
    ...different(`${name}: lost`, found.lost, 0),
    ...different(`${name}: reads longer than the window`, found.cut, cut),
    ...compareTraces(name, found, expected, decider),
    ...(latencies.kind === 'reads'
      ? compareReads(latencies.reads, expected.reads, decider)
      : different(
          `${name}: latencies`,
          latencies.counts.reduce((sum, n) => sum + n, 0),
          expected.reads.length,
        )),
  ];
}

/** Action trace where matches come apart from the reads: so many as are printed at most, each one a read with this keyword, the others counted. */
function compareTraces(
  name: string,
  { traces, counts }: AttachedFindings,
  { reads }: ExpectedProcess,
  decider: Decider,
): Disagreement[] {
  if (traces === null) return [];
  const kept = Math.min(BPFTRACE_TRACES, counts.hits);
  const within = (match: HookRead) => (read: ExpectedRead) =>
    read.fd === match.fd && read.beforeNs <= match.atNs && match.atNs <= read.afterNs;
  const matched = reads.filter((read) => traces.matches.some((match) => within(match)(read)));
  return [
    ...different(`${name}: matches`, traces.matches.length, kept),
    ...different(`${name}: matches dropped`, traces.dropped, counts.hits - kept),
    ...compareReads(traces.matches, matched, { ...decider, tellsKeyword: true }),
  ];
}

/** Pairs them by process, descriptor and time: a hook's clock stands within the driver's two, but for its stated error. */
function compareReads(
  found: readonly (HookRead & { readonly bytes?: number })[],
  expected: readonly ExpectedRead[],
  decider: Decider,
): Disagreement[] {
  const waiting = new Map<string, (HookRead & { readonly bytes?: number })[]>();
  const keyOf = ({ pid, fd }: { pid: number; fd: number }) => `${pid} ${fd}`;
  for (const read of [...found].sort((x, y) => Number(x.atNs - y.atNs))) {
    const list = waiting.get(keyOf(read));
    if (list === undefined) waiting.set(keyOf(read), [read]);
    else list.push(read);
  }
  const problems: Disagreement[] = [];
  for (const read of [...expected].sort((x, y) => Number(x.beforeNs - y.beforeNs))) {
    const list = waiting.get(keyOf(read)) ?? [];
    while (list.length > 0 && list[0]!.atNs < read.beforeNs - decider.clockErrorNs)
      problems.push(uncalledFor(list.shift()!));
    if (list.length === 0 || list[0]!.atNs > read.afterNs + decider.clockErrorNs)
      problems.push({ step: read.step, what: `${told(read)} was not recorded` });
    else problems.push(...compareRead(list.shift()!, read, decider));
  }
  return [...problems, ...[...waiting.values()].flat().map(uncalledFor)];
}

function compareRead(
  found: HookRead & { readonly bytes?: number },
  expected: ExpectedRead,
  decider: Decider,
): Disagreement[] {
  const { step, keyword } = expected;
  const problems: Disagreement[] = [];
  const name = (index: number | null) =>
    index === null ? 'none' : `${index} ${JSON.stringify(decider.keywords[index]?.toString('latin1'))}`;
  if (found.hit !== (keyword !== null))
    problems.push({ step, what: `${told(expected)}: hit is ${found.hit}, the first keyword is ${name(keyword)}` });
  if (decider.tellsKeyword && found.keyword !== keyword)
    problems.push({ step, what: `${told(expected)}: keyword ${name(found.keyword)}, expected ${name(keyword)}` });
  if (found.bytes !== undefined && found.bytes !== expected.bytes.length)
    problems.push({ step, what: `${told(expected)}: ${found.bytes} bytes were recorded` });
  return problems;
}

function sumsOf(reads: readonly ExpectedRead[]): HookCounts {
  const hits = reads.filter(({ keyword }) => keyword !== null);
  return { reads: reads.length, bytes: reads.reduce((sum, { bytes }) => sum + bytes.length, 0), hits: hits.length };
}

function compareSums(where: string, found: HookCounts, expected: HookCounts): Disagreement[] {
  return (['reads', 'bytes', 'hits'] as const).flatMap((name) =>
    different(`${where}: ${name}`, found[name], expected[name]),
  );
}

function compareEmpty(found: { eofs: number; errors: number }, processes: readonly ExpectedProcess[]): Disagreement[] {
  const sum = (name: 'eofs' | 'errors') => processes.reduce((total, process) => total + process[name], 0);
  return (['eofs', 'errors'] as const).flatMap((name) => different(name, found[name], sum(name)));
}

function different(what: string, found: number, expected: number): Disagreement[] {
  return found === expected ? [] : [{ step: null, what: `${what}: ${found}, expected ${expected}` }];
}

function uncalledFor({ pid, fd, atNs, hit }: HookRead): Disagreement {
  return { step: null, what: `recorded, but no read that counts: pid ${pid}, fd ${fd}, at ${atNs} ns, hit ${hit}` };
}

function told({ call, pid, fd, bytes }: ExpectedRead): string {
  return `${call}(${fd}) of process ${pid} that returned ${bytes.length} bytes`;
}
