import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cgroupsOf } from '../../../agent/host/cgroups.ts';
import { pressureFindings, readPressure } from '../../../agent/host/pressure.ts';

const pressure = suite('pressure');
const from = { atMs: 1000, stealMs: 500, throttledMs: 70 };

pressure('two percent of the time and less is no finding', () => {
  assert.equal(pressureFindings(from, { atMs: 11_000, stealMs: 500, throttledMs: 70 }), []);
  assert.equal(pressureFindings(from, { atMs: 11_000, stealMs: 700, throttledMs: 270 }), []);
});

pressure('more is one sentence each, with the share', () => {
  const findings = pressureFindings(from, { atMs: 11_000, stealMs: 1000, throttledMs: 1320 });
  assert.equal(findings, [
    { code: 'cpu-steal', detail: "the hypervisor stole 5.0 % of one core's time" },
    { code: 'throttled', detail: "a cgroup's CPU limit held the measurement back 12.5 % of the time" },
  ]);
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 701, throttledMs: 70 }).length, 1);
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 500, throttledMs: 271 }).length, 1);
});

pressure('a quarter of a core stolen is throttling', () => {
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 3000, throttledMs: 70 })[0]?.code, 'cpu-steal');
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 3010, throttledMs: 70 })[0]?.code, 'throttled');
});

pressure('counters that went back, and no time at all, are no finding', () => {
  assert.equal(pressureFindings(from, { atMs: 11_000, stealMs: 0, throttledMs: 0 }), []);
  assert.equal(pressureFindings(from, { atMs: 1000, stealMs: 600, throttledMs: 90 }), []);
});

pressure('a reading of this host has numbers that do not go back', () => {
  const { cpu } = cgroupsOf('self');
  const first = readPressure(cpu);
  const second = readPressure(cpu);
  for (const key of ['atMs', 'stealMs', 'throttledMs'] as const) {
    assert.ok(Number.isFinite(first[key]) && first[key] >= 0, key);
    assert.ok(second[key] >= first[key], key);
  }
});

pressure.run();
