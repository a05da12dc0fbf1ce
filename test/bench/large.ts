/** What ten million samples cost: moments and exact quantiles, in a process of its own so that its memory can be told.
 *
 * usage: large.ts prints {"cpuMs": …, "memoryShare": …}; memoryShare is the peak while it works, as a share of the samples' own bytes. */

import { summariseLarge } from '../../controller/stats/large-summary.ts';
import { Generator } from '../../controller/stats/random.ts';

const N = 10_000_000;
const ROUNDS = 5;

const random = new Generator(1);
const samples = new Uint32Array(N);
for (let i = 0; i < N; i++) samples[i] = 900 + Math.floor(-9_000 * Math.log(1 - random.unit()));
const before = process.resourceUsage().maxRSS * 1024;
const cpuMs: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const from = process.cpuUsage();
  const { variance, quantiles } = summariseLarge(samples, [0.5, 0.99, 0.999]);
  const { user, system } = process.cpuUsage(from);
  if (!(variance > 0) || quantiles.some((value) => !(value > 0))) throw new Error('nothing was summed up');
  cpuMs.push((user + system) / 1000);
}
const grownBytes = process.resourceUsage().maxRSS * 1024 - before;
// the first round is the one a command pays for
const [first = Number.NaN] = cpuMs;
process.stdout.write(`${JSON.stringify({ cpuMs: first, memoryShare: 1 + grownBytes / samples.byteLength })}\n`);
