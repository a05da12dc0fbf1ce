import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FRAME_KIND,
  FrameError,
  FrameParser,
  type GeneratorFrame,
  HEADER_BYTES,
  MAGIC,
} from '../../../agent/load/frames.ts';

type Fields = {
  magic?: number;
  kind: number;
  step?: number;
  t0Ns?: bigint;
  samples?: number;
  bytes?: number;
  odd?: boolean;
};

/** A frame by the table in agent/load/README.md, written independently of the code under test. */
function frame(f: Fields, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(f.magic ?? 0x314c4248, 0);
  header.writeUInt16LE(f.kind, 4);
  header.writeUInt16LE(f.odd ? 1 : 0, 6);
  header.writeUInt32LE(f.step ?? 0, 8);
  header.writeUInt32LE(f.bytes ?? payload.length, 12);
  header.writeBigUInt64LE(f.t0Ns ?? 0n, 16);
  header.writeUInt32LE(f.samples ?? 0, 24);
  return Buffer.concat([header, payload]);
}

function samplesPayload(n: number): Buffer {
  const payload = Buffer.alloc(10 * n);
  for (let i = 0; i < n; i++) {
    payload.writeUInt32LE(1000 * i, 4 * i);
    payload.writeUInt32LE(0xffffffff - i, 4 * n + 4 * i);
    payload[8 * n + i] = i % 64;
    payload[9 * n + i] = i % 4;
  }
  return payload;
}

const counters = Buffer.alloc(80);
counters.writeUInt32LE(5, 0);
counters.writeUInt32LE(2, 4);
[10n, 880n, 4n, 760n, 9n, 2n, 6n, 1n, 3n].forEach((value, i) => {
  counters.writeBigUInt64LE(value, 8 + 8 * i);
});
const ready = frame({ kind: 1 }, Buffer.from('hookbench-load 0.1.0 busy-poll cpu=0'));
const samples = frame({ kind: 2, step: 7, t0Ns: 2n ** 60n, samples: 300 }, samplesPayload(300));
const stream = Buffer.concat([
  ready,
  samples,
  frame({ kind: 3, step: 7 }, counters),
  frame({ kind: 4, step: 8 }, Buffer.from('é')),
]);

function refusal(bytes: Buffer): FrameError {
  const parser = new FrameParser();
  try {
    parser.push(bytes);
  } catch (error) {
    assert.instance(error, FrameError);
    assert.throws(() => parser.push(ready), /byte/, 'takes no more input after an error');
    assert.throws(() => parser.end(), /byte/);
    return error as FrameError;
  }
  throw new Error('was not refused');
}

const frames = suite('load frames');

frames('read back what the protocol says', () => {
  const got = new FrameParser().push(stream);
  assert.equal(
    got.map((f) => f.kind),
    ['ready', 'samples', 'done', 'error'],
  );
  const [, second, third, fourth] = got as [GeneratorFrame, GeneratorFrame, GeneratorFrame, GeneratorFrame];
  assert.ok(second.kind === 'samples');
  assert.is(second.samples.step, 7);
  assert.is(second.samples.t0Ns, 2n ** 60n);
  assert.is(second.samples.dtNs[299], 299_000);
  assert.is(second.samples.latencyNs[299], 0xffffffff - 299);
  assert.is(second.samples.target[65], 1);
  assert.is(second.samples.flags[3], 3);
  const expected = {
    target: 5,
    reconnects: 2,
    requests: 10,
    bytesSent: 880,
    hitsSent: 4,
    bytesReceived: 760,
    units: 9,
    refused: 2,
    served: 6,
    leaked: 1,
    denied: 3,
  };
  assert.equal(third, { kind: 'done', step: 7, counters: [expected] });
  assert.equal(fourth, { kind: 'error', step: 8, text: 'é' });
});

