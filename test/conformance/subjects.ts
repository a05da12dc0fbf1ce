/** What is held against the oracle: every registered mechanism, with what it says itself that it can't do. A mechanism without a line here fails
 * the suite. */

import type { Libc } from '../../agent/host/libc.ts';
import {
  ACTIONS,
  type Action,
  FUNCTIONS,
  type HookedFunction,
  type Mechanism,
  type SutTraits,
} from '../../agent/mechanisms/mechanism.ts';

/** The stated limits of a mechanism (hooks/README.md), as data: within them its answers must be exact. */
export interface Limits {
  /** bytes from the start of a read that are scanned, from what the hook says of itself; null for all */
  readonly windowBytes: (notes: readonly string[]) => number | null;
  /** tells which keyword was found, and not only that one was */
  readonly tellsKeyword: boolean;
  /** hooks the children that its process forks */
  readonly followsForks: boolean;
  /** knows an accepted socket by whatever descriptor, also one that fcntl made */
  readonly followsFcntl: boolean;
  /** keywords may hold NUL */
  readonly takesNul: boolean;
  /** how far its times may be from CLOCK_MONOTONIC, ns */
  readonly clockErrorNs: bigint;
}

/** HB_BPF_WINDOW of hooks/bpf/abi.h */
const BPF_WINDOW_BYTES = 4096;

/** of the library's clock by the time stamp counter */
const TSC_ERROR_NS = 1000n;

/** by the id, else by what is before its colon: variants of a mechanism have its limits */
const LIMITS: Readonly<Record<string, Limits>> = {
  'ld-preload': {
    windowBytes: () => null,
    tellsKeyword: true,
    followsForks: true,
    followsFcntl: false,
    takesNul: true,
    clockErrorNs: 0n,
  },
  'ld-preload:simd': {
    windowBytes: () => null,
    tellsKeyword: true,
    followsForks: true,
    followsFcntl: false,
    takesNul: true,
    clockErrorNs: TSC_ERROR_NS,
  },
  jvmti: {
    windowBytes: () => null,
    tellsKeyword: true,
    followsForks: false,
    followsFcntl: false,
    takesNul: true,
    clockErrorNs: 0n,
  },
  bpftrace: {
    windowBytes: windowInNotes,
    tellsKeyword: false,
    followsForks: false,
    followsFcntl: false,
    takesNul: false,
    clockErrorNs: 0n,
  },
  bpf: {
    windowBytes: () => BPF_WINDOW_BYTES,
    tellsKeyword: true,
    followsForks: false,
    followsFcntl: false,
    takesNul: true,
    clockErrorNs: 0n,
  },
  uprobe: {
    windowBytes: () => BPF_WINDOW_BYTES,
    tellsKeyword: true,
    followsForks: false,
    followsFcntl: false,
    takesNul: true,
    clockErrorNs: 0n,
  },
  sud: {
    windowBytes: () => null,
    tellsKeyword: true,
    followsForks: true,
    followsFcntl: false,
    takesNul: true,
    clockErrorNs: 0n,
  },
  ptrace: {
    windowBytes: () => null,
    tellsKeyword: true,
    followsForks: false,
    followsFcntl: false,
    takesNul: true,
    clockErrorNs: 0n,
  },
  'seccomp-notify': {
    windowBytes: () => null,
    tellsKeyword: true,
    followsForks: true,
    followsFcntl: true,
    takesNul: true,
    clockErrorNs: 0n,
  },
};

/** Those that see segments and not reads: what a read brought is none of their answers. Held against what was sent instead, in the test named. */
const OF_SEGMENTS: Readonly<Record<string, string>> = { 'sk-skb': 'test/agent/mechanisms/sk-skb.test.ts' };

/** One way in which a mechanism is run. */
export interface Subject {
  readonly name: string;
  readonly mechanism: Exclude<Mechanism, { kind: 'bare' }>;
  readonly limits: Limits;
  readonly functions: readonly HookedFunction[];
  readonly action: Action;
  /** what the driver runs on */
  readonly libc: Libc;
}

/** test/fixtures/conformance_driver.c. What has nothing to do with such a program has a suite of its own: java/ and node/. */
export function driverOn(libc: Libc): SutTraits {
  return { id: 'the C driver', runtime: 'native', linkage: 'dynamic', filters: false, libc };
}

/** mechanisms that put another library into programs on musl */
const HAS_MUSL_LIBRARY: readonly string[] = ['ld-preload', 'ld-preload:simd'];

/** @throws Error for a mechanism without a line */
export function limitsOf({ id }: Mechanism): Limits {
  const limits = LIMITS[id] ?? LIMITS[id.split(':')[0]!];
  if (limits === undefined) throw new Error(`test/conformance/subjects.ts has no limits for ${id}`);
  return limits;
}

/** Those that come into programs on musl by a library of its own: the same, with a driver that runs on musl. */
export function muslSubjectsOf(mechanisms: readonly Mechanism[]): Subject[] {
  return subjectsOf(mechanisms.filter(({ id }) => HAS_MUSL_LIBRARY.includes(id))).map((subject) => ({
    ...subject,
    name: `${subject.name} on musl`,
    libc: 'musl',
  }));
}

/** A mechanism is run with `read` alone, with every function it can be put in front of when there are more, and so again with each other action. */
export function subjectsOf(mechanisms: readonly Mechanism[]): Subject[] {
  return mechanisms.flatMap((mechanism) => {
    if (mechanism.kind === 'bare' || Object.hasOwn(OF_SEGMENTS, mechanism.id)) return [];
    if ((mechanism.unsuited?.(driverOn('glibc')) ?? null) !== null) return [];
    const limits = limitsOf(mechanism);
    const all = FUNCTIONS.filter((name) => mechanism.functions.includes(name));
    const sets: (readonly HookedFunction[])[] = all.length > 1 ? [['read'], all] : [all];
    const others = ACTIONS.filter((action) => action !== 'observe' && mechanism.actions.includes(action));
    return [
      ...sets.map((functions) => ({
        name: `${mechanism.id}${functions.length > 1 ? ` (${functions.join(', ')})` : ''}`,
        ...{ mechanism, limits, functions, action: 'observe' as const, libc: 'glibc' as const },
      })),
      ...others.map((action) => ({
        name: `${mechanism.id} ${action}`,
        ...{ mechanism, limits, functions: all, action, libc: 'glibc' as const },
      })),
    ];
  });
}

function windowInNotes(notes: readonly string[]): number | null {
  const [, bytes] = /first ([\d,]+) bytes/.exec(notes.join('\n')) ?? [];
  return bytes === undefined ? null : Number(bytes.replaceAll(',', ''));
}
