/** hookbench compare A B: what a hook costs in study B less what it costs in study A. */

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { COMPARED_STATISTICS, type ComparedStatistic, compareStudies, type StudyComparison } from '../compare/index.ts';
import { renderComparison, renderComparisonMarkdown } from '../report/index.ts';
import { readResults } from '../study/results.ts';
import { terminal } from './terminal.ts';

interface CompareOptions {
  stat: ComparedStatistic;
  format: 'text' | 'md' | 'json';
  json?: boolean;
  quiet?: boolean;
  failOnRegression?: boolean;
}

export function compareCommand(): Command {
  return new Command('compare')
    .description('hold two studies against each other: two kernels, two versions of a hook, two clusters')
    .argument('<a>', 'folder of the study to compare with, e.g. results/BEFORE')
    .argument('<b>', 'folder of the study in question, e.g. results/AFTER')
    .addOption(new Option('--stat <name>', 'the shift to compare').choices(COMPARED_STATISTICS).default('p50'))
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'md', 'json']).default('text'))
    .option('--json', 'the same as --format json')
    .option('--quiet', 'one line: what was found')
    .option('--fail-on-regression', 'exit 1 when a hook costs more in B, or B has no usable number where A has one')
    .addHelpText(
      'after',
      `
Examples
  hookbench compare results/BEFORE results/AFTER
  hookbench compare results/BEFORE results/AFTER --fail-on-regression --format md >> "$GITHUB_STEP_SUMMARY"
  hookbench compare results/KERNEL-6.1 results/KERNEL-6.18 --stat p99 --json

Exit codes: 0 compared; 1 a regression, with --fail-on-regression; 2 bad input, or nothing that can be compared`,
    )
    .action((a: string, b: string, options: CompareOptions) => {
      const comparison = compareStudies(readResults(resolve(a)), readResults(resolve(b)), options.stat);
      process.stdout.write(render(comparison, options));
      if (comparison.cells.length === 0) process.exitCode = 2;
      else if (options.failOnRegression === true && isRegression(comparison)) process.exitCode = 1;
    });
}

function render(comparison: StudyComparison, { format, json, quiet }: CompareOptions): string {
  if (json === true || format === 'json') return `${JSON.stringify(comparison, null, 2)}\n`;
  if (quiet === true) return `${comparison.sentence}\n`;
  return format === 'md' ? renderComparisonMarkdown(comparison) : renderComparison(comparison, terminal());
}

/** a number that B lost is no evidence that nothing got worse */
function isRegression({ cells, notCompared }: StudyComparison): boolean {
  return cells.some(({ verdict }) => verdict === 'larger') || notCompared.some(({ lostInB }) => lostInB);
}
