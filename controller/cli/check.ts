/** hookbench check DIR: the paper's ten recommendations, each with the evidence that decided it. */

import { resolve } from 'node:path';
import { Command } from 'commander';
import { countChecks, renderChecks } from '../report/index.ts';
import { readResults } from '../study/results.ts';
import { terminal } from './terminal.ts';

export function checkCommand(): Command {
  return new Command('check')
    .description("hold a study against the ten recommendations of Kahlhofer et al. (SSP '23)")
    .argument('<dir>', 'folder of the study, e.g. results/STUDY-ID')
    .option('--strict', 'exit 1 when a recommendation is unmet')
    .option('--json', 'print the ten as JSON')
    .option('--quiet', 'one line: how many are met')
    .addHelpText(
      'after',
      '\nExamples\n  hookbench check results/STUDY-ID\n  hookbench check results/STUDY-ID --strict --json',
    )
    .action((dir: string, options: { strict?: boolean; json?: boolean; quiet?: boolean }) => {
      const results = readResults(resolve(dir));
      const { recommendations } = results;
      const quiet = options.quiet === true ? `${countChecks(results)}\n` : null;
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(recommendations, null, 2)}\n`
          : (quiet ?? renderChecks(results, terminal())),
      );
      const unmet = recommendations.some(({ status }) => status === 'unmet');
      if (options.strict === true && unmet) process.exitCode = 1;
    });
}
