/** hookbench gate DIR --max BUDGET: is what a hook adds within its budget? For CI. */

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { BenchError } from '#proto';
import { type Budget, budgetOf, type GateReport, judge } from '../gate/index.ts';
import { renderGate, renderGateMarkdown } from '../report/index.ts';
import { readResults } from '../study/results.ts';
import { type GateSection, gateOf } from '../study-file/index.ts';
import { terminal } from './terminal.ts';

interface GateCommandOptions {
  max?: Budget[];
  study?: string;
  sut?: string;
  undecided: 'fail' | 'pass';
  format: 'text' | 'md' | 'json';
  json?: boolean;
  quiet?: boolean;
}

export function gateCommand(): Command {
  const command = new Command('gate')
    .description('say whether what a hook adds is within its budget; exit 1 when it is not, for CI')
    .argument('<dir>', 'folder of the study, e.g. results/STUDY-ID')
    .addOption(
      new Option(
        '--max <budget>',
        "MECHANISM[:SUT][:VANTAGE]:STAT<VALUE, e.g. 'ld-preload:client:p50<5us' (may be repeated)",
      ).argParser((text: string, before: Budget[] | undefined) => [...(before ?? []), budgetOf(text)]),
    )
    .option('--study <file>', 'take budgets from the section gate of a study file; flags given beside it win')
    .option('--sut <id>', 'only rows of this SUT')
    .addOption(
      new Option('--undecided <what>', 'what a budget inside the interval counts as')
        .choices(['fail', 'pass'])
        .default('fail'),
    )
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'md', 'json']).default('text'))
    .option('--json', 'the same as --format json')
    .option('--quiet', 'one line: passed or failed')
    .addHelpText(
      'after',
      `
Examples
  hookbench gate results/STUDY-ID --max 'ld-preload:client:p50<5us'
  hookbench gate results/STUDY-ID --max 'ld-preload:read-loop:p50<200ns' --max 'bpf:client:mean<20us'
  hookbench gate results/STUDY-ID --max 'ld-preload:p99<1ms' --sut java-hello --undecided pass
  hookbench gate results/STUDY-ID --study vendor.yaml
  hookbench gate results/STUDY-ID --max 'ld-preload:client:p50<5us' --format md >> "$GITHUB_STEP_SUMMARY"

A budget is kept only where the whole interval lies below it; a row that makes no claim (invalid, implausible, no A/A) fails.
Statistics: mean, p50, p99, and the deciles p10 to p90.
Exit codes: 0 every budget kept; 1 one is not, or can't be told; 2 bad usage, or a budget for what was not measured`,
    )
    .action((dir: string, options: GateCommandOptions) => {
      const { max, sut, undecided } = asked(options, command);
      const report = judge(readResults(resolve(dir)), max, { sut: sut ?? null, undecided });
      process.stdout.write(render(report, options));
      if (!report.passed) process.exitCode = 1;
    });
  return command;
}

/** @throws BenchError usage without a budget from either */
function asked({ max, sut, undecided, study }: GateCommandOptions, command: Command): GateSection {
  const file = study === undefined ? null : gateOf(study);
  const budgets = max ?? file?.max;
  if (budgets === undefined)
    throw new BenchError(
      'usage',
      "required option '--max <budget>' is missing, and no --study names a file with budgets",
      {
        nextStep: "e.g. --max 'ld-preload:client:p50<5us'",
      },
    );
  const isGiven = command.getOptionValueSource('undecided') === 'cli';
  const subject = sut ?? file?.sut;
  return {
    max: budgets,
    undecided: isGiven ? undecided : (file?.undecided ?? undecided),
    ...(subject !== undefined && { sut: subject }),
  };
}

function render(report: GateReport, { format, json, quiet }: GateCommandOptions): string {
  if (json === true || format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (quiet === true) return `${report.sentence}\n`;
  return format === 'md' ? renderGateMarkdown(report) : renderGate(report, terminal());
}
