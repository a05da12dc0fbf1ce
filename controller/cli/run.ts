/** hookbench run: a study on this machine, from the plan to the report. */

import { Command } from 'commander';
import { BenchError, BLOCK_ERRNOS, DEFAULT_BLOCK_ERRNO, exitCodeOf, formatFailure, type StudyEnded } from '#proto';
import { writeResults } from '../study/results.ts';
import { type Overlaid, overlay } from '../study-file/index.ts';
import { HOOKS_OPTION, hooksWords } from './hooks-dir.ts';
import { type Bench, joinBench, startLocalBench } from './local.ts';
import { conditionsOption, durationNs, errnoName, listOption, quoted, timeMs, wholeNumber } from './options.ts';
import { hasResults, printResults } from './print.ts';
import { StudyProgressLine } from './progress.ts';
import { REMOTE_OPTIONS, remoteClient } from './remote.ts';
import { type RunOptions, requestOf } from './run-options.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function runCommand(): Command {
  const command = new Command('run')
    .description('run a study on this machine and write its results')
    .argument('[study]', 'study file (YAML, see hookbench init); flags given beside it win')
    .option(
      '--sut <ids>',
      'SUTs, e.g. java-hello,read-loop (default: those of our own that run here)',
      listOption('--sut'),
    )
    .option(
      '--mechanisms <ids>',
      'mechanisms, e.g. ld-preload,ld-preload:simd,bpftrace (default: ld-preload and bpftrace, where they run)',
      listOption('--mechanisms'),
    )
    .option(
      '--conditions <ids>',
      'where the two ends run, e.g. process,netns or netns:rate=100mbit (default: process)',
      conditionsOption('--conditions'),
    )
    .option(
      '--action <action>',
      'observe (record only), trace (also record which reads matched) or block (fail them)',
      'observe',
    )
    .option(
      '--functions <names>',
      'what the hook is put in front of: read,recv,recvfrom,readv,recvmsg (default: read)',
      listOption('--functions'),
    )
    .option(
      '--errno <name>',
      `with --action block: what the read fails with: ${BLOCK_ERRNOS.join(', ')} (default: ${DEFAULT_BLOCK_ERRNO})`,
      errnoName('--errno'),
    )
    .option(
      '--requests <n>',
      'requests per arm over all forks; one warm-up of them is not analysed (default 20000)',
      wholeNumber('--requests', 1, 20_000_000),
    )
    .option(
      '--warmup <n>',
      'requests each fresh instance serves before it counts, or auto: detected for each start, never below the floor (default)',
      warmupOption,
    )
    .option(
      '--warmup-floor <n>',
      'least warm-up where it is detected (default: of each SUT its own)',
      wholeNumber('--warmup-floor', 0, 10_000_000),
    )
    .option('--forks <n>', 'fresh starts of every SUT (default 6)', wholeNumber('--forks', 1, 1000))
    .option('--blocks <n>', 'randomised blocks in each fork (default 4)', wholeNumber('--blocks', 1, 1000))
    .option(
      '--seed <n>',
      'seed of the order of requests (default: random, written to the results)',
      wholeNumber('--seed', 0, 2 ** 32 - 1),
    )
    .option('--quick', 'a smaller study, under 60 s: 5000 requests of which 2000 warm-up floor, 4 forks, 1 block')
    .option('--keywords <file>', 'keywords to look for, one a line (default: our own list of 200)')
    .option('--request-bytes <n>', 'length of a request (default 88)', wholeNumber('--request-bytes', 64, 8192))
    .option(...HOOKS_OPTION)
    .option('--margin <duration>', 'margin within which arms count as equivalent, e.g. 1us', durationNs('--margin'))
    .option(
      '--until <duration>',
      'add forks until the 95 % interval of each median shift reaches at most this far to either side of it, e.g. 1us',
      durationNs('--until'),
    )
    .option(
      '--until-for <names>',
      'ask that only of these: mechanisms or SUT/mechanism (default: all)',
      listOption('--until-for'),
    )
    .option('--budget <duration>', 'with --until: the most time to measure for (default 10m)', timeMs('--budget'))
    .option('--out <dir>', 'folder for results (of a controller with --tls-dir: its own --results)', 'results')
    .option('--json', 'print results.json instead of the table')
    .option('--quiet', 'no progress, and one line: what was found')
    .option('--verbose', 'the warnings and the sentence of every row, instead of each kind once')
    .addHelpText(
      'after',
      `
Examples
  hookbench run
  hookbench run --quick --seed 7
  hookbench run study.yaml --seed 7                                  a study file; the seed given here wins
  hookbench run --sut java-hello --requests 50000 --warmup 4000      the paper's protocol
  hookbench run --sut read-loop --mechanisms ld-preload --json
  hookbench run --sut node-hello --action block                      requests with a keyword never arrive
  hookbench run --sut node-hello --action block --errno EACCES
  hookbench run --sut read-loop --mechanisms ld-preload,ld-preload:simd --functions read,recv
  hookbench run --sut read-loop --until 50ns --budget 5m
  hookbench run --keywords words.txt --request-bytes 1400
  hookbench run --controller bench.example.org:7461 --tls-dir alice-tls`,
    )
    .action(async (study: string | undefined, options: RunOptions) => {
      process.exitCode = await run(overlay(study, { options, command }));
    });
  for (const [flags, description] of REMOTE_OPTIONS) command.option(flags, description);
  return command;
}

