/** hookbench studies [DIR]: what is stored, when it was measured, and what came out. */

import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ListedStudy } from '../store/list-studies.ts';

export function studiesCommand(): Command {
  return new Command('studies')
    .description('list the stored studies of a results folder')
    .argument('[dir]', 'results folder', 'results')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', '\nExamples\n  hookbench studies\n  hookbench studies /srv/results --json')
    .action(async (dir: string, options: { json?: boolean }) => {
      const { listStudies, refuseStudy, stateOf } = await import('../store/list-studies.ts');
      refuseStudy(resolve(dir));
      const studies = listStudies(resolve(dir));
      const text = options.json === true ? `${JSON.stringify(plain(studies), null, 2)}\n` : table(studies, stateOf);
      process.stdout.write(text);
    });
}

/** the contract: hookbench.studies/v1 */
function plain(studies: readonly ListedStudy[]): unknown {
  return { schema: 'hookbench.studies/v1', studies };
}

function table(studies: readonly ListedStudy[], stateOf: (study: ListedStudy) => string): string {
  if (studies.length === 0) return 'no studies\n';
  const rows = studies.map((study) => [
    study.id,
    stateOf(study),
    whenOf(study),
    study.suts.join(','),
    hooksOf(study),
    shortOf(study),
  ]);
  const all = [['study', 'status', 'when (UTC)', 'SUTs', 'mechanisms', 'verdicts'], ...rows];
  const widths = all.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), []);
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

function whenOf({ startedAt }: ListedStudy): string {
  return startedAt.slice(0, 16).replace('T', ' ');
}

function hooksOf({ mechanisms }: ListedStudy): string {
  return mechanisms.filter((id) => id !== 'none').join(',');
}

/** "A/A ✓ · 2 overhead, 1 no detectable difference" */
function shortOf({ aaPassed, verdicts, problem }: ListedStudy): string {
  if (problem !== '') return problem;
  const counts = new Map<string, number>();
  for (const { verdict } of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const told = [...counts].map(([verdict, n]) => `${n} ${verdict.replaceAll('-', ' ')}`).join(', ');
  const aa = aaPassed === null ? '' : `A/A ${aaPassed ? '✓' : '✕'}`;
  return [aa, told].filter((part) => part !== '').join(' · ');
}
