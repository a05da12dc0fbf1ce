/** What `hookbench fsck` and the start of a controller make of damaged studies. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startCli } from '../../helpers/cli.ts';
import { readSegment } from '../checker/segments.ts';
import type { RoundOptions } from '../scenario.ts';
import { Controller } from '../world/controller.ts';
import { OF_SEGMENTS } from '../world/fsck-codes.ts';
import type { Case } from './segments.ts';

interface Told {
  readonly clean: boolean;
  readonly folders: readonly {
    readonly id: string;
    readonly findings: readonly { readonly severity: string; readonly code: string; readonly message: string }[];
  }[];
}

/** Each study that was hurt, and no other, is said to be; the exit code says that there was one. */
export async function checkFsck(dir: string, cases: readonly Case[], o: RoundOptions): Promise<void> {
  const { exitCode, told } = await fsck(dir);
  const say = (kind: string, code: string, detail: string) => o.round.finding(kind, { code, detail });
  const isAnyHurt = cases.some(({ isHurt }) => isHurt);
  if (isAnyHurt && (exitCode !== 1 || told.clean))
    say('fsck', 'untold', `fsck of damaged studies ends with ${exitCode}`);
  for (const { name, kind, isHurt } of cases) {
    const found = told.folders.find(({ id }) => id === name)?.findings ?? [];
    const codes = found
      .filter(({ severity, code }) => severity === 'damage' && OF_SEGMENTS.includes(code))
      .map(({ code }) => code);
    if (isHurt && codes.length === 0) say(kind, 'untold', `${name}: fsck says nothing of it`);
    if (!isHurt && codes.length > 0)
      say(kind, 'invented', `${name}: fsck finds ${codes.join()} where nothing was changed`);
  }
}

/** A start makes every study interrupted, keeps each whole record and each byte; then --repair leaves nothing to be found. */
export async function checkRecovery(results: string, cases: readonly Case[], o: RoundOptions): Promise<void> {
  const controller = new Controller(o.world, { dir: join(o.dir, 'recovering'), results });
  await controller.start();
  await controller.stop();
  for (const one of cases) checkRecovered(join(results, one.name), one, o);
  const { exitCode, told } = await fsck(results, '--repair');
  const left = told.folders.flatMap(({ id, findings }) =>
    findings.filter(({ severity }) => severity === 'damage').map(({ message }) => `${id}: ${message}`),
  );
  if (exitCode !== 0 || left.length > 0)
    o.round.finding('repair', {
      code: 'not-repaired',
      detail: `exit code ${exitCode}: ${left.slice(0, 3).join('; ')}`,
    });
  for (const one of cases) checkKept(join(results, one.name), one, { ...o, step: 'repair' });
}

function checkRecovered(dir: string, one: Case, o: RoundOptions): void {
  const { status, warnings } = JSON.parse(readFileSync(join(dir, 'study.json'), 'utf8')) as {
    status: string;
    warnings: readonly { code: string; detail: string }[];
  };
  const told = warnings.filter(({ code }) => code === 'recovered').map(({ detail }) => detail);
  if (status !== 'interrupted' || told.length === 0)
    o.round.finding(one.kind, { code: 'not-recovered', detail: `${one.name} is ${status}: ${told.join('; ')}` });
  const tornBytes = checkKept(dir, one, { ...o, step: 'recovery' });
  const isSaid = told.some((line) => line.includes(`${one.file} is damaged`));
  if (tornBytes > 0 && !isSaid)
    o.round.finding(one.kind, {
      code: 'torn',
      detail: `${one.name}: ${tornBytes} bytes are left, and nothing says so`,
    });
}

/** Every whole record before the damage is there, behind them none that never was, and no byte is gone. @returns bytes behind the last whole frame */
function checkKept(dir: string, one: Case, o: RoundOptions & { step: string }): number {
  const path = join(dir, 'samples', one.file);
  if (one.after === null || !existsSync(path)) return 0;
  const { frames, tornBytes } = readSegment(readFileSync(path));
  const digests = frames.map(({ record }) => record.digest);
  const known = new Set(one.before.map(({ record }) => record.digest));
  const hasWhole = one.whole.every(({ record }, i) => record.digest === digests[i]);
  const say = (code: string, detail: string) =>
    o.round.finding(`${one.kind}, ${o.step}`, { code, detail: `${one.name}: ${detail}` });
  if (!hasWhole) say('lost-acked', `of ${one.whole.length} whole records some are gone`);
  if (digests.some((digest) => !known.has(digest))) say('invented', 'a record that was never stored');
  if (new Set(digests).size < digests.length) say('doubled', 'a record is there twice');
  const rest = one.after.subarray(one.whole.at(-1)?.end ?? 0);
  const kept = statSync(path).size + quarantinedBytes(dir);
  if (kept < one.after.length && rest.some((byte) => byte !== 0))
    say('deleted', `${one.after.length - kept} bytes are nowhere`);
  return tornBytes;
}

function quarantinedBytes(dir: string): number {
  const folder = join(dir, 'quarantine');
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder).filter((name) => name.endsWith('.bytes'));
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** the real command line */
async function fsck(dir: string, ...options: readonly string[]): Promise<{ exitCode: number; told: Told }> {
  const { exitCode, stdout, stderr } = await startCli(['fsck', dir, '--json', ...options]).done;
  try {
    return { exitCode, told: JSON.parse(stdout) as Told };
  } catch {
    throw new Error(`fsck ${options.join(' ')} ends with ${exitCode}: ${stderr || stdout.slice(0, 500)}`);
  }
}
