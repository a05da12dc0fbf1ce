/** hookbench plan --detect: a pilot, run or stored, and the studies that follow from it. */

import { resolve } from 'node:path';
import { BenchError, exitCodeOf, formatFailure } from '#proto';
import { type ProposalGoal, type ProposalRow, proposals } from '../plan/proposals.ts';
import { timingOf } from '../plan/timing.ts';
import { readMeta, readStudy } from '../store/read.ts';
import { hooksWords } from './hooks-dir.ts';
import { startLocalBench } from './local.ts';
import { quoted } from './options.ts';
import type { PlanOptions } from './plan-options.ts';
import { renderProposalLines, renderProposals } from './plan-print.ts';
import { StudyProgressLine } from './progress.ts';
import { interruptedEarly, onInterrupt } from './run.ts';
import { requestOf } from './run-options.ts';

/** enough forks and blocks to part their variances, short otherwise; measured samples of each arm in a block */
const PILOT = { forks: 6, blocks: 2, perBlock: 250 } as const;
/** of the SUT that needs most: a warm-up is part of --requests */
const PILOT_REQUESTS = 8000 + PILOT.forks * PILOT.blocks * PILOT.perBlock;

/** @returns the exit code */
export async function detect(options: PlanOptions, detectNs: number, studyFile: string): Promise<number> {
  const dir = options.pilot === undefined ? await runPilot(options, studyFile) : resolve(options.pilot);
  const study = readStudy(dir);
  const { warmup, warmupFloor } = options;
  const suts = readMeta(dir).suts.map((sut) => {
    const fixed = typeof warmup === 'number' ? warmup : warmupFloor;
    return { ...sut, warmup: fixed ?? study.warmup ?? readMeta(dir).warmupFloor ?? sut.warmup };
  });
  const { power, alpha, most: mostMs } = options;
  const goal = {
    detectNs,
    power,
    alpha,
    mostMs,
    suts,
    timing: timingOf(study),
    sameOptions: sameOptions(options, suts),
  };
  const rows = proposals(study, goal).filter(({ pilot }) => isAsked(pilot, options));
  if (rows.length === 0) {
    throw new BenchError('usage', `${dir} has no comparison with two forks or more to learn from`, {
      nextStep: 'give a pilot with more forks, or leave --pilot out to run one',
    });
  }
  const text = options.quiet === true ? renderProposalLines(rows, goal) : renderProposals(rows, goal, dir);
  process.stdout.write(options.json === true ? renderJson(rows, goal, dir) : text);
  return 0;
}

/** A study like any other: stored, with results. @throws BenchError how it failed */
async function runPilot(options: PlanOptions, studyFile: string): Promise<string> {
  const { forks = PILOT.forks, blocks = PILOT.blocks, requests = PILOT_REQUESTS } = options;
  const shape = { ...options, forks, blocks, requests, out: options.out ?? 'results' };
  const request = requestOf(shape, `hookbench ${process.argv.slice(2).map(quoted).join(' ')}`, studyFile);
  const line = new StudyProgressLine({ quiet: options.quiet === true });
  line.say('starting controller and agent for the pilot');
  const early = interruptedEarly();
  const bench = await startLocalBench(hooksWords(options)).finally(early.off);
  const interrupts = onInterrupt(bench, line);
  try {
    if (early.seen()) throw new BenchError('cancelled', 'interrupted before anything was measured');
    const ended = await bench.client.runStudy(request, (event) => line.event(event));
    line.end();
    if (ended.code === '') return ended.dir;
    process.stderr.write(`hookbench: the pilot did not end well\n${formatFailure(ended)}\n`);
    throw new BenchError(exitCodeOf(ended.code) === 4 ? 'cancelled' : 'internal', 'there is no pilot to learn from', {
      nextStep: ended.dir === '' ? 'run it again' : `what it measured is kept in ${ended.dir}`,
    });
  } finally {
    line.end();
    interrupts.off();
    await bench.stop();
  }
}

function isAsked({ sut, treated }: ProposalRow['pilot'], { sut: suts, mechanisms }: PlanOptions): boolean {
  return (suts?.includes(sut) ?? true) && (mechanisms?.includes(treated) ?? true);
}

function sameOptions(o: PlanOptions, suts: ProposalGoal['suts']): readonly string[] {
  const option = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [name, quoted(String(value))];
  const [first] = suts;
  const floorAsked = o.warmupFloor ?? (o.quick === true && typeof o.warmup !== 'number' ? first?.warmup : undefined);
  return [
    ...(o.action === 'observe' ? [] : ['--action', o.action]),
    ...(typeof o.warmup === 'number' ? option('--warmup', o.warmup) : option('--warmup-floor', floorAsked)),
    ...option('--keywords', o.keywords),
    ...option('--request-bytes', o.requestBytes),
  ];
}

function renderJson(
  rows: readonly ProposalRow[],
  { detectNs, power, alpha, timing }: ProposalGoal,
  pilot: string,
): string {
  const told = { schema: 'hookbench.proposals/v1', pilot, detectNs, power, alpha, expectedFrom: timing.source };
  const proposed = rows.map(({ pilot: seen, proposal, command }) => ({ ...seen, proposal, command }));
  const finite = (_key: string, value: unknown) => (value === Number.POSITIVE_INFINITY ? null : value);
  return `${JSON.stringify({ ...told, proposals: proposed }, finite, 2)}\n`;
}
