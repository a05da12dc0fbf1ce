import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Blocking,
  decode,
  encode,
  type MeasurementRecord,
  type Observation,
  type Place,
  type RecordBody,
  type Samples,
  type Traces,
} from '#proto';
import { checkRecord } from '../../../controller/ingest/validate.ts';
import { PLACE } from '../../helpers/stored.ts';
import { END, fact, forkSeen, LIMITS, missing, PATH, READS, TENANTS } from '../store/observation-fixture.ts';

const samples = (n: number, over: Partial<Samples> = {}): RecordBody => {
  const columns = { dtNs: 4 * n, latencyNs: 4 * n, arm: n, flags: n };
  const made = Object.fromEntries(Object.entries(columns).map(([name, size]) => [name, new Uint8Array(size)]));
  return { body: 'samples', samples: { place: PLACE, t0Ns: 0n, n, ...made, ...over } as Samples };
};
const histogram = (lowNs: number[], highNs: number[], counts: number[]): RecordBody => ({
  body: 'histogram',
  histogram: { place: PLACE, mechanism: 'bpftrace', lowNs, highNs, counts },
});
const COUNTS = { expectedReads: 1, seenReads: 1, expectedBytes: 1, seenBytes: 1, expectedHits: 1, seenHits: 1 };
const parity = (place: Place): RecordBody => ({
  body: 'parity',
  parity: { place, mechanism: 'm', source: 'load', ...COUNTS },
});
const traces = (n: number, over: Partial<Traces> = {}): RecordBody => {
  const columns = { atNs: 8 * n, pid: 4 * n, fd: 4 * n, keyword: 4 * n };
  const made = Object.fromEntries(Object.entries(columns).map(([name, size]) => [name, new Uint8Array(size)]));
  return { body: 'traces', traces: { place: PLACE, mechanism: 'm', n, dropped: 0, ...made, ...over } as Traces };
};
const blocking = (over: Partial<Blocking> = {}): RecordBody => ({
  body: 'blocking',
  blocking: { place: PLACE, mechanism: 'm', refused: 1, served: 2, leaked: 0, denied: 0, ...over },
});
const seen = (over: Partial<Observation> = {}): RecordBody => ({ body: 'observation', observation: forkSeen(over) });
const census = (over: object): RecordBody =>
  seen({ reads: { ...READS, calls: [{ call: 'read', kind: 'socket', calls: 1, bytes: 1, ...over }] } });
const limits = (name: string, value: unknown): RecordBody => seen({ limits: { ...LIMITS, [name]: value } });
const tenants = (name: string, value: unknown): RecordBody => seen({ tenants: { ...TENANTS, [name]: value } });
const LONG = 'x'.repeat(201);
const many = (n: number): string[] => new Array(n).fill('x');
const end = (detail: string): RecordBody => ({
  body: 'end',
  end: { status: 'failed', code: 'internal', message: '', nextStep: '', detail },
});
const note = (detail: string): RecordBody => ({ body: 'note', note: { code: 'x', detail } });

/** as it comes off the wire */
const check = (body: RecordBody, sequence = 1) => {
  const record = { sequence, studyId: 's', assignmentId: 'a', ...body } as MeasurementRecord;
  checkRecord(decode('Record', encode('Record', record)));
};

const validate = suite('validate records');

for (const [name, body] of Object.entries({
  samples: samples(3),
  'no samples': samples(0),
  'the most samples': samples(65_536),
  histogram: histogram([0, 1], [0, 1], [5, 0]),
  traces: traces(3),
  'nothing but dropped matches': traces(0, { dropped: 9 }),
  blocking: blocking(),
  parity: parity(PLACE),
  loss: { body: 'loss', loss: { hop: 'ring', sut: '', mechanism: '', received: 1, lost: 0 } },
  observation: seen(),
  'an observation with reasons instead of facts': seen({
    limits: { ...LIMITS, ioPressureShare: missing('no /proc/pressure') },
    path: { ...PATH, acceptedBy: '', route: '', missing: many(64) },
    reads: { requests: 0, calls: [], missing: 'no bpftrace' },
  }),
  'an observation of nobody': {
    body: 'observation',
    observation: { ...forkSeen(), loadEnd: undefined, sutEnd: undefined, reads: undefined } as unknown as Observation,
  },
  'the most counts': census({ calls: 2 ** 53 - 1, bytes: 2 ** 53 - 1 }),
  note: note('x'),
  end: end('x'),
} satisfies Record<string, RecordBody>)) {
  validate(`accepted: ${name}`, () => check(body));
}

