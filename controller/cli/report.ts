/** hookbench report DIR: the results of a stored study in another form, or its figures as files. */

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { BenchError } from '#proto';
import {
  COLUMN_MM,
  LEAST_WIDTH_MM,
  MOST_WIDTH_MM,
  renderCsv,
  renderDictionary,
  renderJson,
  renderMarkdown,
} from '../report/index.ts';
import { readResults, renderStudyHtml, renderStudyTraces } from '../study/results.ts';

const FORMATS = {
  html: 'the report as one page: tables, figures and how it was measured',
  md: 'Markdown for a pull request or an issue',
  json: 'everything that was found (hookbench.results/v1)',
  csv: 'one row per comparison',
  samples: 'one row per sample, as CSV; needs -o',
  parquet: 'the same rows as samples, as Parquet; needs -o',
  traces: 'one row per match of action trace, as CSV',
  dictionary: 'what the columns of these four mean; needs no study',
} as const;

interface ReportOptions {
  format: string;
  output?: string;
  figures?: string;
  width: string;
}

export function reportCommand(): Command {
  return new Command('report')
    .description('write the report of a stored study, or its figures')
    .argument('[dir]', 'folder of the study')
    .option('--format <format>', `${Object.keys(FORMATS).join(', ')}; what each is stands below`, 'html')
    .option('-o, --output <file>', 'file to write (default: standard output); with --figures paper the folder')
    .option(
      '--figures <out>',
      'write each figure as SVG and PNG into this folder; "paper": figures 3 and 4 of the paper',
    )
    .option('--width <width>', 'of a figure: single (85 mm), double (178 mm), or millimetres', 'double')
    .addHelpText(
      'after',
      `
Formats
${formatLines()}

Examples
  hookbench report results/STUDY-ID --format md
  hookbench report results/STUDY-ID -o report.html
  hookbench report results/STUDY-ID --format parquet -o samples.parquet
  hookbench report results/STUDY-ID --figures figures --width single
  hookbench report results/STUDY-ID --figures paper -o figures
  hookbench report --format dictionary`,
    )
    .action(async (folder: string | undefined, options: ReportOptions) => {
      if (options.format === 'dictionary') return write(await dictionary(), options.output);
      const dir = folderOf(folder);
      if (options.figures !== undefined) return writeAll(resolve(dir), options.figures, options);
      if (options.format === 'samples' || options.format === 'parquet') {
        const { exportTo } = await import('../export/command.ts');
        return exportTo(resolve(dir), options.format, options.output);
      }
      write(render(resolve(dir), options.format), options.output);
    });
}

function write(text: string, output: string | undefined): void {
  if (output === undefined) process.stdout.write(text);
  else writeFileSync(output, text);
}

/** @throws BenchError usage */
function folderOf(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new BenchError('usage', 'the folder of a study is missing', {
    nextStep: 'hookbench report results/STUDY-ID; hookbench studies lists them',
  });
}

async function dictionary(): Promise<string> {
  const { columnsOf } = await import('../export/columns.ts');
  const columns = columnsOf({ arms: [], isWhole: true });
  return renderDictionary(
    columns.map(({ name, meaning }) => ({ column: name, unit: name.endsWith('_ns') ? 'ns' : '', meaning })),
  );
}

function formatLines(): string {
  return Object.entries(FORMATS)
    .map(([format, what]) => `  ${format.padEnd(11)} ${what}`)
    .join('\n');
}

/** the drawing library is compiled, and loaded by nothing else */
async function writeAll(dir: string, figures: string, options: ReportOptions): Promise<void> {
  const widthMm = widthOf(options.width);
  const which = figures === 'paper' ? 'paper' : 'all';
  const out = resolve(which === 'paper' ? (options.output ?? join(dir, 'figures')) : figures);
  const { writeFigures } = await import('../study/figure-files.ts');
  const written = writeFigures({ dir, out, which, widthMm });
  process.stdout.write(written.map((path) => `${path}\n`).join(''));
}

/** @throws BenchError usage */
function widthOf(text: string): number {
  if (text === 'single' || text === 'double') return COLUMN_MM[text];
  const widthMm = Number(/^([0-9.]+)(?:mm)?$/.exec(text)?.[1]);
  if (widthMm >= LEAST_WIDTH_MM && widthMm <= MOST_WIDTH_MM) return widthMm;
  throw new BenchError(
    'usage',
    `--width ${text} is neither single, double nor ${LEAST_WIDTH_MM} to ${MOST_WIDTH_MM} (mm)`,
  );
}

function render(dir: string, format: string): string {
  switch (format) {
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
      throw new BenchError('usage', `unknown format "${format}"; known: ${Object.keys(FORMATS).join(', ')}`);
  }
}
