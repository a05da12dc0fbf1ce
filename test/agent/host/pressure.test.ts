import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cgroupsOf } from '../../../agent/host/cgroups.ts';
import { pressureFindings, readPressure } from '../../../agent/host/pressure.ts';

const pressure = suite('pressure');
const cgroups = (own: number, above = 0) =>
  new Map([
    ['/own', own],
    ['/', above],
  ]);
const from = { atMs: 1000, stealMs: 500, throttledMs: cgroups(70) };

pressure('two percent of the time and less is no finding', () => {
  assert.equal(pressureFindings(from, { atMs: 11_000, stealMs: 500, throttledMs: cgroups(70) }), []);
  assert.equal(pressureFindings(from, { atMs: 11_000, stealMs: 700, throttledMs: cgroups(270) }), []);
});

pressure('more is one sentence each, with the share', () => {
  const findings = pressureFindings(from, { atMs: 11_000, stealMs: 1000, throttledMs: cgroups(1320) });
  assert.equal(findings, [
    { code: 'cpu-steal', detail: "the hypervisor stole 5.0 % of one core's time" },
    { code: 'throttled', detail: "a cgroup's CPU limit held the measurement back 12.5 % of the time" },
  ]);
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 701, throttledMs: cgroups(70) }).length, 1);
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 500, throttledMs: cgroups(271) }).length, 1);
});

pressure('a cgroup and the one above it were held back at the same time, not one after the other', () => {
  const both = pressureFindings(from, { atMs: 11_000, stealMs: 500, throttledMs: cgroups(70 + 150, 150) });
  assert.equal(both, []);
  const above = pressureFindings(from, { atMs: 11_000, stealMs: 500, throttledMs: cgroups(70, 300) });
  assert.match(above[0]?.detail ?? '', / 3\.0 %/);
});

pressure('a quarter of a core stolen is throttling', () => {
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 3000, throttledMs: cgroups(70) })[0]?.code, 'cpu-steal');
  assert.is(pressureFindings(from, { atMs: 11_000, stealMs: 3010, throttledMs: cgroups(70) })[0]?.code, 'throttled');
});

pressure('counters that went back, and no time at all, are no finding', () => {
  assert.equal(pressureFindings(from, { atMs: 11_000, stealMs: 0, throttledMs: cgroups(0) }), []);
  assert.equal(pressureFindings(from, { atMs: 1000, stealMs: 600, throttledMs: cgroups(90) }), []);
});

pressure('a reading of this host has numbers that do not go back', () => {
  const { cpu } = cgroupsOf('self');
  const first = readPressure(cpu);
  const second = readPressure(cpu);
  for (const key of ['atMs', 'stealMs'] as const) {
    assert.ok(Number.isFinite(first[key]) && first[key] >= 0, key);
    assert.ok(second[key] >= first[key], key);
  }
  assert.equal([...first.throttledMs.keys()], cpu);
  for (const [dir, ms] of first.throttledMs) assert.ok(ms >= 0 && (second.throttledMs.get(dir) ?? -1) >= ms, dir);
});

pressure.run();