async function run({ options, studyFile }: Overlaid<RunOptions>): Promise<number> {
  const request = requestOf(options, `hookbench ${process.argv.slice(2).map(quoted).join(' ')}`, studyFile);
  const words = hooksWords(options);
  const line = new StudyProgressLine({ quiet: options.quiet === true });
  const remote = await remoteClient(options);
  if (remote === null) line.say('starting controller and agent');
  const early = interruptedEarly();
  const bench = await (remote === null ? startLocalBench(words) : joinBench(remote)).finally(early.off);
  const interrupts = onInterrupt(bench, line);
  let dir = '';
  try {
    if (early.seen()) throw new BenchError('cancelled', 'interrupted before anything was measured');
    const ended = await bench.client.runStudy(request, (event) => {
      if (event.body === 'planned') dir = event.planned.dir;
      line.event(event);
    });
    line.end();
    if (hasResults(ended.dir)) printResults(ended.dir, options);
    else if (remote !== null && ended.dir !== '')
      process.stderr.write(`hookbench: the results are on the controller's host, in ${ended.dir}\n`);
    return report(ended);
  } catch (error) {
    line.end();
    const gone = error instanceof BenchError && error.code === 'controller-gone';
    const lost = gone && dir !== '' && remote === null;
    if (lost) return salvage(dir, options, bench);
    throw error;
  } finally {
    interrupts.off();
    await bench.stop();
  }
}

/** says how it ended, when not well. @returns the exit code */
function report(ended: StudyEnded): number {
  if (ended.code === '') return 0;
  const what =
    ended.status === 'interrupted' ? 'interrupted; the results are what was measured until then' : 'the study failed';
  process.stderr.write(`hookbench: ${what}\n${formatFailure(ended)}\n`);
  if (ended.dir !== '') process.stderr.write(`  kept: ${ended.dir}\n`);
  if (!hasResults(ended.dir)) process.stderr.write(`  then: hookbench analyze ${ended.dir}\n`);
  return ended.status === 'interrupted' ? 4 : exitCodeOf(ended.code);
}

/** The controller died: what it had stored is analysed here. */
function salvage(dir: string, options: RunOptions, bench: Bench): number {
  process.stderr.write(
    `hookbench: ${formatFailure({ message: 'the controller died during the study', nextStep: `what it had stored is kept in ${dir} and analysed; run the study again`, detail: bench.lastLines() })}\n`,
  );
  writeResults(dir);
  printResults(dir, options);
  return 1;
}

/** Ctrl-C while controller and agent are being started: remembered, so that both are ended in good order. */
export function interruptedEarly(): { seen(): boolean; off(): void } {
  let seen = false;
  const note = () => {
    seen = true;
  };
  for (const signal of SIGNALS) process.on(signal, note);
  return {
    seen: () => seen,
    off: () => {
      for (const signal of SIGNALS) process.off(signal, note);
    },
  };
}

/** First Ctrl-C: stop and keep the results. Second: end everything now. */
export function onInterrupt(bench: Bench, line: StudyProgressLine): { off(): void } {
  let times = 0;
  const interrupted = () => {
    times += 1;
    if (times > 1) {
      line.end();
      for (const daemon of bench.daemons) process.kill(daemon.pid, 'SIGTERM');
      process.exit(4);
    }
    line.say('stopping: results so far are kept (Ctrl-C again ends at once)');
    bench.client.cancelStudy().catch(() => undefined);
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return {
    off: () => {
      for (const signal of SIGNALS) process.off(signal, interrupted);
    },
  };
}

export function warmupOption(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : wholeNumber('--warmup', 0, 10_000_000)(text);
}
