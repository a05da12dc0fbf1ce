import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BpftraceOutput } from '../../../agent/collect/bpftrace.ts';
import { FileTail } from '../../../agent/collect/file-tail.ts';
import { findingsOf } from '../../../agent/mechanisms/bpftrace/findings.ts';
import { LAST_BUCKET } from '../../../agent/mechanisms/bpftrace/script.ts';
import { histogramOf } from '../../helpers/findings.ts';
import { freshPath, ROOT } from '../../helpers/preload.ts';
import { random } from '../../helpers/random.ts';

const output = suite('agent/collect bpftrace');

/** printed by bpftrace 0.17.0 */
const CAPTURED = [
  'ERROR: Unknown error -1: couldn\'t set RLIMIT_MEMLOCK for bpftrace. If your program is not loading, you can try "ulimit -l 8192" to fix the problem',
  '{"type": "attached_probes", "data": {"probes": 11}}',
  '{"type": "printf", "data": "HOOKBENCH_LIVE\\n"}',
  '^C',
  '{"type": "map", "data": {"@bytes": {"4242": 8800, "77": 120}}}',
  '{"type": "map", "data": {"@hits": {"4242": 50}}}',
  '{"type": "map", "data": {"@lat": {"4242,511": 60, "4242,512": 39, "4242,1900": 1, "77,3000": 2}}}',
  '{"type": "map", "data": {"@n": {"4242": 100, "77": 2}}}',
].join('\n');

function pushed(...pieces: readonly string[]): BpftraceOutput {
  const made = new BpftraceOutput();
  for (const piece of pieces) made.push(piece);
  return made;
}

const LINES = `${CAPTURED}\n`;

output('maps, marks and text of a real run, however the pieces fall', async () => {
  for (const size of [1, 7, 4096, LINES.length]) {
    const made = new BpftraceOutput();
    const live = made.seen('HOOKBENCH_LIVE');
    for (let at = 0; at < LINES.length; at += size) made.push(LINES.slice(at, at + size));
    await live;
    const { maps, lostEvents } = made.maps();
    assert.equal([...maps.keys()].sort(), ['bytes', 'hits', 'lat', 'n']);
    assert.is(maps.get('n')?.get('4242'), 100);
    assert.is(lostEvents, 0);
    assert.is(made.text(), '^C');
    const [first, second] = findingsOf(made.maps(), [4242, 5]);
    assert.equal(first?.counts, { reads: 100, bytes: 8800, hits: 50 });
    assert.equal(histogramOf(first), { lowNs: [511, 512, 23_296], highNs: [511, 513, 23_359], counts: [60, 39, 1] });
    assert.is(first?.lost, 0);
    assert.equal(second?.counts, { reads: 0, bytes: 0, hits: 0 });
  }
});

output('the example beside the script is what is read', () => {
  const example = readFileSync(join(ROOT, 'hooks', 'bpftrace', 'read_hook.example.txt'), 'latin1');
  const made = pushed(example.replace(/\}\} {2,}.*$/gm, '}}'));
  assert.equal([...made.maps().maps.keys()].sort(), ['bytes', 'eofs', 'hits', 'lat', 'n']);
  assert.equal(findingsOf(made.maps(), [8298])[0]?.counts, { reads: 20_000, bytes: 1_760_000, hits: 10_000 });
  assert.is(histogramOf(findingsOf(made.maps(), [8298])[0]).lowNs[0], 1956);
});

output('what a terminal adds is taken off: returns, an echoed ^C before the data', () => {
  const made = pushed(
    '^C{"type": "map", "data": {"@n": {"1": 2}}}\r\n\r\n{"type": "map", "data": {"@hits": {"1": 1}}}\r\n',
  );
  assert.equal(
    [...made.maps().maps],
    [
      ['n', new Map([['1', 2]])],
      ['hits', new Map([['1', 1]])],
    ],
  );
  assert.is(made.text(), '');
});

