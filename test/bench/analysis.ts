/** npm run bench:analysis: the paper's CSVs through `hookbench analyze` and through pandas + scipy (analysis.py), whole processes, interleaved.
 *
 * usage: analysis.ts [--rounds N] [--json]
 * And ten million samples through controller/stats (large.ts): CPU time and memory.
 * Exit 0 when the interval of the ratio of wall times lies below a third and the ten million are within their targets, 1 when it does not or the two disagree, 3 when something is lacking. */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { bundleCli } from '../../controller/cli/bundle.ts';
import { meanInterval } from '../../controller/stats/mean-interval.ts';
import { paperFiles } from '../oracle/paper-data.ts';
import { disagreements, type Theirs } from './agreement.ts';

const CLI = fileURLToPath(new URL('../../controller/cli/hookbench.js', import.meta.url));
const SCRIPT = fileURLToPath(new URL('analysis.py', import.meta.url));
/** Debian's, which has python3-pandas and python3-scipy */
const PYTHON = '/usr/bin/python3';
const TARGET = 1 / 3;
const LARGE = fileURLToPath(new URL('large.ts', import.meta.url));
const LARGE_ROUNDS = 5;
const LARGE_TARGET = { cpuMs: 150, memoryShare: 1.5 };

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, json: { type: 'boolean' } },
});
process.exitCode = await main(Math.max(2, Number(options.rounds)), options.json === true);

async function main(rounds: number, json: boolean): Promise<number> {
  const files = paperFiles();
  const versions = await execa(
    PYTHON,
    ['-c', 'import pandas, scipy; print(f"pandas {pandas.__version__}, scipy {scipy.__version__}")'],
    {
      reject: false,
    },
  );
  const lacking = [
    ...(files.kind === 'absent' ? [files.why] : []),
    ...(versions.exitCode === 0
      ? []
      : [`${PYTHON} has no pandas and scipy: apt-get install python3-pandas python3-scipy`]),
  ];
  if (files.kind === 'absent' || lacking.length > 0) {
    process.stderr.write(`bench:analysis: ${lacking.join('; ')}\n`);
    return 3;
  }
  await bundleCli(fileURLToPath(new URL('../../build/cli', import.meta.url)));
  const { docker, eksPod } = files;
  const ours = () =>
    timed(process.execPath, [
      ...[CLI, 'analyze', '--warmup', '4000', '--json'],
      ...['--condition', 'docker', '--baseline', docker.baseline, '--treated', docker.treated],
      ...['--condition', 'eks-pod', '--baseline', eksPod.baseline, '--treated', eksPod.treated],
    ]);
  const theirs = () => timed(PYTHON, [SCRIPT, docker.baseline, docker.treated, eksPod.baseline, eksPod.treated]);
  const unlike = disagreements(JSON.parse((await ours()).stdout), lines((await theirs()).stdout));
  const pairs = await interleaved(rounds, ours, theirs);
  const ratio = meanInterval(
    Float64Array.from(pairs, ([a, b]) => Math.log(a / b)),
    0.95,
  );
  const result = {
    rounds,
    rows: 200_000,
    hookbenchMs: median(pairs.map(([a]) => a)),
    pythonMs: median(pairs.map(([, b]) => b)),
    ratio: Math.exp(ratio.mean),
    ratioLow: Math.exp(ratio.low),
    ratioHigh: Math.exp(ratio.high),
    target: TARGET,
    python: versions.stdout,
    disagreements: unlike,
    large: await largeMedians(),
    largeTarget: LARGE_TARGET,
  };
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : told(result));
  const isLargeWithin =
    result.large.cpuMs <= LARGE_TARGET.cpuMs && result.large.memoryShare <= LARGE_TARGET.memoryShare;
  return result.ratioHigh <= TARGET && unlike.length === 0 && isLargeWithin ? 0 : 1;
}

interface Large {
  readonly cpuMs: number;
  readonly memoryShare: number;
}

async function largeMedians(): Promise<Large> {
  const runs: Large[] = [];
  for (let round = 0; round < LARGE_ROUNDS; round++) {
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', LARGE], { stdin: 'ignore' });
    runs.push(JSON.parse(stdout) as Large);
  }
  return { cpuMs: median(runs.map(({ cpuMs }) => cpuMs)), memoryShare: median(runs.map((run) => run.memoryShare)) };
}

interface Run {
  readonly wallMs: number;
  readonly stdout: string;
}

async function timed(file: string, args: readonly string[]): Promise<Run> {
  const from = performance.now();
  const { stdout } = await execa(file, args, { stdin: 'ignore' });
  return { wallMs: performance.now() - from, stdout };
}

/** whose turn it is first changes at random, so that neither always finds the caches warm */
async function interleaved(
  rounds: number,
  ours: () => Promise<Run>,
  theirs: () => Promise<Run>,
): Promise<readonly (readonly [number, number])[]> {
  const pairs: (readonly [number, number])[] = [];
  for (let round = 0; round < rounds; round++) {
    const isFirst = Math.random() < 0.5;
    const first = await (isFirst ? ours : theirs)();
    const second = await (isFirst ? theirs : ours)();
    pairs.push(isFirst ? [first.wallMs, second.wallMs] : [second.wallMs, first.wallMs]);
  }
  return pairs;
}

function told(r: {
  rounds: number;
  rows: number;
  hookbenchMs: number;
  pythonMs: number;
  ratio: number;
  ratioLow: number;
  ratioHigh: number;
  python: string;
  disagreements: readonly string[];
  large: Large;
}): string {
  const verdict = r.ratioHigh <= TARGET ? 'within' : r.ratioLow > TARGET ? 'above' : 'not clearly within';
  return [
    `${r.rows.toLocaleString('en-US')} rows in 4 CSVs, ${r.rounds} interleaved rounds, whole processes (median wall time)`,
    `  hookbench analyze --json     ${r.hookbenchMs.toFixed(0)} ms`,
    `  ${r.python.padEnd(28)} ${r.pythonMs.toFixed(0)} ms`,
    `  ratio ${r.ratio.toFixed(3)} [${r.ratioLow.toFixed(3)}, ${r.ratioHigh.toFixed(3)}] (95 %, geometric mean of pairs): ${verdict} the target of 1/3`,
    `10,000,000 samples, mean, variance, exact p50, p99, p99.9 (median of ${LARGE_ROUNDS} processes): ${r.large.cpuMs.toFixed(0)} ms of CPU (target ${LARGE_TARGET.cpuMs}), ${r.large.memoryShare.toFixed(2)} × the samples' memory (target ${LARGE_TARGET.memoryShare})`,
    ...(r.disagreements.length === 0 ? ['  both give the same numbers'] : r.disagreements.map((line) => `  ✕ ${line}`)),
    '',
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function lines(text: string): readonly Theirs[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Theirs);
}
