// Scribbles into a ring file all the time, as a process under test gone mad would: the header, the counters, the records.
import { openSync, writeSync } from 'node:fs';

const [path, bytes, seconds] = process.argv.slice(2);
const fd = openSync(path, 'r+');
const until = performance.now() + Number(seconds) * 1000;
let state = 1;
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return state / 2 ** 32;
};
const noise = Buffer.from(Array.from({ length: 1 << 16 }, () => Math.floor(random() * 256)));

/** records that look right, among them some of impossible times or keywords: without them nothing of what is read would be taken */
function records(count) {
  const bytes = Buffer.alloc(32 * count);
  const now = process.hrtime.bigint();
  for (let i = 0; i < count; i++) {
    const at =
      random() < 0.9 ? now - BigInt(Math.floor(random() * 5e8)) : BigInt(Math.floor(random() * 2 ** 53)) * 2000n;
    bytes.writeBigUInt64LE(at, 32 * i);
    bytes.writeUInt32LE(Math.floor(random() * (random() < 0.9 ? 1e5 : 2 ** 32)), 32 * i + 8);
    bytes.writeUInt16LE(random() < 0.5 ? 0xffff : Math.floor(random() * 5), 32 * i + 28);
    bytes[32 * i + 31] = 1;
  }
  return bytes;
}

const RECORDS_AT = 8192;
let heads = 0n;
let written = 0;
process.stdout.write('started\n');
while (performance.now() < until) {
  const length = 1 + Math.floor(random() * 4096);
  const at = random() < 0.4 ? Math.floor(random() * 8192) : Math.floor(random() * (Number(bytes) - length));
  if (random() < 0.2) {
    const some = records(64);
    writeSync(
      fd,
      some,
      0,
      some.length,
      RECORDS_AT + 32 * Math.floor(random() * ((Number(bytes) - RECORDS_AT) / 32 - 64)),
    );
    heads += BigInt(Math.floor(random() * 200));
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(heads);
    writeSync(fd, head, 0, 8, 4096 + 128 * Math.floor(random() * 8));
  }
  written += 1;
  if (random() < 0.95) continue;
  writeSync(fd, noise, Math.floor(random() * (noise.length - length)), length, at);
}
process.stdout.write(`${written}\n`);