frames('the same for every chunk size', () => {
  const whole = new FrameParser().push(stream);
  for (const size of [1, 2, 3, 5, 31, 32, 33, 1000, stream.length]) {
    const parser = new FrameParser();
    const got: GeneratorFrame[] = [];
    for (let at = 0; at < stream.length; at += size) got.push(...parser.push(stream.subarray(at, at + size)));
    parser.end();
    assert.equal(got, whole, `chunks of ${size}`);
  }
});

frames('own their memory: a reused chunk changes nothing', () => {
  const chunk = Buffer.from(samples);
  const [got] = new FrameParser().push(chunk);
  chunk.fill(0xff);
  assert.ok(got?.kind === 'samples');
  assert.is(got.samples.dtNs[1], 1000);
  assert.is(got.samples.target[1], 1);
});

frames('an end within a frame is said', () => {
  const parser = new FrameParser();
  parser.push(Buffer.concat([ready, samples.subarray(0, 100)]));
  assert.throws(() => parser.end(), new RegExp(`byte ${ready.length}: ended within a frame, 100 bytes`));
});

frames('hostile headers are refused before anything is kept', () => {
  const hostile: [string, Buffer, RegExp][] = [
    ['magic', frame({ kind: 1, magic: 0x41414141 }), /no frame starts here/],
    ['magic from 4 bytes', Buffer.from('GET '), /no frame starts here/],
    ['kind', frame({ kind: 6 }), /kind 6 is unknown/],
    ['kind 0', frame({ kind: 0 }), /kind 0 is unknown/],
    ['reserved', frame({ kind: 1, odd: true }), /reserved/],
    ['huge text', frame({ kind: 4, bytes: 0xffffffff }), /4294967295 bytes of text/],
    ['huge counters', frame({ kind: 3, bytes: 80 * 65 }), /bytes of counters/],
    ['odd counters', frame({ kind: 3, bytes: 79 }), /bytes of counters/],
    ['too many samples', frame({ kind: 2, samples: 8193, bytes: 81_930 }), /8193 samples/],
    ['no samples', frame({ kind: 2, samples: 0 }), /0 samples/],
    ['length unlike n', frame({ kind: 2, samples: 2, bytes: 19 }), /19 bytes for 2 samples/],
    ['n in text', frame({ kind: 1, samples: 1 }), /claims samples/],
  ];
  for (const [name, bytes, message] of hostile) assert.match(refusal(bytes).message, message, name);
});

frames('hostile payloads are refused', () => {
  const strange = (at: number, value: number): Buffer => {
    const payload = samplesPayload(2);
    payload[at] = value;
    return frame({ kind: 2, samples: 2 }, payload);
  };
  assert.match(refusal(strange(16, 64)).message, /target above 63/);
  assert.match(refusal(strange(19, 4)).message, /unknown flags/);
  const huge = Buffer.from(counters);
  huge.writeBigUInt64LE(2n ** 53n, 8);
  assert.match(refusal(frame({ kind: 3 }, huge)).message, /above 2\^53/);
  huge.writeUInt32LE(64, 0);
  assert.match(refusal(frame({ kind: 3 }, huge)).message, /counters of target 64/);
});

frames('an error says where, counted over all chunks', () => {
  const parser = new FrameParser();
  parser.push(ready);
  try {
    parser.push(Buffer.concat([ready, Buffer.from('garbage')]));
    assert.unreachable();
  } catch (error) {
    assert.is((error as FrameError).offsetBytes, 2 * ready.length);
  }
});

frames('random bytes never do anything but fail as FrameError', () => {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed >>> 16;
  };
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(stream);
    for (let k = 0; k < 3; k++) bytes[random() % bytes.length] = random() & 0xff;
    const parser = new FrameParser();
    try {
      for (let at = 0; at < bytes.length; at += 700) parser.push(bytes.subarray(at, at + 700));
      parser.end();
    } catch (error) {
      assert.instance(error, FrameError);
    }
  }
  assert.is(MAGIC, 0x314c4248);
  assert.is(HEADER_BYTES, 32);
  assert.is(FRAME_KIND.partial, 5);
});

frames.run();