for (const [name, body, pattern] of [
  ['too many samples', samples(65_537), /columns/],
  ['a short dt column', samples(3, { dtNs: new Uint8Array(8) }), /n = 3/],
  ['a latency column of odd bytes', samples(3, { latencyNs: new Uint8Array(13) }), /n = 3/],
  ['a long arm column', samples(3, { arm: new Uint8Array(4) }), /n = 3/],
  ['no flags', samples(3, { flags: new Uint8Array(0) }), /n = 3/],
  ['a short time column of matches', traces(3, { atNs: new Uint8Array(16) }), /n = 3/],
  ['a long pid column', traces(3, { pid: new Uint8Array(16) }), /n = 3/],
  ['no descriptors', traces(3, { fd: new Uint8Array(0) }), /n = 3/],
  ['keywords of odd bytes', traces(3, { keyword: new Uint8Array(13) }), /n = 3/],
  ['too many matches', traces(65_537), /columns/],
  ['matches of no mechanism', traces(1, { mechanism: '' }), /a name that is empty/],
  ['matches without design', traces(1, { place: { ...PLACE, design: 'unspecified' } }), /without phase, design/],
  ['blocking of no mechanism', blocking({ mechanism: '' }), /a name that is empty/],
  ['uneven buckets', histogram([0, 1], [0], [5, 0]), /histogram/],
  ['uneven counts', histogram([0], [0], []), /histogram/],
  ['counts below 0', histogram([0], [0], [-1]), /histogram/],
  ['counts that are no number', histogram([0], [0], [Number.NaN]), /histogram/],
  ['counts without end', histogram([0], [0], [Number.POSITIVE_INFINITY]), /histogram/],
  ['bucket ends that are no number', histogram([Number.NaN], [0], [1]), /histogram/],
  ['too many buckets', histogram(...([0, 0, 0].map(() => new Array(100_001).fill(0)) as [[], [], []])), /histogram/],
  ['no phase', parity({ ...PLACE, phase: 'unspecified' }), /without phase/],
  ['no design', parity({ ...PLACE, design: 'unspecified' }), /without phase, design/],
  ['no vantage', samples(1, { place: { ...PLACE, vantage: 'unspecified' } }), /vantage/],
  ['an overlong SUT', parity({ ...PLACE, sut: 'x'.repeat(201) }), /overlong name/],
  ['an overlong condition', parity({ ...PLACE, condition: 'x'.repeat(201) }), /overlong name/],
  ['an observation of no SUT', seen({ sut: '' }), /a name that is empty/],
  ['an observation in an overlong condition', seen({ condition: LONG }), /overlong/],
  ['an observation without its path', seen({ path: undefined as never }), /without its path, tenants or limits/],
  ['an observation without its tenants', seen({ tenants: undefined as never }), /without its path, tenants or/],
  ['an observation without its limits', seen({ limits: undefined as never }), /without its path, tenants or limits/],
  ['a measured time below 0', seen({ measuredMs: -1 }), /an amount/],
  ['a sliced time without end', seen({ slicedMs: Number.POSITIVE_INFINITY }), /an amount/],
  ['an overlong pod of the load', seen({ loadEnd: { ...END, pod: LONG } }), /overlong name/],
  ['an overlong namespace of the SUT', seen({ sutEnd: { ...END, cgroupNamespace: LONG } }), /overlong name/],
  ['an overlong acceptor', seen({ path: { ...PATH, acceptor: LONG } }), /overlong name/],
  ['an overlong device', seen({ path: { ...PATH, device: LONG } }), /overlong name/],
  ['an overlong kind of device', seen({ path: { ...PATH, deviceKind: LONG } }), /overlong name/],
  ['an acceptor in another word', seen({ path: { ...PATH, acceptedBy: 'me' } }), /words that are not known/],
  ['a route in another word', seen({ path: { ...PATH, route: 'air' } }), /words that are not known/],
  ['too many proxies', seen({ path: { ...PATH, meshProxies: many(65) } }), /overlong list/],
  ['too many reasons', seen({ path: { ...PATH, missing: many(65) } }), /overlong list/],
  ['an overlong reason', seen({ path: { ...PATH, missing: ['x'.repeat(16_385)] } }), /overlong text/],
  ['too many foreign programs', tenants('foreign', many(65)), /overlong list/],
  ...['stealShare', 'foreignCpuShare', 'cpuPressureShare'].flatMap(
    (name) =>
      [
        [`${name} that is no number`, tenants(name, fact(Number.NaN)), /an amount/],
        [`no ${name}`, tenants(name, undefined), /leaves a fact out/],
      ] as [string, RecordBody, RegExp][],
  ),
  ...Object.keys(LIMITS).flatMap(
    (name) =>
      [
        [`${name} below 0`, limits(name, fact(-0.1)), /an amount/],
        [`no ${name}`, limits(name, undefined), /leaves a fact out/],
      ] as [string, RecordBody, RegExp][],
  ),
  ['an overlong reason of a fact', limits('memoryEvents', missing('x'.repeat(16_385))), /overlong text/],
  ['a census of another call', census({ call: 'write' }), /calls that are not known/],
  ['a census of another kind', census({ kind: 'tape' }), /calls that are not known/],
  [
    'a census with too many calls',
    seen({ reads: { ...READS, calls: new Array(65).fill(READS.calls[0]) } }),
    /overlong/,
  ],
  ['an overlong reason of a census', seen({ reads: { ...READS, missing: 'x'.repeat(16_385) } }), /overlong text/],
  ['an overlong note', note('x'.repeat(16_385)), /overlong text/],
  ['an overlong end', end('x'.repeat(16_385)), /overlong text/],
] as const) {
  validate(`refused: ${name}`, () => {
    assert.throws(
      () => check(body),
      (error: Error & { code?: string }) => error.code === 'bad-message' && pattern.test(error.message),
    );
  });
}

validate('refused: counts that are broken or past 2^53, should the codec let them through', () => {
  const bare = (body: RecordBody) => checkRecord({ sequence: 1, studyId: 's', assignmentId: 'a', ...body });
  for (const calls of [-1, 0.5, 2 ** 53]) {
    assert.throws(() => bare(census({ calls })), /a count/);
    assert.throws(() => bare(census({ bytes: calls })), /a count/);
    assert.throws(() => bare(seen({ reads: { ...READS, requests: calls } })), /a count/);
  }
});

validate('refused: no sequence, no body, no place', () => {
  assert.throws(() => check(note('x'), 0), /without sequence/);
  assert.throws(() => checkRecord({ sequence: 1 } as MeasurementRecord), /without body/);
  const bare = { ...parity(PLACE), parity: { mechanism: 'm', source: 'load', ...COUNTS } } as RecordBody;
  assert.throws(() => check(bare), /without its place/);
});

validate.run();
