/** The times in the records against the program's own clock around the same reads. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, runHooked } from '../helpers/preload.ts';
import { readHeader, readRecords } from '../helpers/ring.ts';

const clock = suite('hooks/preload clock');
const NUMBER = { vdso: 1, tsc: 2 } as const;
/** How far `tsc` may be from CLOCK_MONOTONIC, as hooks/README.md says. */
const TSC_ERROR_NS = 1000n;

function timesAgree(name: 'vdso' | 'tsc', errorNs: bigint): void {
  const run = runHooked(compile('preload_times'), ['1000'], { env: { HOOKBENCH_CLOCK: name } });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  assert.is(readHeader(run.ring).clock, NUMBER[name]);
  const around = run.stdout.trimEnd().split('\n');
  const records = readRecords(run.ring);
  assert.is(records.length, around.length);
  for (const [i, { tNs, latencyNs }] of records.entries()) {
    const [before, after] = around[i]!.split(' ').map(BigInt) as [bigint, bigint];
    assert.ok(tNs + errorNs >= before, `read ${i} began ${before - tNs} ns before the program's own clock`);
    assert.ok(tNs + BigInt(latencyNs) <= after + errorNs, `read ${i} ended ${tNs + BigInt(latencyNs) - after} ns late`);
    assert.ok(latencyNs > 0);
  }
}

clock('vdso: every read lies within what the program measures around it', () => timesAgree('vdso', 0n));

const source = readFileSync('/sys/devices/system/clocksource/clocksource0/current_clocksource', 'latin1').trim();
const counter = /\bconstant_tsc\b.*\bnonstop_tsc\b/.test(readFileSync('/proc/cpuinfo', 'latin1'));

if (source === 'tsc' && counter) {
  clock('tsc: the same, to a microsecond, over a second of waiting and reading', () => timesAgree('tsc', TSC_ERROR_NS));

  clock('tsc: times stay right when a signal handler reads in the middle of a read, at every instruction', () => {
    const startNs = process.hrtime.bigint();
    const env = { HOOKBENCH_CLOCK: 'tsc' };
    const run = runHooked(compile('preload_signal'), [], { slots: 1, capacity: 65536, env });
    const endNs = process.hrtime.bigint();
    assert.is(`${run.status} ${run.stderr}`, '0 ');
    const records = readRecords(run.ring);
    assert.ok(records.length > 2000);
    for (const { tNs, latencyNs } of records) {
      assert.ok(
        tNs > startNs && tNs + BigInt(latencyNs) < endNs + TSC_ERROR_NS,
        `${tNs} not in ${startNs} to ${endNs}`,
      );
    }
  });
} else {
  clock('tsc: refused where the kernel does not trust the counter', () => {
    const run = runHooked(compile('preload_times'), ['10'], { env: { HOOKBENCH_CLOCK: 'tsc' } });
    assert.match(run.stderr, /HOOKBENCH_CLOCK tsc: /);
    assert.is(readHeader(run.ring).attached, 0);
  });
}

clock.run();
