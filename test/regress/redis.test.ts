/** redis-server with and without the library: the same bytes come back, the benchmark runs, and every byte it read was counted. */
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hookedEnv } from '../helpers/preload.ts';
import { command, hasRedis, startRedis, talk } from '../helpers/redis.ts';
import { readHeader, readRings } from '../helpers/ring.ts';

const redis = suite('regress/redis');
const ALL = 'read,recv,recvfrom,readv,recvmsg';
const LONG = process.env.HOOKBENCH_LONG === '1';

/** Every type, errors, a transaction, a script, values of 200 KB, and keywords of the list within values. */
function session(): Buffer {
  const big = Buffer.alloc(200_000, 'GET /etc/passwd <script> ../../ {jndi:ldap}\0\xff');
  const many = Array.from({ length: 400 }, (_, i) => [
    command('SET', `key:${i}`, `value ${i} union select ${'x'.repeat(i)}`),
    command('GET', `key:${(i * 7) % 400}`),
    command('INCRBY', 'sum', String(i)),
    command('LPUSH', 'list', `/etc/passwd${i}`),
    command('HSET', 'hash', `field${i % 50}`, String(i)),
    command('ZADD', 'sorted', String(i % 17), `member${i}`),
  ]).flat();
  return Buffer.concat([
    command('FLUSHALL'),
    Buffer.from('PING inline\r\n'),
    ...many,
    command('SET', 'big', big),
    command('GETRANGE', 'big', '1000', '150000'),
    command('LRANGE', 'list', '0', '-1'),
    command('ZRANGE', 'sorted', '0', '-1', 'WITHSCORES'),
    command('INCR', 'key:1'),
    command('NOSUCHCOMMAND', '<script>'),
    command('MULTI'),
    command('GET', 'sum'),
    command('HGET', 'hash', 'field3'),
    command('EXEC'),
    command('EVAL', 'return {KEYS[1], redis.call("get", "sum")}', '1', 'k'),
    command('GET', 'big'),
    command('ECHO', 'the end of it'),
  ]);
}

const END = 'the end of it\r\n';

interface Served {
  readonly answers: Buffer;
  readonly benchmark: { readonly status: number | null; readonly tests: number };
  /** By its own count. */
  readonly inputBytes: number;
}

async function served(env: NodeJS.ProcessEnv): Promise<Served> {
  const server = await startRedis(env);
  try {
    const answers = await talk(server.port, session(), END);
    const requests = LONG ? '100000' : '3000';
    const args = [
      '-p',
      String(server.port),
      '-n',
      requests,
      '-c',
      '20',
      '-P',
      '4',
      '-q',
      '-t',
      'ping,set,get,lpush,mset',
    ];
    const run = spawnSync('redis-benchmark', args, { encoding: 'utf8', timeout: 100_000 });
    const tests = run.stdout.match(/requests per second/g)?.length ?? 0;
    const info = await talk(server.port, Buffer.concat([command('INFO', 'stats'), command('ECHO', END)]), `${END}\r\n`);
    const inputBytes = Number(/total_net_input_bytes:(\d+)/.exec(info.toString())?.[1]);
    return { answers, benchmark: { status: run.status, tests }, inputBytes };
  } finally {
    await server.stop();
  }
}

if (!hasRedis()) {
  process.stdout.write('SKIP: needs redis-server, redis-benchmark\n');
  redis.skip('redis-server with and without the library', () => {});
} else {
  redis('a scripted session is answered with the same bytes, and redis-benchmark runs', async () => {
    const plain = await served(process.env);
    assert.equal(plain.benchmark, { status: 0, tests: 6 });
    assert.ok(plain.answers.length > 400_000);
    for (const scanner of ['ac', 'simd']) {
      const { ring, env } = hookedEnv({
        slots: 16,
        env: { HOOKBENCH_FUNCTIONS: ALL, HOOKBENCH_SCANNER: scanner },
      });
      const hooked = await served(env);
      assert.ok(
        hooked.answers.equals(plain.answers),
        `${hooked.answers.length} bytes, not the same as without the library`,
      );
      assert.equal(hooked.benchmark, plain.benchmark);
      const header = readHeader(ring);
      const rings = readRings(ring);
      assert.equal([header.attached, header.unringed, header.untrackedFds], [1, 0, 0]);
      const bytes = rings.reduce((sum, one) => sum + one.bytes, 0);
      // Redis counts what it has read before it answers; only the connection's own last command can be missing.
      assert.ok(bytes >= hooked.inputBytes && bytes - hooked.inputBytes < 200, `${bytes} of ${hooked.inputBytes}`);
      assert.ok(rings.reduce((sum, one) => sum + one.hits, 0) > 0);
    }
  });
}

redis.run();
