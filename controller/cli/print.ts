/** Results of a study folder on the terminal: the table, or results.json as it is. */

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Results } from '../analysis/results.ts';
import { renderTerminal } from '../report/index.ts';

/** false where the disk had no room for them */
export function hasResults(dir: string): boolean {
  return existsSync(join(dir, 'results.json'));
}

export function printResults(dir: string, o: { json?: boolean | undefined }): void {
  const text = readFileSync(join(dir, 'results.json'), 'utf8');
  if (o.json === true) {
    process.stdout.write(text);
    return;
  }
  const shown = shorter(dir);
  const paths = [
    { label: 'report', path: join(shown, 'report.html') },
    { label: 'results', path: join(shown, 'results.json') },
    { label: 'samples', path: join(shown, 'samples') },
    ...(existsSync(join(dir, 'traces.csv')) ? [{ label: 'traces', path: join(shown, 'traces.csv') }] : []),
  ];
  process.stdout.write(renderTerminal(JSON.parse(text) as Results, { ...terminal(), paths }));
}

export function terminal(): { columns: number; color: boolean } {
  const color = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  return { columns: process.stdout.columns ?? 80, color };
}

function shorter(dir: string): string {
  const near = relative(process.cwd(), dir);
  return near.startsWith('..') ? dir : near;
}
