import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encode, type MeasurementRecord, type RecordBody } from '#proto';
import { recordHead } from '../../../controller/store/record-head.ts';
import { PLACE } from '../../helpers/stored.ts';

const columns = (n: number) => ({
  ...{ dtNs: new Uint8Array(4 * n), latencyNs: new Uint8Array(4 * n) },
  ...{ arm: new Uint8Array(n).fill(255), flags: new Uint8Array(n) },
});
const BODIES: readonly RecordBody[] = [
  { body: 'samples', samples: { place: PLACE, t0Ns: 2n ** 63n, n: 300, ...columns(300) } },
  { body: 'samples', samples: { place: PLACE, t0Ns: 0n, n: 0, ...columns(0) } },
  { body: 'histogram', histogram: { place: PLACE, mechanism: 'm', lowNs: [0.5], highNs: [7], counts: [2 ** 40] } },
  { body: 'loss', loss: { hop: 'ring', sut: '', mechanism: '', received: 2 ** 52, lost: 0 } },
  { body: 'note', note: { code: 'c', detail: 'd'.repeat(5000) } },
  { body: 'end', end: { status: 'complete', code: '', message: '', nextStep: '', detail: '' } },
];
const bytesOf = (sequence: number, body: RecordBody): Buffer =>
  encode('Record', { sequence, studyId: 's', assignmentId: 's/n/process/0', ...body } as MeasurementRecord);

const head = suite('head of a stored record');

head('says of every kind of record what decoding says', () => {
  for (const body of BODIES) {
    for (const sequence of [1, 127, 128, 2 ** 32, 2 ** 53 - 1]) {
      const samples = body.body === 'samples' ? body.samples.n : 0;
      assert.equal(recordHead(bytesOf(sequence, body)), { sequence, body: body.body, samples });
    }
  }
});

head('a kind this version does not know is no damage', () => {
  assert.equal(recordHead(Buffer.from([0x08, 5, 0xfa, 1, 2, 1, 2])), { sequence: 5, body: null, samples: 0 });
});

head('bytes that are no record are refused, cut off anywhere', () => {
  const whole = bytesOf(300, BODIES[0] as RecordBody);
  const refused = (error: Error & { code?: string }) => error.code === 'bad-message';
  for (let end = 0; end < whole.length; end += end < 40 ? 1 : 97) {
    // between two fields the cut is not seen: the sequence stands first
    try {
      assert.is(recordHead(whole.subarray(0, end)).sequence, 300);
    } catch (error) {
      assert.ok(refused(error as Error), String(error));
    }
  }
  for (const bytes of [[], [0x08], [0x0b], [0x12, 0], [0x08, 1, 0x22, 200], Array(11).fill(0xff)]) {
    assert.throws(() => recordHead(Buffer.from(bytes)), refused, bytes.join());
  }
});

head.run();
