/** Results of a study folder on the terminal: the table, one line, or results.json as it is. */

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Results } from '../analysis/results.ts';
import { renderLine, renderTerminal } from '../report/index.ts';
import { terminal } from './terminal.ts';

/** how much to print; what is asked for first in this order wins: json, quiet, verbose */
export interface Amount {
  json?: boolean | undefined;
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
}

/** false where the disk had no room for them */
export function hasResults(dir: string): boolean {
  return existsSync(join(dir, 'results.json'));
}

export function printResults(dir: string, o: Amount): void {
  const text = readFileSync(join(dir, 'results.json'), 'utf8');
  if (o.json === true) {
    process.stdout.write(text);
    return;
  }
  const results = JSON.parse(text) as Results;
  const shown = shorter(dir);
  if (o.quiet === true) {
    process.stdout.write(renderLine(results, shown));
    return;
  }
  const paths = [
    { label: 'report', path: join(shown, 'report.html') },
    { label: 'results', path: join(shown, 'results.json') },
    { label: 'samples', path: join(shown, 'samples') },
    ...(existsSync(join(dir, 'traces.csv')) ? [{ label: 'traces', path: join(shown, 'traces.csv') }] : []),
  ];
  process.stdout.write(renderTerminal(results, { ...terminal(), verbose: o.verbose === true, paths }));
}

function shorter(dir: string): string {
  const near = relative(process.cwd(), dir);
  return near.startsWith('..') || near === '' ? dir : near;
}
