import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { orderDigest, outlineOf } from '../../../controller/plan/outline.ts';
import { planForks, planStudy } from '../../../controller/plan/plan.ts';
import { proposals } from '../../../controller/plan/proposals.ts';
import { expectedMs, TYPICAL, timingOf } from '../../../controller/plan/timing.ts';
import { HTTP_SUT, resolved } from '../../helpers/plan.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('plan: outline, times and proposals');
const TOLD = { node: 'node-1', timing: TYPICAL, notices: [] };

test('the digest is of the order itself: equal for equal plans only', () => {
  const digest = (over: Parameters<typeof resolved>[0], node = 'node-1') =>
    orderDigest(planStudy(resolved(over), node));
  assert.is(digest({}), digest({}));
  assert.is(new Set([digest({}), digest({ seed: 8 }), digest({}, 'node-2'), digest({ blocks: 5 })]).size, 4);
  const tampered = planStudy(resolved(), 'node-1');
  const order = tampered[1]?.steps[2]?.slices[0]?.order;
  assert.ok(order);
  order[0] = (order[0] ?? 0) ^ 0x80;
  assert.is.not(orderDigest(tampered), digest({}), 'one payload of one request');
  const { outline, assignments } = outlineOf(resolved(), TOLD);
  assert.is(outline.orderSha256, orderDigest(planForks(resolved(), 'node-1', { from: 0, to: 3 })));
  assert.is(assignments.length, 3);
});

test('the outline names every comparison with its pairs, A/A in each design', () => {
  const { outline } = outlineOf(resolved({ suts: [HTTP_SUT] }), TOLD);
  assert.equal(
    outline.cells.map(({ design, treated, pairs, warmupFloor }) => [design, treated, pairs, warmupFloor]),
    [
      ['alternated', 'none', 973, 30],
      ['sliced', 'none', 973, 30],
      ['alternated', 'ld-preload', 973, 30],
      ['sliced', 'bpftrace', 973, 30],
    ],
  );
  // 3 alternated instances and the sliced one warm up 30 a fork; 6 arms measure 973; settling: 12 blocks × (3 + 3) × 20; census: 12 × 3 × 40
  assert.is(outline.requestsInAll, 3 * 4 * 30 + 6 * 973 + 12 * 6 * 20 + 12 * 3 * 40);
});

test('times grow with what is done', () => {
  const base = expectedMs(resolved(), TYPICAL);
  for (const over of [
    { forks: 6 },
    { requests: 4000 },
    { conditions: ['process', 'netns'] },
    { attached: ['bpftrace', 'bpf'] },
  ]) {
    assert.ok(expectedMs(resolved(over), TYPICAL) > base, JSON.stringify(over));
  }
});

test('the times of a stored study are its own: they foretell it', () => {
  const made = makeStudy({ forks: 5, blocks: 4, perBlock: 100, warmup: 60 });
  const study = { ...made, batches: made.batches.map((batch, step) => ({ ...batch, step })) };
  const timing = timingOf(study);
  assert.match(timing.source, /study-1/);
  // 50 µs and 1 µs of pause a request, see makeStudy
  assert.ok(Math.abs((timing.sampleMs.get('java-hello alternated') ?? 0) - 0.051) < 0.002);
  const sut = { id: 'java-hello', warmup: 60, unitSamples: 1 };
  const same = resolved({ suts: [sut], forks: 5, blocks: 4, requests: 60 + 5 * 4 * 100 });
  const wallMs = Date.parse(study.finishedAt) - Date.parse(study.startedAt);
  assert.ok(Math.abs(expectedMs(same, timing) / wallMs - 1) < 0.02, `${expectedMs(same, timing)} of ${wallMs} ms`);
});

test('a proposal is a command that says all of it', () => {
  const study = makeStudy({ forks: 6, blocks: 2, perBlock: 200, instanceSdNs: 900 });
  const goal = { detectNs: 1000, power: 0.8, alpha: 0.05, mostMs: 3.6e6, suts: [HTTP_SUT], timing: TYPICAL };
  const rows = proposals(study, { ...goal, sameOptions: ['--action', 'trace'] });
  assert.is(rows.length, 2);
  for (const { pilot, proposal, command } of rows) {
    assert.is(proposal.kind, 'reachable');
    const { forks, blocks, perBlock } = proposal;
    const requests = 30 + forks * blocks * perBlock;
    const options = `--requests ${requests} --forks ${forks} --blocks ${blocks} --action trace`;
    assert.is(command, `hookbench run --sut java-hello --mechanisms ${pilot.treated} ${options}`);
  }
  const short = proposals(study, { ...goal, mostMs: 1, sameOptions: [] });
  assert.ok(short.every(({ command, proposal }) => command === '' && proposal.kind === 'unreachable'));
});

test.run();