output('a histogram of every bucket comes through in pieces', () => {
  const entries = Array.from({ length: LAST_BUCKET + 1 }, (_, bucket) => [`4000001,${bucket}`, 1_000_000 + bucket]);
  const line = `${JSON.stringify({ type: 'map', data: { '@lat': Object.fromEntries(entries) } })}\n`;
  assert.ok(line.length > 2 * 65_536);
  const made = new BpftraceOutput();
  for (let at = 0; at < line.length; at += 4095) made.push(line.slice(at, at + 4095));
  assert.is(made.maps().maps.get('lat')?.size, LAST_BUCKET + 1);
  assert.is(histogramOf(findingsOf(made.maps(), [4_000_001])[0]).counts.length, LAST_BUCKET + 1);
});

output('events that bpftrace lost and reads missing in the histogram are lost', () => {
  const made = pushed(
    `${LINES}{"type": "lost_events", "data": {"events": 3}}\n{"type": "lost_events", "data": {"events": 4}}\n`,
  );
  assert.is(made.maps().lostEvents, 7);
  assert.equal(
    findingsOf(made.maps(), [77, 4242]).map(({ lost }) => lost),
    [7, 0],
  );
  const short = pushed('{"type": "map", "data": {"@n": {"1": 10}}}\n{"type": "map", "data": {"@lat": {"1,5": 4}}}\n');
  assert.is(findingsOf(short.maps(), [1])[0]?.lost, 6);
});

output('reads longer than the window are told apart', () => {
  const made = pushed(
    '{"type": "map", "data": {"@n": {"1": 10, "2": 3}}}\n{"type": "map", "data": {"@cut": {"1": 4}}}\n',
  );
  assert.equal(
    findingsOf(made.maps(), [1, 2]).map(({ cut }) => cut),
    [4, 0],
  );
});

output('hostile values are no counts', () => {
  const made = pushed(
    ...['-1', '1.5', '1e300', '"7"', 'null', '[1]', '{"1":2}'].map(
      (value) => `{"type": "map", "data": {"@n": {"1": ${value}}}}\n`,
    ),
    '{"type": "map", "data": null}\n{"type": "map"}\n{"type": "map", "data": [1, 2]}\n{"type": "map", "data": "x"}\n',
    '{"type": "map", "data": {"@__proto__": {"1": 2}, "@lat": {"1,-1": 3, "1,99999999": 3, "1": 3, "1,2,3": 3, "x,y": 3, "1,1e3": 3}}}\n',
    '{"type": "lost_events", "data": {"events": "many"}}\n{"type": "lost_events"}\n{"type": "lost_events", "data": {"events": -5}}\n',
  );
  assert.is(made.maps().lostEvents, 0);
  const [found] = findingsOf(made.maps(), [1]);
  assert.is(found?.counts.reads, 0);
  assert.ok(histogramOf(found).highNs.every((ns) => ns < 2 ** 32));
  assert.is(({} as { polluted?: number }).polluted, undefined);
});

output('broken lines are kept as text; nothing throws, and little is kept', () => {
  const { uniform } = random(5);
  const int = (below: number) => Math.floor(uniform() * below);
  const made = new BpftraceOutput();
  for (let round = 0; round < 3000; round++) {
    const bytes = Buffer.from(LINES);
    for (let flips = 1 + int(6); flips > 0; flips--) bytes[int(bytes.length)] = int(256);
    made.push(bytes.toString('latin1'));
  }
  assert.ok(made.text().split('\n').length <= 12 && made.text().length <= 12 * 501);
  for (const values of made.maps().maps.values()) {
    for (const value of values.values()) assert.ok(Number.isSafeInteger(value) && value >= 0);
  }
  const said = pushed('{"type": "map", "data": {"@n": \nERROR: Error loading program: tracepoint (try -v)\n');
  assert.match(said.text(), /Error loading program/);
});

output('a file that grows is handed on piece by piece, and is never a link', () => {
  const path = freshPath('tail');
  let text = '';
  const tail = new FileTail(path, (piece) => {
    text += piece;
  });
  tail.read();
  assert.is(text, '');
  for (const piece of ['one\n', 'x'.repeat(600_000), '\nlast\n']) {
    appendFileSync(path, piece);
    tail.read();
    assert.ok(text.endsWith(piece));
  }
  assert.is(text.length, 4 + 600_000 + 6);
  tail.close();
  assert.throws(() => new FileTail(path, () => undefined), /EEXIST/);
});

output.run();
