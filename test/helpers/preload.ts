/** Builds the preload library and tiny C programs, and runs programs under the library with a ring file of their own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Action, createRing } from './ring.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** HOOKBENCH_TEST_LIBC=musl: the same tests of the other library, on programs that run on musl (test/hooks/preload-musl.test.ts). */
export const ON_MUSL = process.env.HOOKBENCH_TEST_LIBC === 'musl';
const LIBRARIES = {
  glibc: { target: 'preload', path: join(ROOT, 'build', 'libhookbench.so') },
  musl: { target: 'musl', path: join(ROOT, 'build', 'libhookbench-musl.so') },
} as const;
const TESTED = ON_MUSL ? 'musl' : 'glibc';
export const DEFAULT_KEYWORDS = join(ROOT, 'hooks', 'keywords', 'default.txt');

const folder = mkdtempSync(join(tmpdir(), 'hookbench-preload-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const built = new Set<keyof typeof LIBRARIES>();

/** A path in this process's temporary folder that nothing else uses. */
export const freshPath = (name: string): string => join(folder, `${made++}-${name}`);

/** Builds the library once per process; make knows whether there is anything to do. */
export function buildLibrary(libc: keyof typeof LIBRARIES = TESTED): string {
  const { target, path } = LIBRARIES[libc];
  if (!built.has(libc))
    check(spawnSync('make', ['-s', '-j2', '-C', join(ROOT, 'hooks'), target], { encoding: 'utf8' }));
  built.add(libc);
  return path;
}

/** The supervisor, its launcher and the tracer. */
export function buildBoundary(): void {
  check(spawnSync('make', ['-s', '-j2', '-C', join(ROOT, 'hooks'), 'boundary'], { encoding: 'utf8' }));
}

/** The library of syscall user dispatch. */
export function buildSud(): void {
  check(spawnSync('make', ['-s', '-j2', '-C', join(ROOT, 'hooks'), 'sud'], { encoding: 'utf8' }));
}

/** Runs a program to its end with these variables. */
export function runBare(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { status: number | null; stdout: string; stderr: string } {
  const options = { env: { PATH: process.env.PATH ?? '', ...env }, encoding: 'utf8', timeout: 30_000 } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { status, stdout, stderr };
}

const programs = new Map<string, string>();

/** Compiles test/fixtures/NAME.c, once for the same flags. Returns the program's path. */
export function compile(name: string, ...flags: readonly string[]): string {
  return compileOn(TESTED, name, ...flags);
}

export function compileOn(libc: keyof typeof LIBRARIES, name: string, ...flags: readonly string[]): string {
  const key = [libc, name, ...flags].join('\n');
  const known = programs.get(key);
  if (known) return known;
  const out = freshPath(name);
  const source = join(ROOT, 'test', 'fixtures', `${name}.c`);
  const warnings = ['-Wall', '-Wextra', '-Werror'];
  const cc = libc === 'musl' ? 'musl-gcc' : 'cc';
  check(spawnSync(cc, ['-O2', ...warnings, '-o', out, source, '-lpthread', ...flags], { encoding: 'utf8' }));
  programs.set(key, out);
  return out;
}

export interface Hooked {
  readonly ring: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

export interface HookedOptions {
  readonly slots?: number;
  readonly capacity?: number;
  readonly action?: Action;
  /** Path of the keyword file, or the keywords themselves. */
  readonly keywords?: string | readonly (string | Buffer)[];
  readonly input?: Buffer;
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The environment that hooks a program, with a fresh ring file. */
export function hookedEnv(options: HookedOptions = {}): { ring: string; env: NodeJS.ProcessEnv } {
  const ring = freshPath('ring');
  const action = options.action ?? 'observe';
  createRing(ring, { slots: options.slots ?? 8, capacity: options.capacity ?? 4096, action });
  const keywords = options.keywords ?? DEFAULT_KEYWORDS;
  const own = { HOOKBENCH_RING: ring, HOOKBENCH_KEYWORDS: keywordFile(keywords), HOOKBENCH_ACTION: action };
  const env: NodeJS.ProcessEnv = { ...process.env, LD_PRELOAD: buildLibrary(), ...own };
  for (const [name, value] of Object.entries(options.env ?? {})) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return { ring, env };
}

/** Runs a program to its end under the library. */
export function runHooked(program: string, args: readonly string[] = [], options: HookedOptions = {}): Hooked {
  const { ring, env } = hookedEnv(options);
  const input = options.input ?? Buffer.alloc(0);
  const run = spawnSync(program, args, { env, input, encoding: 'utf8', timeout: 30_000, maxBuffer: 1 << 26 });
  return { ring, stdout: run.stdout, stderr: run.stderr, status: run.status };
}

function keywordFile(keywords: string | readonly (string | Buffer)[]): string {
  if (typeof keywords === 'string') return keywords;
  const path = freshPath('keywords');
  writeFileSync(path, Buffer.concat(keywords.flatMap((word) => [Buffer.from(word), Buffer.from('\n')])));
  return path;
}

function check(run: { status: number | null; stdout: string; stderr: string; error?: Error }): void {
  if (run.status !== 0) throw new Error(`build failed: ${run.error?.message ?? ''}${run.stdout}${run.stderr}`);
}
