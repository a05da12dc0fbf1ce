/** What must hold of a study's measured content, node by node. */

import * as assert from 'uvu/assert';
import type { Results } from '../../controller/analysis/results.ts';
import type { SutPod } from './sut-pods.ts';

/** as `MECHANISM SOURCE`: who counted what the hook must have seen */
const PARITY = ['ld-preload load', 'ld-preload kernel', 'bpf load', 'bpftrace load'];

/** Hooks inside and outside of the SUT saw all of its reads on this node, and nothing was lost. */
export function measuredOn(node: string, results: Results, condition = 'pod'): void {
  const isHere = (row: { node: string; condition: string }) => row.node === node && row.condition === condition;
  const rows = results.parity.filter(isHere);
  for (const wanted of PARITY) {
    const row = rows.find(({ mechanism, source }) => `${mechanism} ${source}` === wanted);
    assert.ok(row !== undefined && row.seenReads > 0, `${node}: ${wanted}`);
  }
  for (const { mechanism, source, ok, ratio } of rows)
    assert.equal([ok, ratio], [true, 1], `${node}: ${mechanism} by ${source}`);
  for (const row of results.loss.filter((one) => one.node === node)) assert.is(row.lost, 0, JSON.stringify(row));
  for (const mechanism of ['ld-preload', 'bpf', 'bpftrace']) {
    const row = results.comparisons.find((one) => isHere(one) && one.treated === mechanism);
    assert.ok(row !== undefined && row.n > 0 && row.baselineStats.p50Ns > 0, `${node}: no row of ${mechanism}`);
  }
}

/** Both ends were seen in the containers of this node's SUT pod that Kubernetes says are there. */
export function placedIn(pod: SutPod, results: Results): void {
  const seen = results.observations?.find(({ node }) => node === pod.node);
  const pairs = seen?.ends ?? [];
  assert.ok(pairs.length > 0, `${pod.node}: not observed`);
  for (const { sut, load } of pairs) {
    assert.equal([sut.node, sut.pod, sut.podUid], [pod.node, pod.name, pod.uid]);
    assert.equal([load.node, load.podUid], [pod.node, pod.uid]);
    assert.equal([sut.container, load.container], [pod.containers.sut, pod.containers.load]);
    assert.is.not(sut.pidNamespace, load.pidNamespace);
  }
  assert.equal([seen?.path.route, seen?.path.acceptedBy], ['loopback', 'sut']);
}

export function samePodAndNode({ recommendations }: Results): void {
  for (const id of ['R1', 'R2', 'R3']) {
    const row = recommendations.find((one) => one.id === id);
    assert.is(row?.status, 'met', `${id}: ${row?.evidence}`);
  }
}
