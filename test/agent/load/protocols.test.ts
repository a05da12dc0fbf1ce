// What stands around a payload, and where a response ends, in every protocol but HTTP; both generators against servers that follow a script.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type LoadGenerator, startGenerator } from '../../../agent/load/generator.ts';
import { buildPayloads, PayloadError } from '../../../agent/load/payload.ts';
import { repliesOf, templateFor, wrapped } from '../../../agent/load/protocols.ts';
import type { ResponseRule } from '../../../agent/load/types.ts';
import { DEFAULT_KEYWORDS, readKeywords } from '../../../controller/cli/keywords.ts';
import { BINARY, build, failure, spawnPort, startServer } from './support.ts';

await build('agent/load/native');

const words = (...texts: string[]): Uint8Array[] => texts.map((text) => Buffer.from(text, 'latin1'));
const RULES = ['resp', 'memcached', 'postgres'] as const;

const spelling = suite('requests around a payload');

for (const rule of RULES) {
  spelling(`${rule}: with the default list no keyword in one request and one in the other, of the same length`, () => {
    const list = readKeywords(DEFAULT_KEYWORDS);
    for (const lengthBytes of [60, 88, 1400]) {
      const payloads = buildPayloads(list, { lengthBytes });
      const template = templateFor(rule, payloads, list);
      const [miss, hit] = [wrapped(template, payloads.miss), wrapped(template, payloads.hit)];
      assert.is(miss.length, hit.length);
      assert.equal(
        list.filter((word) => miss.includes(Buffer.from(word))),
        [],
      );
      assert.equal(
        list.filter((word) => hit.includes(Buffer.from(word))).map((word) => Buffer.from(word).toString('latin1')),
        [payloads.keyword],
      );
    }
  });
}

spelling('the bytes are those of the protocols', () => {
  const list = words('evil');
  const payloads = buildPayloads(list, { lengthBytes: 60 });
  const of = (rule: ResponseRule) => wrapped(templateFor(rule, payloads, list), payloads.miss).toString('latin1');
  const value = Buffer.from(payloads.miss).toString('latin1');
  assert.is(of('resp'), `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$60\r\n${value}\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`);
  assert.is(of('memcached'), `set k 0 0 60\r\n${value}\r\nget k\r\n`);
  assert.is(of('postgres'), `Q\0\0\0\x4cSELECT $$${value}$$\0`, 'its length counts all but the type');
  assert.is(of('http'), value);
});

spelling('a word of the protocol on the list is spelt otherwise, or named as what is in the way', () => {
  const spelt = (rule: ResponseRule, ...list: string[]) => {
    const payloads = buildPayloads(words(...list));
    return wrapped(templateFor(rule, payloads, words(...list)), payloads.miss).toString('latin1');
  };
  assert.match(spelt('postgres', 'SELECT', 'select', 'evil'), /^Q....SeLeCt /s);
  assert.match(spelt('resp', 'SET', 'evil'), /\r\nset\r\n/);
  assert.throws(
    () => spelt('memcached', 'set ', 'evil'),
    (error: Error) => error instanceof PayloadError && /no memcached request/.test(error.message),
  );
});

spelling.run();

const int32 = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('latin1');
};
const message = (type: string, body: string): string => `${type}${int32(4 + body.length)}${body}`;
const READY = message('Z', 'I');

const GOOD: Record<(typeof RULES)[number], string> = {
  resp: '+OK\r\n$4\r\na\r\nb\r\n',
  memcached: 'STORED\r\nVALUE k 0 8\r\nEND\r\nEND\r\nEND\r\n',
  postgres: message('T', 'row') + message('D', 'Z\0\0\0\x05I') + message('C', 'SELECT 1\0') + READY,
};

const BAD: readonly [(typeof RULES)[number], string, RegExp][] = [
  ['resp', '-ERR no memory\r\n', /bad response: -ERR no memory$/],
  ['resp', '+OK\r\n$-1\r\n', /no value where one was set/],
  ['resp', 'HTTP/1.1 200 OK\r\n', /not a reply of Redis/],
  ['resp', `${GOOD.resp}+OK\r\n`, /more bytes than one response has/],
  ['memcached', 'ERROR\r\n', /bad response: ERROR$/],
  ['memcached', 'STORED\r\nEND\r\n', /no value where one was set/],
  ['memcached', 'SERVER_ERROR out of memory\r\n', /SERVER_ERROR out of memory/],
  ['postgres', message('E', 'SERROR\0C42601\0Msyntax error\0\0'), /bad response: syntax error$/],
  ['postgres', message('R', int32(5)), /it asks for a password/],
  ['postgres', 'Z\0\0\0\0', /not a message of PostgreSQL/],
  ['postgres', `${READY}${READY}`, /more bytes than one response has/],
];

