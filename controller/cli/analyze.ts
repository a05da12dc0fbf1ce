/** hookbench analyze DIR: a stored study again, with this version's analysis; hookbench analyze --baseline A --treated B: CSVs. */

import { resolve } from 'node:path';
import { Command } from 'commander';
import { BenchError } from '#proto';
import type { ImportRequest } from '../import/run.ts';
import { quoted, wholeNumber } from './options.ts';

interface AnalyzeOptions {
  baseline: string[];
  treated: string[];
  condition: string[];
  warmup?: number | 'auto';
  skipBadRows?: boolean;
  out?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

export function analyzeCommand(): Command {
  return new Command('analyze')
    .description('analyse a stored study again, or CSVs of response times measured elsewhere')
    .argument('[dir]', 'folder of the study, e.g. results/STUDY-ID')
    .option('--baseline <file>', 'CSV without the hook (Locust format, may be gzip; may be repeated)', collected, [])
    .option('--treated <file>', 'CSV with the hook (may be repeated)', collected, [])
    .option(
      '--warmup <n>',
      'rows left out at the start of each file, or auto (default: 4000, at most a fifth)',
      warmupOption,
    )
    .option(
      '--condition <name>',
      'what to call where it was measured; one per pair of files if repeated',
      collected,
      [],
    )
    .option('--skip-bad-rows', 'leave malformed rows out and count them, instead of stopping at the first')
    .option('--out <dir>', 'folder to write the results, the report and the samples to')
    .option('--json', 'print results.json instead of the table')
    .option('--quiet', 'one line: what was found')
    .option('--verbose', 'the warnings and the sentence of every row, instead of each kind once')
    .addHelpText(
      'after',
      `
Examples
  hookbench analyze results/20261123-120000-ab12
  hookbench analyze --baseline without.csv --treated with.csv
  hookbench analyze --baseline a.csv --treated b.csv --warmup 4000 --condition docker --out results/docker
  hookbench analyze --condition docker --baseline a.csv --treated b.csv --condition pod --baseline c.csv --treated d.csv

CSVs need the columns start_time (seconds since 1970) and response_time (milliseconds), in any order.`,
    )
    .action(async (dir: string | undefined, options: AnalyzeOptions) => {
      const isImport = options.baseline.length + options.treated.length > 0;
      if (isImport && dir !== undefined) throw new BenchError('usage', 'give a folder or CSVs, not both');
      if (isImport) await analyzeCsvs(options);
      else await analyzeFolder(dir, options);
    });
}

async function analyzeFolder(dir: string | undefined, options: AnalyzeOptions): Promise<void> {
  if (dir === undefined) {
    throw new BenchError('usage', "missing required argument 'dir', or --baseline and --treated", {
      nextStep: 'hookbench analyze results/STUDY-ID, or hookbench analyze --baseline A.csv --treated B.csv',
    });
  }
  const ignored = [
    ...(options.warmup === undefined ? [] : ['--warmup']),
    ...(options.condition.length === 0 ? [] : ['--condition']),
    ...(options.skipBadRows === true ? ['--skip-bad-rows'] : []),
    ...(options.out === undefined ? [] : ['--out']),
  ];
  if (ignored.length > 0) throw new BenchError('usage', `${ignored.join(', ')} is for CSVs, not for a stored study`);
  const { writeResults } = await import('../study/results.ts');
  writeResults(resolve(dir));
  const { printResults } = await import('./print.ts');
  printResults(resolve(dir), options);
}

/** each part is loaded when it is needed: the figures take longer to load than the analysis takes to run */
async function analyzeCsvs(options: AnalyzeOptions): Promise<void> {
  const request = requestOf(options);
  const { analyseImport, importCsvs, storeImport } = await import('../import/run.ts');
  if (options.out !== undefined) {
    const { dir, study } = await storeImport(request, options.out);
    const { writeRecord } = await import('../study/results.ts');
    writeRecord(dir, study);
    const { printResults } = await import('./print.ts');
    return printResults(dir, options);
  }
  const results = analyseImport(await importCsvs(request));
  const { printText } = await import('./print-text.ts');
  await printText(results, options);
}

function requestOf(o: AnalyzeOptions): ImportRequest {
  return {
    baseline: o.baseline,
    treated: o.treated,
    conditions: o.condition,
    warmup: o.warmup ?? 'usual',
    skipBadRows: o.skipBadRows === true,
    command: `hookbench ${process.argv.slice(2).map(quoted).join(' ')}`,
  };
}

function collected(value: string, before: readonly string[]): string[] {
  if (value.trim() === '')
    throw new BenchError('usage', 'an empty name was given where a file or condition was expected');
  return [...before, value];
}

function warmupOption(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : wholeNumber('--warmup', 0, 20_000_000)(text);
}
