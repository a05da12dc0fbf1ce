/** Handwritten results of the shape a default study gives: three SUTs, ld-preload alternated, bpftrace sliced, A/A rows,
 * parity, loss, inside views. Numbers are near limits.md's, not measured. Broken ones are in results-variants.ts. */

import { RESULTS_SCHEMA, type Results } from '../../controller/analysis/results.ts';
import { AA_CASES, CASES, PLACE, SUTS } from './results-cases.ts';
import { comparison, parityRow, stats, withoutShape } from './results-parts.ts';

/** A complete study where nothing went wrong. */
export function goodResults(): Results {
  return {
    schema: RESULTS_SCHEMA,
    study: {
      id: '2026-11-23-8f3a',
      seed: 20_261_123,
      startedAt: '2026-11-23T00:41:07.120Z',
      finishedAt: '2026-11-23T00:43:48.300Z',
      status: 'complete',
      requestsPerArm: 50_000,
      warmup: null,
      until: null,
      forks: 4,
      blocks: 40,
      action: 'observe',
      functions: ['read'],
      blockErrno: null,
      timed: 'all requests',
      suts: SUTS,
      mechanisms: ['none', 'ld-preload', 'bpftrace'],
      conditions: ['process'],
      keywords: 200,
      hookbenchVersion: '0.1.0',
      command:
        'npx hookbench run --sut java-hello,node-hello,read-loop --mechanisms ld-preload,bpftrace --seed 20261123',
    },
    nodes: [
      {
        id: 'node-1',
        hostname: 'bench-1',
        kernel: '6.1.0-28-amd64',
        os: 'Debian GNU/Linux 12',
        cpu: 'Intel Xeon Platinum 8481C @ 2.70GHz',
        cores: 2,
        virtualization: 'kvm',
        memoryBytes: 8_589_934_592,
        libc: 'glibc 2.36',
        node: '20.20.2',
        java: '17.0.13',
        bpftrace: '0.17.0',
        load: 'C load generator, one keep-alive connection, busy-poll with pauses',
        pinning: 'SUT on CPU 1, load generator on CPU 0',
      },
    ],
    comparisons: CASES.map(comparison),
    aa: {
      passed: true,
      sentence:
        'None against none shows no difference on any SUT, in either design: what follows is not the instrument.',
      comparisons: AA_CASES.map(comparison),
    },
    parity: CASES.flatMap((c) => [parityRow(c, 'load'), ...(c.design === 'sliced' ? [] : [parityRow(c, 'kernel')])]),
    loss: CASES.flatMap((c) => [
      {
        hop: c.design === 'sliced' ? ('bpf' as const) : ('ring' as const),
        sut: c.sut,
        node: PLACE.node,
        mechanism: c.treated,
        received: 46_000,
        lost: 0,
      },
      { hop: 'stream' as const, sut: c.sut, node: PLACE.node, mechanism: c.treated, received: 92_000, lost: 0 },
    ]),
    inside: CASES.map((c) => ({
      sut: c.sut,
      node: PLACE.node,
      mechanism: c.treated,
      vantage: c.design === 'sliced' ? ('kernel' as const) : ('interposer' as const),
      source: c.design === 'sliced' ? ('histogram' as const) : ('samples' as const),
      stats: withoutShape(stats(c.design === 'sliced' ? 1_180 : 1_040, 260, 46_000)),
    })),
    mechanisms: [],
    traces: [],
    blocking: [],
    recommendations: [
      { id: 'R1', status: 'not-applicable', evidence: 'one host, no pods: both ends are processes of node-1' },
      { id: 'R2', status: 'not-applicable', evidence: 'no pods' },
      { id: 'R3', status: 'met', evidence: 'loopback, no proxy in the path' },
      {
        id: 'R4',
        status: 'unmet',
        evidence: 'virtualised (kvm): other tenants of the host are not visible; steal time was 0.0 %',
      },
      { id: 'R5', status: 'met', evidence: 'measured at the client, in the interposer and in the kernel' },
      { id: 'R6', status: 'met', evidence: 'micro: read-loop; macro: java-hello, node-hello' },
      { id: 'R7', status: 'met', evidence: 'read() of HTTP requests on accepted sockets, half of them with a keyword' },
      { id: 'R8', status: 'met', evidence: 'no cgroup throttling, CPU pressure below 1 % throughout' },
      { id: 'R9', status: 'met', evidence: '50,000 requests per arm; the largest number required was 41,200' },
      { id: 'R10', status: 'unmet', evidence: 'one condition on one node' },
    ],
    warnings: [
      {
        code: 'cpu-frequency',
        detail: 'The CPU governor is not visible in this virtual machine; frequency changes would show as drift.',
      },
      {
        code: 'load-noise',
        detail: 'node-hello collected garbage 41 times during the study: the tail (p99) is its own, not the hook’s.',
      },
    ],
  };
}