for (const [title, binary] of [
  ['C generator', BINARY],
  ['Node fallback', null],
] as const) {
  const load = suite<{ generator: LoadGenerator }>(`${title}, protocols`);
  load.before(async (context) => {
    context.generator = await startGenerator({ binary, cpu: null, spawn: spawnPort });
    await context.generator.setPayload(0, Buffer.from('MISS'));
    await context.generator.setPayload(1, Buffer.from('HITS'));
  });
  load.after(async ({ generator }) => generator.stop());

  const RUN = { step: 3, settle: 0, reconnect: true, timeoutMs: 3000 };
  const target = (rule: ResponseRule, port: number, opening = '') => ({
    ...{ id: 2, ipv4: '127.0.0.1', port, protocol: rule, replies: repliesOf(rule) },
    template: { opening: Buffer.from(opening), before: Buffer.from('<'), after: Buffer.from('>!') },
  });

  for (const rule of RULES) {
    load(
      `${rule}: payloads in their template, a response in single bytes, counted and timed`,
      async ({ generator }) => {
        let asked = '';
        const server = await startServer((socket) => {
          socket.setNoDelay(true);
          socket.on('data', (chunk) => {
            asked += chunk;
            for (let i = 0; i < GOOD[rule].length; i++) setTimeout(() => socket.write(GOOD[rule][i]!, 'latin1'), i / 4);
          });
        });
        await generator.setTarget(target(rule, server.port));
        const { frames, counters } = await generator.run({ ...RUN, order: Uint8Array.of(2, 0x82, 2) });
        server.stop();
        assert.is(asked, '<MISS>!<HITS>!<MISS>!');
        const [{ requests, bytesSent, hitsSent, bytesReceived, units, reconnects }] = counters as [
          (typeof counters)[number],
        ];
        assert.equal([requests, bytesSent, hitsSent, units, reconnects], [3, 21, 1, 3, 1]);
        assert.is(bytesReceived, 3 * GOOD[rule].length);
        assert.ok(
          frames[0]!.latencyNs.every((ns) => ns > (GOOD[rule].length / 4 - 2) * 1e6),
          'until the last byte',
        );
      },
    );
  }

  load(
    'an opening goes first on each connection, is answered, and is neither counted nor timed',
    async ({ generator }) => {
      const connections: string[] = [];
      const server = await startServer((socket) => {
        const n = connections.push('') - 1;
        socket.on('data', (chunk) => {
          connections[n] = `${connections[n]}${chunk}`;
          const answer = message('R', int32(0)) + message('S', 'a\0b\0') + READY;
          setTimeout(() => socket.write(Buffer.from(answer, 'latin1')), connections[n] === 'HELLO' ? 300 : 0);
        });
      });
      await generator.setTarget(target('postgres', server.port, 'HELLO'));
      const runs = [
        await generator.run({ ...RUN, order: Uint8Array.of(2, 2) }),
        await generator.run({ ...RUN, order: Uint8Array.of(2) }),
      ];
      server.stop();
      assert.equal(connections, ['HELLO<MISS>!<MISS>!', 'HELLO<MISS>!']);
      assert.equal(
        runs.map(({ counters }) => [counters[0]!.requests, counters[0]!.bytesSent, counters[0]!.reconnects]),
        [
          [2, 14, 1],
          [1, 7, 1],
        ],
      );
      assert.ok(runs.every(({ frames }) => frames[0]!.latencyNs.every((ns) => ns < 200e6)));
    },
  );

  load('answers that are no usable response are named', async ({ generator }) => {
    for (const [rule, answer, why] of BAD) {
      const server = await startServer((socket) =>
        socket.on('data', () => socket.write(Buffer.from(answer, 'latin1'))),
      );
      await generator.setTarget(target(rule, server.port));
      const error = await failure(generator.run({ ...RUN, order: Uint8Array.of(2) }));
      server.stop();
      assert.match(error.message, why);
      assert.is(error.targetId, 2);
    }
  });

  load.run();
}
