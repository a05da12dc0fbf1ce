/** Results on the terminal without a folder: the table, one line, or the contract as JSON. */

import type { Results } from '../analysis/results.ts';
import type { Amount } from './print.ts';

/** Past the report's door on purpose: behind it lie the figures, which take longer to load than a CSV to analyse. */
export async function printText(results: Results, o: Amount): Promise<void> {
  if (o.json === true) {
    const { renderJson } = await import('../report/json.ts');
    process.stdout.write(renderJson(results));
    return;
  }
  if (o.quiet === true) {
    const { renderLine } = await import('../report/terminal/line.ts');
    process.stdout.write(renderLine(results, ''));
    return;
  }
  const { renderTerminal } = await import('../report/terminal.ts');
  const { terminal } = await import('./terminal.ts');
  const next = ['Keep it with --out DIR: results.json, report.html and the samples.'];
  process.stdout.write(renderTerminal(results, { ...terminal(), verbose: o.verbose === true, next }));
}
