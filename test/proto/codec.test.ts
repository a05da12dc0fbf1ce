import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type BenchError, bytesOf, contract, decode, encode, u32Column } from '../../proto/index.ts';
import type { MessageTypes } from '../../proto/messages.ts';
import { random } from '../helpers/random.ts';
import { MESSAGES, RECORD_BODIES, record } from './messages.ts';

const codec = suite('codec');

/** plain comparison: bytes as numbers, whatever class or buffer holds them */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** @returns its code, or throws what is no BenchError */
function codeOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    if ((error as BenchError).name === 'BenchError') return (error as BenchError).code;
    throw error;
  }
}

for (const { kind, message, what } of MESSAGES) {
  codec(`${kind} (${what}) comes back as it went`, () => {
    assert.equal(plain(decode(kind, encode(kind, message))), plain(message));
  });
}

codec('every message type of the contract that crosses the wire on its own is among them', () => {
  const kinds = new Set(MESSAGES.map((m) => m.kind));
  const inModel: (keyof MessageTypes)[] = [
    'AgentMessage',
    'ControllerMessage',
    'Record',
    'Assignment',
    'RunStudyRequest',
    'StudyEvent',
    'ListAgentsRequest',
    'ListAgentsResponse',
    'CancelStudyRequest',
    'CancelStudyResponse',
  ];
  for (const kind of inModel) assert.ok(kinds.has(kind), kind);
  const bodies = contract().lookupType('Record').oneofs.body!.oneof;
  assert.equal(RECORD_BODIES.map(({ body }) => body).sort(), [...bodies].sort());
});

codec('a column is read whatever its alignment, and is not the bytes of another', () => {
  const values = Uint32Array.from([1, 2 ** 32 - 1, 77, 0, 123456789]);
  for (let shift = 0; shift < 8; shift++) {
    for (const buffer of [Buffer.alloc(64, 0xee), new Uint8Array(64).fill(0xee)]) {
      const view = buffer.subarray(shift, shift + 20);
      view.set(bytesOf(values));
      assert.equal([...u32Column(view)], [...values], `${buffer.constructor.name} + ${shift}`);
    }
  }
  assert.throws(() => u32Column(new Uint8Array(7)), /7 bytes is not made of u32/);
  assert.is(u32Column(new Uint8Array(0)).length, 0);
});

codec('columns of a decoded record are right at every alignment the wire gives them', () => {
  const offsets = new Set<number>();
  for (let pad = 0; pad < 8; pad++) {
    const sent = { ...record(RECORD_BODIES[0]!), studyId: 's'.repeat(pad) };
    const got = decode('Record', encode('Record', sent));
    if (got.body !== 'samples' || sent.body !== 'samples') throw new Error('not samples');
    offsets.add(got.samples.latencyNs.byteOffset % 4);
    assert.equal([...u32Column(got.samples.latencyNs)], [...u32Column(sent.samples.latencyNs)]);
    assert.equal([...u32Column(got.samples.dtNs)], [...u32Column(sent.samples.dtNs)]);
  }
  assert.ok(offsets.size > 1, 'some were not aligned');
});

