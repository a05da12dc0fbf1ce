/** Makes a damaged study readable again. Whatever is taken out of a file is kept beside it (quarantine.ts); whole records stay. */

import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isEnded, readMeta } from '../meta.ts';
import { cutTail, freeName, type Stretch, setAside } from '../quarantine.ts';
import { recoverStudy } from '../recover.ts';
import { replaceFile, syncFolder } from '../replace-file.ts';
import { SEGMENT_MAGIC } from '../segment.ts';
import { storedSegments } from '../stored-segments.ts';
import type { StudyCheck } from './check.ts';
import type { SegmentCheck } from './segment.ts';

export interface Repaired {
  /** one sentence for each thing that was done */
  readonly done: readonly string[];
  /** whether results.json no longer is that of the samples */
  readonly isChanged: boolean;
}

/** @param check what was found just before, of a study that nobody is writing
 * @throws ErrnoException ENOSPC, …: what was not done yet stays as it was */
export function repairStudy({ dir, id, checked, strangers, findings }: StudyCheck): Repaired {
  const done: string[] = [];
  for (const file of strangers) done.push(moveAside(dir, file));
  for (const segment of checked) done.push(...repairSegment(dir, segment));
  if (findings.some(({ file, code }) => file === 'study.json' && code === 'unreadable'))
    return { done, isChanged: false };
  const meta = readMeta(dir);
  for (const { file, message } of findings.filter(({ code }) => code === 'missing-records'))
    done.push(`${file}: ${message}; the study goes on without them`);
  if (done.length > 0) {
    const warnings = [...meta.warnings, ...done.map((detail) => ({ code: 'repaired', detail }))];
    const segments = meta.segments && { segments: storedSegments(checked) };
    replaceFile(join(dir, 'study.json'), `${JSON.stringify({ ...meta, warnings, ...segments }, null, 2)}\n`);
  }
  if (!isEnded(meta.status)) done.push(...(recoverStudy(dir, id)?.told ?? []));
  return { done, isChanged: done.length > 0 };
}

function moveAside(dir: string, file: string): string {
  mkdirSync(join(dir, 'quarantine'), { recursive: true });
  const to = join('quarantine', freeName(join(dir, 'quarantine'), file));
  renameSync(join(dir, 'samples', file), join(dir, to));
  syncFolder(join(dir, 'samples'));
  syncFolder(join(dir, 'quarantine'));
  return `${file} is no segment: moved to ${to}`;
}

function repairSegment(dir: string, segment: SegmentCheck): string[] {
  const { file, bad, gaps } = segment;
  if (bad.length === 0) return [];
  const path = join('samples', file);
  const [first] = bad;
  if (bad.length === 1 && first?.tail === true) {
    const { keptIn } = cutTail(dir, path, first);
    return [sentence(file, first, keptIn)];
  }
  const done = bad.map((stretch) => sentence(file, stretch, setAside(dir, path, stretch, gaps).keptIn));
  rewrite(join(dir, path), segment);
  return done;
}

function sentence(file: string, { at, bytes, why }: Stretch, keptIn: string | null): string {
  return `${file}: ${bytes} bytes at ${at} (${why}) taken out, ${keptIn === null ? 'nothing but zeros' : `kept in ${keptIn}`}`;
}

/** The same file without its bad stretches: written beside, synced, renamed. */
function rewrite(path: string, { bytes, bad }: SegmentCheck): void {
  const beside = `${path}.${process.pid}.new`;
  const source = openSync(path, 'r');
  const target = openSync(beside, 'w', 0o640);
  try {
    writeSync(target, SEGMENT_MAGIC);
    let from = SEGMENT_MAGIC.length;
    for (const { at, bytes: length } of [...bad, { at: bytes, bytes: 0 }]) {
      copy(source, target, from, at);
      from = Math.max(from, at + length);
    }
    fsyncSync(target);
    renameSync(beside, path);
    syncFolder(dirname(resolve(path)));
  } finally {
    closeSync(source);
    closeSync(target);
    rmSync(beside, { force: true });
  }
}

function copy(source: number, target: number, from: number, to: number): void {
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  for (let at = from; at < to; ) {
    const read = readSync(source, chunk, 0, Math.min(chunk.length, to - at), at);
    if (read === 0) return;
    for (let out = 0; out < read; ) out += writeSync(target, chunk, out, read - out);
    at += read;
  }
}
