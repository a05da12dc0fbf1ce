/** npm run bench:store: a study of ten million samples written, recovered after a crash, read, checked and exported, each in a process of its
 * own.
 *
 * usage: main.ts [--samples N] [--rounds N] [--json]
 * Exit 0 when recovery is under 2 s of wall time and a reading process holds at most twice the study's bytes (over an empty one), 1 otherwise. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import type { Stage, StageResult } from './stage.ts';

const STAGE = fileURLToPath(new URL('stage.ts', import.meta.url));
const TARGET = { recoverMs: 2000, memoryShare: 2 };

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
process.exitCode = await main(Number(values.samples), Math.max(1, Number(values.rounds)), values.json);

async function main(samples: number, rounds: number, json: boolean): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-bench-'));
  try {
    const run = async (stage: Stage): Promise<StageResult> => {
      const { stdout } = await execa(process.execPath, ['--import', 'tsx', STAGE, stage, dir, String(samples)], {
        stdin: 'ignore',
      });
      return JSON.parse(stdout) as StageResult;
    };
    const written = await run('write');
    const pairs: { plain: StageResult; recover: StageResult }[] = [];
    for (let round = 0; round < rounds; round++) {
      await run('crash');
      // whose turn it is first changes, so that neither always finds the caches warm
      const first = round % 2 === 0 ? await run('plain') : null;
      const recover = await run('recover');
      pairs.push({ plain: first ?? (await run('plain')), recover });
    }
    const result = {
      samples,
      bytes: written.bytes,
      write: { wallMs: written.wallMs, perSecond: samples / (written.wallMs / 1000), cpuMs: written.cpuMs },
      recoverMs: median(pairs.map(({ recover }) => recover.wallMs)),
      recoverCpuMs: median(pairs.map(({ recover }) => recover.cpuMs)),
      plainMs: median(pairs.map(({ plain }) => plain.wallMs)),
      ratio: median(pairs.map(({ plain, recover }) => recover.wallMs / plain.wallMs)),
      read: await run('read'),
      fsck: await run('fsck'),
      parquet: await run('parquet'),
      target: TARGET,
    };
    const memoryShare = result.read.memoryBytes / written.bytes;
    process.stdout.write(json ? `${JSON.stringify({ ...result, memoryShare }, null, 2)}\n` : told(result, memoryShare));
    return result.recoverMs <= TARGET.recoverMs && memoryShare <= TARGET.memoryShare ? 0 : 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Told {
  readonly samples: number;
  readonly bytes: number;
  readonly write: { readonly wallMs: number; readonly perSecond: number; readonly cpuMs: number };
  readonly recoverMs: number;
  readonly recoverCpuMs: number;
  readonly plainMs: number;
  readonly ratio: number;
  readonly read: StageResult;
  readonly fsck: StageResult;
  readonly parquet: StageResult;
}

function told(r: Told, memoryShare: number): string {
  const perMillion = (ms: number) => (ms / 1000 / (r.samples / 1e6)).toFixed(3);
  return [
    `${r.samples.toLocaleString('en-US')} samples, ${(r.bytes / 1e6).toFixed(0)} MB in one segment, ${(r.bytes / r.samples).toFixed(2)} bytes per sample`,
    `  write, synced every 100 ms   ${(r.write.perSecond / 1e6).toFixed(1)} M samples/s, ${perMillion(r.write.cpuMs)} CPU-s per M`,
    `  recover after a crash        ${r.recoverMs.toFixed(0)} ms (target ${TARGET.recoverMs}), ${r.recoverCpuMs.toFixed(0)} ms of CPU; ${r.ratio.toFixed(2)} × reading the same bytes plainly (${r.plainMs.toFixed(0)} ms)`,
    `  read into memory             ${r.read.wallMs.toFixed(0)} ms; ${memoryShare.toFixed(2)} × the study's bytes at the most (target ${TARGET.memoryShare})`,
    `  fsck                         ${r.fsck.wallMs.toFixed(0)} ms, ${(r.fsck.memoryBytes / 1e6).toFixed(0)} MB`,
    `  export to Parquet            ${r.parquet.wallMs.toFixed(0)} ms, ${(r.parquet.memoryBytes / 1e6).toFixed(0)} MB, file of ${(r.parquet.bytes / 1e6).toFixed(0)} MB`,
    '',
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