codec('numbers: 2^53-1 passes, above is rejected; t0 keeps all 64 bits', () => {
  const body = { body: 'loss', loss: { hop: 'ring', sut: '', mechanism: '', received: 2 ** 53 - 1, lost: 0 } } as const;
  const bytes = encode('Record', record(body));
  const got = decode('Record', bytes);
  assert.is(got.body === 'loss' && got.loss.received, 2 ** 53 - 1);
  const type = contract().lookupType('Record');
  for (const [low, high, rejected] of [
    [-1, 0x1fffff, false],
    [0, 0x200000, true],
    [-1, -1, true],
  ] as const) {
    const wire = type.encode({ sequence: { low, high, unsigned: true } }).finish();
    assert.is(
      codeOf(() => decode('Record', wire)),
      rejected ? 'bad-message' : '',
    );
  }
  for (const t0Ns of [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    const [first] = RECORD_BODIES;
    if (first?.body !== 'samples') throw new Error('not samples');
    const back = decode('Record', encode('Record', record({ body: 'samples', samples: { ...first.samples, t0Ns } })));
    assert.is(back.body === 'samples' && back.samples.t0Ns, t0Ns);
  }
});

codec('what does not fit is refused by the sender, not sent as something else', () => {
  const loss = { hop: '', sut: '', mechanism: '', received: 0, lost: 0 };
  for (const lost of [-1, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    const sent = record({ body: 'loss', loss: { ...loss, lost } });
    assert.is(
      codeOf(() => encode('Record', sent)),
      'internal',
      String(lost),
    );
  }
  const ask = MESSAGES.find(({ kind }) => kind === 'RunStudyRequest')!.message as MessageTypes['RunStudyRequest'];
  for (const requests of [2 ** 32, -1, 0.5]) {
    assert.is(
      codeOf(() => encode('RunStudyRequest', { ...ask, requests })),
      'internal',
      String(requests),
    );
  }
  assert.is(
    codeOf(() => encode('RunStudyRequest', { ...ask, requests: 2 ** 32 - 1, marginNs: 0.5 })),
    '',
  );
});

codec('absent fields have their defaults; an absent message, and an absent body, are not there', () => {
  const empty = decode('RunStudyRequest', new Uint8Array(0));
  assert.equal([empty.suts, empty.action, empty.requests, empty.seedFixed, empty.marginNs], [[], '', 0, false, 0]);
  assert.equal(plain(decode('Assignment', new Uint8Array(0))), {
    studyId: '',
    assignmentId: '',
    fork: 0,
    condition: '',
    action: '',
    keywords: [],
    requestBytes: 0,
    instances: [],
    steps: [],
    functions: [],
    blockErrno: '',
  });
  assert.equal(decode('AgentMessage', new Uint8Array(0)), {} as never);
  const type = contract().lookupType('Record');
  const bare = decode('Record', type.encode({ samples: {} }).finish());
  if (bare.body !== 'samples') throw new Error('not samples');
  assert.equal([bare.sequence, bare.samples.n, bare.samples.t0Ns, bare.samples.place], [0, 0, 0n, undefined]);
  for (const column of [bare.samples.dtNs, bare.samples.arm]) assert.ok(column instanceof Uint8Array);
});

codec('one body only: the tag decides what is written, and the last on the wire what is read', () => {
  const [, , , loss, note] = RECORD_BODIES;
  const both = { ...record(note!), ...loss } as MessageTypes['Record'];
  assert.equal(plain(decode('Record', encode('Record', both))), plain(record(loss!)));
  const type = contract().lookupType('Record');
  const first = type.encode({ sequence: 3, note: { code: 'a' } }).finish();
  const second = type.encode({ loss: { hop: 'ring' } }).finish();
  const got = decode('Record', Buffer.concat([first, second]));
  assert.is(got.body, 'loss');
  assert.not('note' in got);
});

codec('an enum word that is not known is refused by the sender, an enum number by the receiver', () => {
  const step = { index: 0, block: 0, phase: 'lunch', design: 'sliced', attach: '', slices: [] };
  const assignment = {
    ...decode('Assignment', new Uint8Array(0)),
    steps: [step],
  } as unknown as MessageTypes['Assignment'];
  assert.is(
    codeOf(() => encode('Assignment', assignment)),
    'internal',
  );
  const wire = contract()
    .lookupType('Assignment')
    .encode({ steps: [{ phase: 77 }] })
    .finish();
  assert.is(
    codeOf(() => decode('Assignment', wire)),
    'bad-message',
  );
});

codec('24,000 mutations of real messages give a message or bad-message, nothing else', () => {
  const { uniform } = random(20261123);
  const below = (n: number) => Math.floor(n * uniform());
  const originals = MESSAGES.map(({ kind, message }) => ({ kind, bytes: encode(kind, message) }));
  const outcomes = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const { kind, bytes } = originals[below(originals.length)]!;
    let mutated = Buffer.from(bytes);
    for (let k = below(4); k >= 0 && mutated.length > 0; k--) {
      const at = below(mutated.length);
      const how = below(5);
      if (how === 0) mutated[at] = below(256);
      else if (how === 1) mutated[at]! ^= 1 << below(8);
      else if (how === 2) mutated = mutated.subarray(0, at);
      else if (how === 3)
        mutated = Buffer.concat([mutated.subarray(0, at), Buffer.from([below(256)]), mutated.subarray(at)]);
      else mutated = Buffer.concat([mutated, originals[below(originals.length)]!.bytes.subarray(0, at)]);
    }
    const code = codeOf(() => decode(kind, mutated));
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  }
  assert.equal([...outcomes.keys()].sort(), ['', 'bad-message']);
  assert.ok([...outcomes.values()].every((count) => count > 1000));
});

codec.run();
