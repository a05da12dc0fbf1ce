/** A real controller under mutated messages and attacks below gRPC, in short; `npm run test:bad-input` is the long form of the same. */

import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fuzzControl } from './controller/control-fuzz.ts';
import { startController } from './controller/process.ts';
import { CONNECT_PATH, call, dial, framedGzip } from './controller/raw-call.ts';
import { fuzzStreams } from './controller/stream-fuzz.ts';
import { attackAll, WAYS } from './http2/attack.ts';

const SEED = 20_261_123;
const MIB = 2 ** 20;
/** gRPC's status */
const RESOURCE_EXHAUSTED = 8;
const controller = suite('bad input: controller');

controller('mutated agent messages: each answered in words, and an honest agent loses nothing', async () => {
  const report = await fuzzStreams({ seed: SEED, messages: 2_500, say: () => undefined });
  assert.equal(report.wrong, {});
  assert.ok(report.answered >= 2_500 && report.taken > 250 && report.refused > 250);
  const { sent, stored, different, ended } = report.honest;
  assert.ok(sent > 0);
  assert.equal({ stored, different, ended }, { stored: sent, different: 0, ended: 'complete' });
});

controller('mutated requests of a command line: each answered in words', async () => {
  const { wrong, answered, refused } = await fuzzControl({ seed: SEED, messages: 400 });
  assert.equal(wrong, {});
  assert.ok(answered >= 400 && refused > 100);
});

controller('a small message that unpacks to 256 MiB is refused as soon as it has grown too large', async () => {
  const bomb = framedGzip(gzipSync(Buffer.alloc(256 * MIB), { level: 1 }));
  const process = await startController();
  try {
    const session = dial(process.port);
    const before = process.rssBytes();
    for (let i = 0; i < 6; i++) {
      const { status, details } = await call(session, CONNECT_PATH, [bomb], 20_000, { 'grpc-encoding': 'gzip' });
      assert.is(status, RESOURCE_EXHAUSTED, details);
      assert.match(details, /decompresses to a size larger/i);
    }
    session.close();
    await process.listAgents(5_000);
    const grownMib = (process.peakRssBytes() - before) / MIB;
    assert.ok(grownMib < 128, `${Math.round(grownMib)} MiB more than before`);
  } finally {
    await process.stop();
  }
});

for (const way of WAYS) {
  controller(`attacks below gRPC (${way}): the controller goes on answering others`, async () => {
    const reports = await attackAll({ way, rounds: 1, connections: 1 });
    assert.ok(reports.length > 25);
  });
}

controller.run();
