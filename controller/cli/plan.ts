/** hookbench plan: what a study would do and how long it takes; with --detect, how large it must be. */

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { BenchError, type Hello } from '#proto';
import { outlineOf } from '../plan/outline.ts';
import { recordedPlan } from '../plan/recorded.ts';
import { resolveStudy } from '../plan/resolve.ts';
import type { ResolvedStudy } from '../plan/study.ts';
import { TYPICAL, timingOf } from '../plan/timing.ts';
import { readStudy } from '../store/read.ts';
import { overlay } from '../study-file/index.ts';
import { HOOKS_OPTION, hooksWords } from './hooks-dir.ts';
import { conditionsOption, durationNs, listOption, share, timeMs, wholeNumber } from './options.ts';
import { detect } from './plan-detect.ts';
import type { PlanOptions } from './plan-options.ts';
import { renderOutline, renderOutlineLine } from './plan-print.ts';
import { probeAgent } from './process.ts';
import { warmupOption } from './run.ts';
import { requestOf } from './run-options.ts';

/** where a random seed would be taken: two plans in a row are to be the same */
const SEED = 1;

export function planCommand(): Command {
  const command = new Command('plan')
    .description('say what a study would do and how long it takes; with --detect, how large it must be')
    .argument('[study]', 'study file (YAML, see hookbench init); flags given beside it win')
    .option('--sut <ids>', 'SUTs (default: those of our own that run here)', listOption('--sut'))
    .option('--mechanisms <ids>', 'mechanisms (default: all that run here)', listOption('--mechanisms'))
    .option(
      '--conditions <ids>',
      'where the two ends run, e.g. process,netns (default: process)',
      conditionsOption('--conditions'),
    )
    .option('--action <action>', 'observe, trace or block', 'observe')
    .option('--requests <n>', 'requests per arm over all forks', wholeNumber('--requests', 1, 20_000_000))
    .option('--warmup <n>', 'a fixed warm-up, or auto', warmupOption)
    .option('--warmup-floor <n>', 'least warm-up', wholeNumber('--warmup-floor', 0, 10_000_000))
    .option('--forks <n>', 'forks', wholeNumber('--forks', 1, 1000))
    .option('--blocks <n>', 'blocks in each fork', wholeNumber('--blocks', 1, 1000))
    .option('--seed <n>', `seed of the order of requests (default ${SEED})`, wholeNumber('--seed', 0, 2 ** 32 - 1))
    .option('--quick', 'the plan of hookbench run --quick')
    .option('--keywords <file>', 'keywords to look for, one a line')
    .option(...HOOKS_OPTION)
    .option('--request-bytes <n>', 'length of a request', wholeNumber('--request-bytes', 64, 8192))
    .option('--detect <duration>', 'propose a study that finds a median shift of this size', durationNs('--detect'))
    .option('--power <share>', 'with this probability', share('--power'), 0.8)
    .option('--alpha <share>', 'at this two-sided level, before Holm', share('--alpha'), 0.05)
    .option('--pilot <dir>', 'take the variance from this stored study instead of running a pilot')
    .option('--most <duration>', 'the longest study to propose', timeMs('--most'), 3_600_000)
    .option('--out <path>', 'file for the plan (as plan.json); with --detect the folder for the pilot')
    .option('--json', 'print JSON')
    .option('--quiet', 'no progress, and one line: how large and how long')
    .addHelpText(
      'after',
      `
Examples
  hookbench plan --sut java-hello --requests 50000 --warmup 4000
  hookbench plan study.yaml
  hookbench plan --quick --seed 7 --out plan.json
  hookbench plan --detect 1us --power 0.8 --sut node-hello --mechanisms ld-preload
  hookbench plan --detect 500ns --pilot results/STUDY-ID`,
    )
    .action(async (study: string | undefined, given: PlanOptions) => {
      const { options, studyFile } = overlay(study, { options: given, command, section: 'plan' });
      if (options.detect !== undefined) process.exitCode = await detect(options, options.detect, studyFile);
      // the file's folder for results is no place for a plan
      else process.exitCode = await outline({ ...options, out: given.out });
    });
  return command;
}

async function outline(options: PlanOptions): Promise<number> {
  const { study, notices } = await resolvedHere(options);
  const timing = options.pilot === undefined ? TYPICAL : timingOf(readStudy(resolve(options.pilot)));
  const node = hostname();
  const { outline: told, assignments } = outlineOf(study, { node, timing, notices });
  if (options.out !== undefined) {
    writeFileSync(options.out, `${JSON.stringify(recordedPlan(study.seed, new Map([[node, assignments]])))}\n`);
  }
  const text = options.quiet === true ? renderOutlineLine(told) : renderOutline(told);
  process.stdout.write(options.json === true ? `${JSON.stringify(told, null, 2)}\n` : text);
  return 0;
}

/** the study as an agent on this machine would get it */
async function resolvedHere(
  options: PlanOptions,
): Promise<{ study: ResolvedStudy; notices: { code: string; detail: string }[] }> {
  const request = requestOf({ ...options, out: options.out ?? 'results' }, '');
  let hello: Hello;
  try {
    hello = JSON.parse(await probeAgent(hooksWords(options))) as Hello;
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('internal', 'what the agent says of this machine is not JSON', { cause });
  }
  const { study, notices } = resolveStudy(request, { agents: [hello], id: 'plan', randomSeed: SEED });
  return { study, notices: [...notices] };
}
