/** hookbench analyze DIR: a stored study again, with this version's analysis. */

import { resolve } from 'node:path';
import { Command } from 'commander';
import { writeResults } from '../study/results.ts';
import { printResults } from './print.ts';

export function analyzeCommand(): Command {
  return new Command('analyze')
    .description('analyse a stored study again and rewrite its results.json and report.html')
    .argument('<dir>', 'folder of the study, e.g. results/STUDY-ID')
    .option('--json', 'print results.json instead of the table')
    .addHelpText('after', '\nExample\n  hookbench analyze results/20261123-120000-ab12')
    .action((dir: string, options: { json?: boolean }) => {
      writeResults(resolve(dir));
      printResults(resolve(dir), options);
    });
}
