/** hookbench report DIR: the results of a stored study in another form. */

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { BenchError } from '#proto';
import { renderCsv, renderJson, renderMarkdown } from '../report/index.ts';
import { readResults, renderStudyHtml, renderStudyTraces } from '../study/results.ts';

const FORMATS = ['html', 'md', 'json', 'csv', 'traces', 'samples', 'parquet'] as const;

export function reportCommand(): Command {
  return new Command('report')
    .description('write the report of a stored study')
    .argument('<dir>', 'folder of the study')
    .option(
      '--format <format>',
      `${FORMATS.join(', ')} (traces: the matches of action trace, samples: every sample, both as CSV)`,
      'html',
    )
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .addHelpText(
      'after',
      '\nExamples\n  hookbench report results/STUDY-ID --format md\n  hookbench report results/STUDY-ID -o report.html\n  hookbench report results/STUDY-ID --format parquet -o samples.parquet',
    )
    .action(async (dir: string, options: { format: string; output?: string }) => {
      if (options.format === 'samples' || options.format === 'parquet') {
        const { exportTo } = await import('../export/command.ts');
        return exportTo(resolve(dir), options.format, options.output);
      }
      const text = render(resolve(dir), options.format);
      if (options.output === undefined) process.stdout.write(text);
      else writeFileSync(options.output, text);
    });
}

function render(dir: string, format: string): string {
  switch (FORMATS.find((known) => known === format)) {
    case 'html':
      return renderStudyHtml(dir);
    case 'md':
      return renderMarkdown(readResults(dir));
    case 'json':
      return renderJson(readResults(dir));
    case 'csv':
      return renderCsv(readResults(dir));
    case 'traces':
      return renderStudyTraces(dir);
    default:
      throw new BenchError('usage', `unknown format "${format}"; known: ${FORMATS.join(', ')}`);
  }
}
