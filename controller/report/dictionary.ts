/** The data dictionary as a Markdown page: controller/report/DICTIONARY.md, and `hookbench report --format dictionary`. */

import { type ColumnMeaning, CSV_DICTIONARY, TRACES_DICTIONARY } from './csv-dictionary.ts';

/** @param samples columns of the exported samples, which the export knows; left out where there are none */
export function renderDictionary(samples: readonly ColumnMeaning[] = []): string {
  return [
    '# Data dictionary',
    'What `hookbench report DIR --format csv` writes: RFC 4180, CRLF, one row per comparison, A/A rows first. Latencies are in ns and unrounded; a shift is with',
    'hook − without. A cell is empty where there is no value; nothing that is missing is written as 0. A text that a spreadsheet would take for a formula has an apostrophe in front.',
    '',
    ...table(CSV_DICTIONARY),
    '',
    '## Traces',
    '',
    '`traces.csv` and `--format traces`: one row per match that a mechanism reported and that was kept (action trace).',
    '',
    ...table(TRACES_DICTIONARY),
    '',
    ...(samples.length === 0 ? [] : [...SAMPLES_HEAD, ...table(samples), '']),
  ]
    .join('\n')
    .replace('# Data dictionary\n', '# Data dictionary\n\n');
}

const SAMPLES_HEAD = [
  '## Samples',
  '',
  '`--format samples` (CSV) and `--format parquet`: one row per stored sample, warm-up, settling and voided ones too: filter by `phase` and `settle`.',
  '',
];

/** columns as wide as their widest cell, so that the page reads as it is too */
function table(entries: readonly ColumnMeaning[]): readonly string[] {
  const rows = entries.map(({ column, unit, meaning }) => [`\`${column}\``, unit, meaning]);
  const all = [['column', 'unit', 'meaning'], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...all.map((row) => [...(row[at] ?? '')].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => padded(cell, widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = all;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}
