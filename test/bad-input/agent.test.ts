/** A real agent under a hostile controller, and its collectors under hostile rings and output, in short. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BpftraceOutput } from '../../agent/collect/bpftrace.ts';
import { decodeRecord, isPossible, RECORD_BYTES } from '../../agent/collect/ring-record.ts';
import { LastLines } from '../../agent/process/last-lines.ts';
import { fuzzAgent } from './agent/agent-fuzz.ts';
import { fuzzBpftrace } from './agent/bpftrace-fuzz.ts';
import { fuzzRing } from './agent/ring-fuzz.ts';

const SEED = 20_261_123;
const agent = suite('bad input: agent');

agent('mutated messages of a controller: nothing of them runs, and an ordinary assignment follows', async () => {
  const report = await fuzzAgent({ seed: SEED, messages: 250, unreadable: 3 });
  assert.equal(report.wrong, []);
  assert.is(report.lastEnd, 'complete');
  assert.ok(report.hellos > report.unreadable, 'it came back each time');
});

agent('a ring that another process scribbles into all the time', async () => {
  const report = await fuzzRing({ seconds: 2 });
  assert.equal(report.wrong, []);
  assert.ok(report.records > 0 && report.writes > 100, JSON.stringify(report));
});

agent('forged output of bpftrace', async () => {
  const outcomes = await fuzzBpftrace({ seed: SEED, cases: 1_000 });
  assert.equal([...outcomes.crashes.values()], []);
  assert.is(outcomes.taken, 1_000);
});

agent('a record of an impossible time or keyword is none of the ring', () => {
  const bounds = { sinceNs: 10_000_000_000n, nowNs: 20_000_000_000n, keywords: 3 };
  const record = (atNs: bigint, latencyNs: number, keyword: number) => {
    const bytes = Buffer.alloc(RECORD_BYTES);
    bytes.writeBigUInt64LE(atNs, 0);
    bytes.writeUInt32LE(latencyNs, 8);
    bytes.writeUInt16LE(keyword, 28);
    return isPossible(decodeRecord(bytes, 0), bounds);
  };
  const within = [record(15_000_000_000n, 900, 2), record(9_500_000_000n, 900, 0xffff)];
  assert.equal(within, [true, true]);
  const without = [record(0n, 900, 0), record(2n ** 64n - 1n, 0, 0), record(15_000_000_000n, 900, 3)];
  assert.equal([...without, record(20_000_000_000n, 2 ** 32 - 1, 0)], [false, false, false, false]);
});

agent('a printf whose data is an object does not throw, and long lines, maps and keys are bounded', () => {
  const output = new BpftraceOutput();
  output.push('{"type":"printf","data":{"toString":1}}\n');
  output.push(`{"type":"printf","data":"${'x'.repeat(100_000)}"}\n`);
  const maps = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`@m${i}`, { 1: 1 }]));
  output.push(`${JSON.stringify({ type: 'map', data: maps })}\n`);
  const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [i, 1]));
  output.push(`${JSON.stringify({ type: 'map', data: { '@m1': keys } })}\n`);
  output.push(`${JSON.stringify({ type: 'map', data: { '@m2': { 1: 2 ** 53 - 1, 2: 2 ** 48 } } })}\n`);
  assert.is(output.printed()[0]?.length, 4096);
  assert.is(output.maps().maps.size, 64);
  assert.is(output.maps().maps.get('m1')?.size, 65_536);
  assert.equal([...(output.maps().maps.get('m2') ?? [])], [['2', 2 ** 48]]);
});

agent('of a line that does not end only the last characters are kept', () => {
  const lines: string[] = [];
  const last = new LastLines(10, 1_000);
  last.onLine((line) => lines.push(line));
  for (let i = 0; i < 5_000; i++) last.push('0123456789');
  last.push('end\r\nnext');
  assert.is(lines.length, 1);
  assert.is(lines[0]?.length, 1_000);
  assert.match(lines[0] ?? '', /789end$/);
  assert.match(last.text(), /next$/);
});

agent.run();
