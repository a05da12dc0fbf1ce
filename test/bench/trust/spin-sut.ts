/** The bench's own SUT, whose cost per request is known, and "mechanisms" that set it. Neither is in the product's catalogue: `register`
 * puts both into the lists of this process only. */

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { PATHS } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { supported } from '../../../agent/host/support.ts';
import { ACTIONS, FUNCTIONS, type Mechanism, type PlacedMechanism } from '../../../agent/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../../agent/mechanisms/registry.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import type { Sut } from '../../../agent/suts/sut.ts';

export const SPIN_SUT = 'spin-server';
/** what the hit payload holds, and what every instance looks for */
export const KEYWORD = 'spinning-hit';
/** requests each fresh instance serves before it is measured */
export const WARMUP = 100;
const COUNTS_BYTES = 24;

/** What a delay really adds, measured by the server's own spin against CLOCK_MONOTONIC. */
export interface SpinCheck {
  readonly delayNs: number;
  readonly medianNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

/** Compiles the server where it is older than its source. @returns its path. @throws BenchError unsupported without a compiler */
export function buildSpinServer(): string {
  const folder = join(import.meta.dirname, 'spin-server');
  const sources = readdirSync(folder).map((name) => join(folder, name));
  const binary = join(PATHS.buildDir, 'bench', 'spin-server');
  const builtMs = statSync(binary, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.every((path) => statSync(path).mtimeMs < builtMs)) return binary;
  mkdirSync(join(PATHS.buildDir, 'bench'), { recursive: true });
  const flags = ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Wshadow', '-o', binary];
  const made = spawnSync('cc', [...flags, ...sources.filter((path) => path.endsWith('.c'))], { encoding: 'utf8' });
  if (made.status === 0) return binary;
  throw new BenchError('unsupported', 'the spin server could not be built', {
    nextStep: 'install a C compiler (sh deploy/setup.sh)',
    detail: made.stderr ?? String(made.error),
  });
}

/** On the core where the SUTs run. @throws BenchError internal */
export function checkSpin(binary: string, delaysNs: readonly number[]): SpinCheck[] {
  const { sut } = pinningOf();
  const pinned = sut === null ? [binary] : ['taskset', '-c', String(sut), binary];
  const [file, ...args] = [...pinned, '--calibrate', ...delaysNs.map(String)];
  const { stdout, stderr, status } = spawnSync(file as string, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new BenchError('internal', 'the spin server could not calibrate its spin', { detail: stderr });
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [delayNs, medianNs, lowNs, highNs] = [...line.matchAll(/=(-?[\d.]+)/g)].map(([, text]) => Number(text));
      return { delayNs: delayNs!, medianNs: medianNs!, lowNs: lowNs!, highNs: highNs! };
    });
}

export function delayId(delayNs: number): string {
  return `delay-${delayNs}ns`;
}

/** Makes the server and its delays known to agent/session in this process. */
export function register(binary: string, delaysNs: readonly number[]): void {
  add(SUTS as Sut[], spinSut(binary));
  for (const delayNs of delaysNs) add(MECHANISMS as Mechanism[], delay(delayNs));
}

function add<T extends { readonly id: string }>(list: T[], entry: T): void {
  if (!list.some(({ id }) => id === entry.id)) list.push(entry);
}

/** in everything but its program as the product's own HTTP server */
function spinSut(file: string): Sut {
  const like = SUTS.find(({ id }) => id === 'node-hello')!;
  return {
    ...like,
    id: SPIN_SUT,
    warmup: WARMUP,
    needs: 'a C compiler',
    probe: async () => supported('a C compiler', 'built'),
    command: () => ({ file, args: [KEYWORD] }),
  };
}

/** A hook that takes a known time. It counts what it sees, so its parity is checked like that of any other. */
function delay(delayNs: number): PlacedMechanism {
  return {
    kind: 'placed',
    id: delayId(delayNs),
    layer: 'application',
    needs: 'nothing',
    actions: ACTIONS,
    functions: FUNCTIONS,
    byDefault: false,
    vantage: 'interposer',
    probe: async () => supported('nothing', 'nothing'),
    place: async (order, name) => {
      const path = join(order.dir, `${name}.counts`);
      writeFileSync(path, Buffer.alloc(COUNTS_BYTES));
      const fd = openSync(path, 'r');
      const counts = () => {
        const bytes = Buffer.alloc(COUNTS_BYTES);
        readSync(fd, bytes, 0, COUNTS_BYTES, 0);
        const at = (offset: number) => Number(bytes.readBigUInt64LE(offset));
        return { reads: at(0), bytes: at(8), hits: at(16) };
      };
      order.host.undo.push(`counts of ${name}`, null, () => closeSync(fd));
      return {
        env: { TRUST_DELAY_NS: String(delayNs), TRUST_COUNTS: path },
        assertLive: () => undefined,
        counts,
        drain: () => ({ reads: [], lost: 0 }),
      };
    },
  };
}
