/** Samples as an agent measures them, made once and sent over and over: what is measured is the way, not their making. */

import type { Samples } from '#proto';
import { random } from '../../helpers/random.ts';

/** @param n samples of one batch */
export function batchOf(n: number, seed: number): Samples {
  const { uniform } = random(seed);
  const dtNs = new Uint32Array(n);
  const latencyNs = new Uint32Array(n);
  const arm = new Uint8Array(n);
  const flags = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    dtNs[i] = i * 25_000 + Math.floor(uniform() * 5000);
    latencyNs[i] = 20_000 + Math.floor(uniform() * 10_000);
    arm[i] = uniform() < 0.5 ? 0 : 1;
    flags[i] = uniform() < 0.5 ? 0 : 1;
  }
  return {
    place: {
      sut: 'node-hello',
      condition: 'process',
      fork: 0,
      block: 0,
      step: 0,
      phase: 'measure',
      design: 'alternated',
      vantage: 'client',
    },
    t0Ns: 1_790_000_000_000_000_000n,
    n,
    dtNs: new Uint8Array(dtNs.buffer),
    latencyNs: new Uint8Array(latencyNs.buffer),
    arm,
    flags,
  };
}
