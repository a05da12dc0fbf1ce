import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCsv } from '../../../controller/import/read-csv.ts';

const dir = mkdtempSync(join(tmpdir(), 'hookbench-test-csv-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const test = suite('import: files');

function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(path: string, o = { skipBadRows: false }): Promise<string> {
  try {
    await readCsv(path, o);
  } catch (error) {
    assert.is((error as { code?: string }).code, 'usage', String(error));
    return (error as Error).message;
  }
  throw new Error(`${path} was taken`);
}

const ROWS = Array.from({ length: 200_000 }, (_, i) => `${1691745886 + i / 1000},${1 + (i % 977) / 1000}`);
const TEXT = `start_time,response_time\n${ROWS.join('\n')}\n`;

test('a file of many chunks is read whole, plain and gzip alike', async () => {
  const plain = await readCsv(file('a.csv', TEXT), { skipBadRows: false });
  assert.is(plain.responseNs.length, ROWS.length);
  assert.equal(
    [...plain.responseNs],
    ROWS.map((row) => Number(`${row.split(',')[1]}e6`)),
  );
  const zipped = await readCsv(file('a.csv.gz', gzipSync(TEXT)), { skipBadRows: false });
  assert.equal(zipped, plain);
});

test('gzip that is cut off or damaged is refused, also when bad rows are skipped', async () => {
  const whole = gzipSync(TEXT);
  const cut = file('cut.csv.gz', whole.subarray(0, whole.length >> 1));
  for (const skipBadRows of [false, true]) {
    assert.match(
      await refusal(cut, { skipBadRows }),
      /cut\.csv\.gz: the gzip data is damaged or cut off after line \d+: /,
    );
  }
  const broken = Buffer.from(whole);
  broken.fill(0xff, 2000, 2200);
  assert.match(await refusal(file('broken.csv.gz', broken)), /damaged|response_time|start_time|field/);
});

test('a folder, a missing file and an empty one are told apart', async () => {
  assert.match(await refusal(dir), /is a folder; a CSV file was expected/);
  assert.match(await refusal(join(dir, 'none.csv')), /none\.csv can't be read: ENOENT/);
  assert.match(await refusal(file('empty.csv', '')), /an empty file/);
  assert.match(await refusal(file('empty.csv.gz', gzipSync(''))), /an empty file/);
});

test('a file that claims 10 GB, and gzip that unpacks to gigabytes, end early and in little memory', async () => {
  const before = process.memoryUsage().rss;
  const sparse = file('sparse.csv', 'start_time,response_time\n1,1\n');
  truncateSync(sparse, 10 * 2 ** 30);
  assert.match(await refusal(sparse), /sparse\.csv:3: a line of more than 1048576 bytes/);
  const bomb = gzipSync(Buffer.concat([Buffer.from('start_time,response_time\n1,1\n'), Buffer.alloc(64 * 2 ** 20)]));
  const message = await refusal(file('bomb.csv.gz', Buffer.concat(Array(16).fill(bomb))));
  assert.match(message, /bomb\.csv\.gz:3: a line of more than/);
  assert.ok(
    process.memoryUsage().rss - before < 250 * 2 ** 20,
    `${(process.memoryUsage().rss - before) / 2 ** 20} MiB more`,
  );
});

test.run();
