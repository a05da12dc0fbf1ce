/** Damaged study folders: segments with flipped bits, lying lengths and forged records; study.json of wrong shapes. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../../controller/store/crc32.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { writeResults } from '../../../controller/study/results.ts';
import { encode } from '../../../proto/index.ts';
import { type Random, random } from '../../helpers/random.ts';
import { MESSAGES } from '../../proto/messages.ts';
import { below, mutant, oneOf } from '../wire/mutate.ts';
import { flipped } from '../wire/mutate-bytes.ts';
import { parse } from '../wire/tree.ts';
import { bentJson } from './bent-json.ts';
import { Outcomes } from './outcome.ts';
import { smallStudy } from './small-study.ts';

/** the whole analysis is made of every so many; the others are only read */
const ANALYSE_EVERY = 25;
/** forged records for each other case: they are quick, and few of them get past all checks */
export const FORGED = 5;

export interface FolderReport {
  readonly segments: Outcomes;
  readonly records: Outcomes;
  readonly metas: Outcomes;
}

/** @param o.cases of each kind */
export async function fuzzFolders(o: { seed: number; cases: number }): Promise<FolderReport> {
  const study = await smallStudy();
  const noise = random(o.seed);
  const { segments, records, metas } = { segments: new Outcomes(), records: new Outcomes(), metas: new Outcomes() };
  try {
    const path = segmentOf(study.dir);
    const good = readFileSync(path);
    for (let i = 0; i < o.cases; i++) {
      writeFileSync(path, damaged(noise, good, i / o.cases));
      await segments.add(`segment, case ${i}`, () => read(study.dir, i));
    }
    for (let i = 0; i < FORGED * o.cases; i++) {
      const { bytes, how } = forged(noise);
      writeFileSync(path, Buffer.concat([good, frame(bytes)]));
      await records.add(`forged record (${how}) ${bytes.toString('hex').slice(0, 200)}`, () => read(study.dir, i));
    }
    writeFileSync(path, good);
    const meta = join(study.dir, 'study.json');
    const text = readFileSync(meta, 'utf8');
    for (let i = 0; i < o.cases; i++) {
      const bent = bentJson(noise, text);
      writeFileSync(meta, bent.text);
      await metas.add(`study.json with ${bent.how}`, () => writeResults(study.dir));
    }
  } finally {
    study.remove();
  }
  return { segments, records, metas };
}

function read(dir: string, i: number): void {
  if (i % ANALYSE_EVERY === 0) writeResults(dir);
  else readStudy(dir);
}

export function segmentOf(dir: string): string {
  const [name] = readdirSync(join(dir, 'samples'));
  return join(dir, 'samples', name as string);
}

/** @param share where in the file: so that no region is left out */
function damaged(noise: Random, good: Buffer, share: number): Buffer {
  const at = Math.floor(share * good.length);
  const kind = below(noise, 5);
  if (kind === 0) return good.subarray(0, at);
  if (kind === 1)
    return Buffer.concat([good.subarray(0, at), flipped(noise, good.subarray(at, at + 64), 3), good.subarray(at + 64)]);
  const copy = Buffer.from(good);
  if (kind === 2) copy[at] = (copy[at] as number) ^ (1 << below(noise, 8));
  else if (kind === 3) copy.writeUInt32LE(oneOf(noise, LENGTHS), 8);
  else copy.fill(0, at, Math.min(at + 4096, copy.length));
  return copy;
}

const LENGTHS = [0, 1, 7, 2 ** 20, 2 ** 24, 2 ** 24 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** a mutated record in a frame whose crc is right: what a stolen agent's name or an editor could write */
function forged(noise: Random): { bytes: Buffer; how: string } {
  const messages = MESSAGES.flatMap(({ kind, message }) => (kind === 'Record' ? [encode('Record', message)] : []));
  const one = parse('Record', oneOf(noise, messages));
  return mutant(noise, one, parse('Record', oneOf(noise, messages)));
}

export function frame(payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([head, payload]);
}
