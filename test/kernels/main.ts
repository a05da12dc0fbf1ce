/** npm run test:kernels */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MECHANISMS } from '../../agent/mechanisms/registry.ts';
import { ROOT } from '../helpers/preload.ts';
import { missingHere, projectDisk, rootFor } from './cache.ts';
import { boot, machineScript, type Step } from './machine.ts';

const USAGE = `Usage: npm run test:kernels -- [--kernel PACKAGE]… [--reads N] [--seed N] [--cache DIR] [--minutes N]

Boots Debian's own kernel in a virtual machine (emulated: no KVM is needed) and runs there what depends on the kernel: doctor, an attach of
every mechanism, parity in a short study, and the conformance suite. Needs root, qemu, debootstrap and some 4 GB; 5 to 20 minutes.

  --kernel PACKAGE   Debian package of a kernel (repeatable; default: linux-image-cloud-amd64)
  --reads N          reads of the conformance suite for each mechanism (default: 2000)
  --steps a,b        only these of doctor, conformance, parity
  --seed N           of the conformance suite (default: 1)
  --cache DIR        where the Debian root is kept (default: hookbench in XDG_CACHE_HOME or ~/.cache)
  --minutes N        time limit for each machine (default: 40)

Examples:
  npm run test:kernels
  npm run test:kernels -- --kernel linux-image-amd64 --reads 500

Exit codes: 0 all steps passed; 1 one failed; 2 bad usage; 3 something is missing here; 4 interrupted.
`;

const STEPS: readonly string[] = ['doctor', 'conformance', 'parity'];

interface Options {
  readonly kernels: readonly string[];
  readonly reads: number;
  readonly seed: number;
  readonly cache: string;
  readonly minutes: number;
  /** null for all */
  readonly steps: readonly string[] | null;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const missing = missingHere();
  if (missing !== null) {
    process.stderr.write(`test:kernels can't run here: ${missing}\n`);
    return 3;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));
  const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`the build failed: ${build.stderr}`);
  let failed = 0;
  for (const kernel of options.kernels) failed += (await runKernel(kernel, options, stop.signal)) ? 0 : 1;
  return stop.signal.aborted ? 4 : failed > 0 ? 1 : 0;
}

async function runKernel(kernel: string, o: Options, signal: AbortSignal): Promise<boolean> {
  const tell = (line: string) => void process.stdout.write(`${line}\n`);
  mkdirSync(o.cache, { recursive: true });
  const root = rootFor(kernel, o.cache, tell);
  const dir = mkdtempSync(join(o.cache, 'run-'));
  let passed = true;
  try {
    const steps = stepsOf(o).filter(({ name, exitCode }) => exitCode !== 0 || (o.steps?.includes(name) ?? true));
    tell(`${kernel}: booting Linux ${root.release}`);
    const project = projectDisk(ROOT, dir, machineScript(steps));
    const results = await boot({ root, project, dir, memoryMib: 3072, timeoutMs: o.minutes * 60_000, tell, signal });
    for (const { name, exitCode } of steps) {
      const code = results.find((result) => result.name === name)?.exitCode;
      const ok = code === exitCode;
      tell(`${ok ? 'ok  ' : 'FAIL'}  ${kernel} ${root.release}: ${name}${ok ? '' : ` (exit code ${code ?? 'none'})`}`);
      passed = passed && ok;
    }
    return passed;
  } catch (error) {
    passed = false;
    if (signal.aborted) return false;
    throw error;
  } finally {
    if (passed || signal.aborted) rmSync(dir, { recursive: true, force: true });
    else tell(`kept for looking at: ${dir}`);
  }
}

/** Parity: what each hook counted against what the load sent, in a short study of every mechanism. */
function stepsOf(o: Options): Step[] {
  const node = 'node --import tsx';
  const mechanisms = MECHANISMS.map(({ id }) => id).join(',');
  return [
    // that a step which fails is told as one
    { name: 'failing-on-purpose', commands: 'false', exitCode: 1 },
    { name: 'doctor', exitCode: 0, commands: 'node controller/cli/hookbench.js doctor' },
    {
      name: 'conformance',
      exitCode: 0,
      commands: `${node} test/conformance/main.ts --reads ${o.reads} --seed ${o.seed} --tries 0 --processes 2`,
    },
    {
      name: 'parity',
      exitCode: 0,
      commands: `node controller/cli/hookbench.js run --sut read-loop --forks 1 --blocks 1 --requests 700 --warmup 300 --seed ${o.seed} --mechanisms ${mechanisms} --out /tmp/study && ${node} test/kernels/parity.ts /tmp/study`,
    },
  ];
}

function readOptions(): Options | number {
  try {
    const { values } = parseArgs({
      options: {
        kernel: { type: 'string', multiple: true, default: ['linux-image-cloud-amd64'] },
        reads: { type: 'string', default: '2000' },
        seed: { type: 'string', default: '1' },
        cache: { type: 'string' },
        minutes: { type: 'string', default: '40' },
        steps: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    for (const kernel of values.kernel)
      if (!/^linux-image-[a-z0-9.+-]+$/.test(kernel))
        throw new Error(`'${kernel}' is not the name of a kernel package`);
    const steps = values.steps?.split(',') ?? null;
    for (const name of steps ?? []) if (!STEPS.includes(name)) throw new Error(`no step '${name}'`);
    return {
      kernels: values.kernel,
      steps,
      reads: whole('--reads', values.reads),
      seed: whole('--seed', values.seed),
      cache: values.cache ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hookbench'),
      minutes: whole('--minutes', values.minutes),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} takes a whole number, not '${text}'`);
  return value;
}

process.exitCode = await main();
