/** The conformance of node-preload: a Node program under the hook, placed as the agent places it, against an oracle. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { memoryDir } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import type { Action, HookRead } from '../../../agent/mechanisms/mechanism.ts';
import { nodePreload } from '../../../agent/mechanisms/node-preload.ts';
import { random } from '../../helpers/random.ts';
import { readRings } from '../../helpers/ring.ts';
import { type KeywordSet, keywordsOf } from '../keyword-sets.ts';
import { Driver, type Ready } from './driver.ts';
import { type Expected, type ExpectedChunk, Steps } from './steps.ts';
import { textsOf } from './texts.ts';

/** one that nothing else gives */
const BLOCK_ERRNO = 'EACCES';

export interface NodeOutcome {
  readonly chunks: number;
  readonly hits: number;
  readonly expected: Expected;
  readonly disagreements: readonly string[];
}

/** @param o.chunks at least so many @param o.program the Node it runs in */
export async function runNode(o: {
  seed: number;
  chunks: number;
  action: Action;
  set: KeywordSet;
  program?: string;
}): Promise<NodeOutcome> {
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-node-'));
  const undo = new UndoStack();
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  const keywords = keywordsOf(o.set);
  const [host, blocks] = [{ pinning: pinningOf(), undo }, o.action === 'block'];
  const asked = { action: o.action, blockErrno: BLOCK_ERRNO, functions: ['read'], mostReads: 2 * o.chunks } as const;
  const hook = await nodePreload.place({ ...asked, keywords, host, dir }, 'node');
  const driver = new Driver(o.program ?? process.execPath, { ...process.env, ...hook.env }, join(dir, 'local'));
  const decoy = await decoyServer(keywords);
  try {
    const ready = (await driver.expect('its ports', ({ event }) => event === 'ready')) as unknown as Ready;
    hook.assertLive(driver.pid);
    const draws = random(o.seed);
    const [texts, where] = [textsOf(keywords, draws), { code: BLOCK_ERRNO, keywordFile: hook.env.HOOKBENCH_KEYWORDS! }];
    const steps = new Steps({
      driver,
      ready,
      keywords,
      blocks,
      texts,
      random: draws,
      decoyPort: portOf(decoy),
      ...where,
    });
    while (steps.expected.chunks.length < o.chunks) await steps.one();
    await steps.finish();
    const { expected } = steps;
    const rings = readRings(hook.env.HOOKBENCH_RING!);
    const sum = (name: 'eofs' | 'errors' | 'blocked' | 'reads' | 'bytes' | 'hits') =>
      rings.reduce((total, ring) => total + ring[name], 0);
    const drained = hook.drain()!;
    const found = { ...hook.counts()!, eofs: sum('eofs'), errors: sum('errors'), blocked: sum('blocked') };
    const hits = expected.chunks.filter(({ keyword }) => keyword !== null).length;
    const must = {
      ...{ reads: expected.chunks.length, bytes: expected.chunks.reduce((total, { bytes }) => total + bytes, 0), hits },
      ...{ eofs: expected.eofs, errors: expected.errors, blocked: blocks ? hits : 0 },
    };
    const disagreements = [
      ...expected.wrong,
      ...(JSON.stringify(found) === JSON.stringify(must)
        ? []
        : [`counted ${JSON.stringify(found)}, not ${JSON.stringify(must)}`]),
      ...(drained.lost === 0 ? [] : [`${drained.lost} lost`]),
      ...(driver.stderr === '' ? [] : [`it said: ${driver.stderr}`]),
      ...driver.left().map((event) => `nobody expected: ${JSON.stringify(event).slice(0, 200)}`),
      ...compared(drained.reads, expected.chunks, driver.pid),
    ];
    return { chunks: must.reads, hits, expected, disagreements };
  } finally {
    decoy.close();
    await driver.stop();
    await undo.run();
  }
}

/** read by read; the first few that differ */
function compared(found: readonly HookRead[], expected: readonly ExpectedChunk[], pid: number): string[] {
  const differing = expected.flatMap((chunk, i) => {
    const read = found[i];
    const isSame =
      read !== undefined &&
      read.fd === chunk.fd &&
      read.keyword === chunk.keyword &&
      read.hit === (chunk.keyword !== null) &&
      read.pid === pid &&
      read.latencyNs > 0 &&
      read.atNs >= chunk.notBeforeNs &&
      read.atNs + BigInt(read.latencyNs) <= chunk.notAfterNs;
    const text = (value: unknown) =>
      JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
    return isSame ? [] : [`read ${i}: ${text(read)}, not ${text(chunk)}`];
  });
  return differing.slice(0, 5);
}

/** answers every connection with all keywords */
async function decoyServer(keywords: readonly Buffer[]): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(Buffer.concat([...keywords])));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
