// Records of samples have a codec of their own: held here against the one that works from the .proto files.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, decodeAny, encode, encodeAny } from '../../proto/codec.ts';
import { type MeasurementRecord, type Place, u32Column } from '../../proto/index.ts';
import { decodeSamples } from '../../proto/sample-codec.ts';
import { random } from '../helpers/random.ts';

const codecs = suite('the two codecs of samples');

const { uniform } = random(20261123);
const below = (n: number) => Math.floor(n * uniform());
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)]!;
const bytes = (n: number) => Uint8Array.from({ length: n }, () => below(256));
const text = () =>
  oneOf(['', 'a', '\ufeffbom', 'java-hello', 'µs 日本 🙂', '\0\x7f', 'x'.repeat(127), 'y'.repeat(20_000)]);
const u32 = () => oneOf([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1, below(2 ** 32)]);

function randomRecord(): MeasurementRecord {
  const place: Place = {
    ...{ sut: text(), condition: text(), fork: u32(), block: u32(), step: u32() },
    phase: oneOf(['unspecified', 'warmup', 'measure', 'census', 'void', 'bystander']),
    design: oneOf(['unspecified', 'alternated', 'sliced']),
    vantage: oneOf(['unspecified', 'client', 'caller', 'interposer', 'kernel']),
  };
  const n = oneOf([0, 1, 5, 31, 32, 4096, below(300)]);
  const columns = { dtNs: bytes(4 * n), latencyNs: bytes(4 * n), arm: bytes(n), flags: bytes(n) };
  const t0Ns = oneOf([0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n, BigInt(below(2 ** 48))]);
  const sequence = oneOf([0, 1, 127, 128, 2 ** 32, 2 ** 49, 2 ** 53 - 1]);
  return { sequence, studyId: text(), assignmentId: text(), body: 'samples', samples: { place, t0Ns, n, ...columns } };
}

/** comparable, whatever class holds the bytes and in whatever order the fields are */
function plain(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${name}: ${plain(inner)}`).join(', ')}}`;
}

codecs('1,000 random records: each reads what the other wrote, as a record and within a message', () => {
  for (let i = 0; i < 1000; i++) {
    const record = randomRecord();
    const [own, any] = [encode('Record', record), encodeAny('Record', record)];
    assert.is(plain(decodeAny('Record', own)), plain(record), `record ${i}: written by its own codec`);
    assert.is(plain(decode('Record', any)), plain(record), `record ${i}: written by reflection`);
    assert.is(plain(decodeSamples(own)), plain(record), `record ${i}: its own codec does not know its own form`);
    const message = { body: 'record', record } as const;
    assert.is(plain(decodeAny('AgentMessage', encode('AgentMessage', message))), plain(message), `message ${i}`);
  }
});

codecs('20,000 mutated records: what the short way reads is what reflection reads', () => {
  let read = 0;
  let original = Buffer.alloc(0);
  for (let i = 0; i < 20_000; i++) {
    if (i % 20 === 0) original = Buffer.from(encode('Record', smallRecord()));
    const mutated = Buffer.from(original);
    for (let k = below(3); k >= 0; k--) mutated[below(mutated.length)] = below(256);
    const end = uniform() < 0.2 ? below(mutated.length) : mutated.length;
    const samples = decodeSamples(mutated.subarray(0, end));
    if (samples === null) continue;
    read += 1;
    assert.is(plain(samples), plain(decodeAny('Record', mutated.subarray(0, end))));
  }
  assert.ok(read > 1000 && read < 19_000, `${read} could be read`);
});

/** few bytes of columns, so that mutations hit the fields around them */
function smallRecord(): MeasurementRecord {
  const record = randomRecord();
  if (record.body !== 'samples') return record;
  const columns = { n: 2, dtNs: bytes(8), latencyNs: bytes(8), arm: bytes(2), flags: bytes(2) };
  const place = { ...record.samples.place, sut: 's', condition: 'µ' };
  return { ...record, studyId: 'st', assignmentId: 'a/b', samples: { ...record.samples, ...columns, place } };
}

codecs('columns are views of what was received, right at every alignment', () => {
  for (let pad = 0; pad < 8; pad++) {
    const record = { ...smallRecord(), studyId: 's'.repeat(pad) };
    const wire = encode('Record', record);
    const got = decodeSamples(wire);
    if (record.body !== 'samples' || got === null) throw new Error('not samples');
    assert.is(got.samples.latencyNs.buffer, wire.buffer);
    assert.equal([...u32Column(got.samples.latencyNs)], [...u32Column(record.samples.latencyNs)]);
  }
});

codecs('what does not fit is refused by both, and an unknown word too', () => {
  const good = smallRecord();
  if (good.body !== 'samples') throw new Error('not samples');
  const { samples } = good;
  const place = (o: object) => ({ ...good, samples: { ...samples, place: { ...samples.place, ...o } } });
  const bad = [
    { ...good, sequence: -1 },
    { ...good, sequence: 2 ** 53 },
    place({ fork: 2 ** 32 }),
    place({ step: 0.5 }),
  ];
  for (const record of [...bad, place({ phase: 'lunch' }), { ...good, samples: { ...samples, n: Number.NaN } }]) {
    for (const write of [encode, encodeAny]) {
      assert.throws(() => write('Record', record as MeasurementRecord), /does not fit uint|is not a Phase/);
    }
  }
});

codecs.run();
