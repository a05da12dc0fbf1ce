/** An import on disk: what was read from the CSVs, kept so that it can be analysed again without them.
 *
 *     DIR/import.json          files, conditions, warm-up (schema hookbench.import/v1)
 *     DIR/samples/FILE.col     magic "HKBCOL1\n", u32 rows, u32 crc32 of the rest, then start times (s) and latencies (ns) as
 *                              little-endian doubles */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, VERSION } from '#proto';
import type { StudyRecord } from '../analysis/record.ts';
import { crc32 } from '../store/crc32.ts';
import { replaceFile } from '../store/replace-file.ts';
import { type ImportedFile, type ImportOptions, importedStudy } from './study.ts';

const SCHEMA = 'hookbench.import/v1';
const META_FILE = 'import.json';
const MAGIC = Buffer.from('HKBCOL1\n', 'latin1');
const HEAD_BYTES = MAGIC.length + 8;
/** a name from a file that anyone may have edited: only our own form is opened */
const COLUMNS_FILE = /^\d{3,}-(?:baseline|treated)\.col$/;

interface StoredFile {
  readonly arm: 0 | 1;
  readonly condition: string;
  readonly file: string;
  readonly columns: string;
  readonly badRows: number;
  readonly firstBad: string;
}

interface ImportMeta extends ImportOptions {
  readonly schema: typeof SCHEMA;
  readonly hookbenchVersion: string;
  readonly files: readonly StoredFile[];
}

export function isImport(dir: string): boolean {
  return existsSync(join(dir, META_FILE));
}

/** Before anything is read: is this a folder we may write an import to?
 * @throws BenchError usage where it holds something else */
export function checkImportFolder(dir: string): void {
  if (!existsSync(dir) || isImport(dir)) return;
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch (cause) {
    throw new BenchError('usage', `--out ${dir} can't be used: ${(cause as Error).message}`, { cause });
  }
  if (names.length === 0) return;
  throw new BenchError('usage', `--out ${dir} holds other files already`, {
    nextStep: 'name a new folder, or one that an earlier import was written to',
  });
}

/** The columns are written beside those of an earlier import, which go only when import.json names the new ones: whenever it ends, the folder
 * holds one whole import.
 * @param dir made where it is not there; an earlier import in it is replaced
 * @throws ErrnoException EACCES, ENOSPC */
export function writeImport(dir: string, files: readonly ImportedFile[], o: ImportOptions): void {
  const folder = join(dir, 'samples');
  mkdirSync(folder, { recursive: true });
  const earlier = readdirSync(folder).filter((name) => COLUMNS_FILE.test(name));
  const first = Math.max(-1, ...earlier.map((name) => Number.parseInt(name, 10))) + 1;
  const stored = files.map(({ arm, condition, file, rows }, i): StoredFile => {
    const columns = `${String(first + i).padStart(3, '0')}-${arm === 0 ? 'baseline' : 'treated'}.col`;
    replaceFile(join(folder, columns), packed(rows.startTimeS, rows.responseNs));
    return { arm, condition, file, columns, badRows: rows.badRows, firstBad: rows.firstBad };
  });
  const meta: ImportMeta = { schema: SCHEMA, hookbenchVersion: VERSION, ...o, files: stored };
  replaceFile(join(dir, META_FILE), `${JSON.stringify(meta, null, 2)}\n`);
  for (const name of earlier) rmSync(join(folder, name));
}

/** @throws BenchError usage where a file is missing or damaged */
export function readImport(dir: string): StudyRecord {
  const path = join(dir, META_FILE);
  const meta = JSON.parse(readFileSync(path, 'utf8')) as ImportMeta;
  if (meta.schema !== SCHEMA)
    throw new BenchError('usage', `${path} has schema ${String(meta.schema)}; this version reads ${SCHEMA}`);
  const files = meta.files.map(({ arm, condition, file, columns, badRows, firstBad }): ImportedFile => {
    if (!COLUMNS_FILE.test(columns)) throw damaged(path);
    return { arm, condition, file, rows: { ...unpacked(join(dir, 'samples', columns)), badRows, firstBad } };
  });
  return importedStudy(files, { warmup: meta.warmup, command: meta.command });
}

function packed(startTimeS: Float64Array, responseNs: Float64Array): Buffer {
  const rows = responseNs.length;
  const file = Buffer.alloc(HEAD_BYTES + 16 * rows);
  MAGIC.copy(file);
  file.writeUInt32LE(rows, MAGIC.length);
  const view = new Float64Array(file.buffer, file.byteOffset + HEAD_BYTES, 2 * rows);
  view.set(startTimeS, 0);
  view.set(responseNs, rows);
  file.writeUInt32LE(crc32(file.subarray(HEAD_BYTES)), MAGIC.length + 4);
  return file;
}

function unpacked(path: string): { startTimeS: Float64Array; responseNs: Float64Array } {
  if (!existsSync(path)) throw new BenchError('usage', `${path} is missing`, { nextStep: 'import the CSVs again' });
  const file = readFileSync(path);
  if (file.length < HEAD_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged(path);
  const rows = file.readUInt32LE(MAGIC.length);
  const body = file.subarray(HEAD_BYTES);
  if (body.length !== 16 * rows || crc32(body) !== file.readUInt32LE(MAGIC.length + 4)) throw damaged(path);
  const columns = new Float64Array(2 * rows);
  new Uint8Array(columns.buffer).set(body);
  return { startTimeS: columns.subarray(0, rows), responseNs: columns.subarray(rows) };
}

function damaged(path: string): BenchError {
  return new BenchError('usage', `${path} is damaged`, { nextStep: 'import the CSVs again' });
}
