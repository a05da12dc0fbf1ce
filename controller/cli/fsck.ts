/** hookbench fsck DIR: is everything that was stored still there, whole and once? */

import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Finding } from '../store/fsck/finding.ts';
import type { FsckReport } from '../store/fsck/fsck.ts';

interface FsckCliOptions {
  repair?: boolean;
  json?: boolean;
}

export function fsckCommand(): Command {
  return new Command('fsck')
    .description('check a stored study, or a folder of them: every frame, checksum, sequence, shape, plan and result')
    .argument('[dir]', 'folder of a study, or a results folder', 'results')
    .option(
      '--repair',
      'cut torn tails, set unreadable bytes aside (they are kept), make derived files and the index again',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Examples
  hookbench fsck results
  hookbench fsck results/STUDY-ID --json
  hookbench fsck results/STUDY-ID --repair

Exit codes: 0 clean (after --repair: clean now); 1 damage found; 2 no study there. No measurement is ever deleted: what can't be read is
kept in STUDY/quarantine.`,
    )
    .action(async (dir: string, options: FsckCliOptions) => {
      const { fsck } = await import('../store/fsck/fsck.ts');
      const { writeResults } = await import('../study/results.ts');
      const report = fsck(resolve(dir), { repair: options.repair === true, analyse: writeResults });
      process.stdout.write(options.json === true ? `${JSON.stringify(plain(report), null, 2)}\n` : told(report));
      if (report.isDamaged) process.exitCode = 1;
    });
}

/** the contract: hookbench.fsck/v1 */
function plain({ dir, folders, isDamaged }: FsckReport): unknown {
  return {
    schema: 'hookbench.fsck/v1',
    dir,
    clean: !isDamaged,
    folders: folders.map(({ dir, id, kind, segments, records, samples, bytes, findings, repaired }) => ({
      ...{ dir, id, kind, segments, records, samples, bytes },
      findings,
      repaired,
    })),
  };
}

function told({ folders, isDamaged }: FsckReport): string {
  const lines = folders.flatMap(({ id, dir, kind, segments, records, samples, findings, repaired }) => {
    const bad = findings.filter(({ severity }) => severity === 'damage');
    const state = bad.length === 0 ? 'clean' : `${bad.length} ${bad.length === 1 ? 'finding' : 'findings'} of damage`;
    const what = kind === 'import' ? `${segments} files` : `${segments} segments, ${counted(records)} records`;
    return [
      `${id}: ${state} (${what}, ${counted(samples)} samples)`,
      ...repaired.map((line) => `  repaired: ${line}`),
      ...findings.flatMap((finding) => findingLines(finding, dir)),
    ];
  });
  const end = isDamaged ? 'damage found' : 'everything that was stored is there, whole and once';
  return `${[...lines, end].join('\n')}\n`;
}

function findingLines({ severity, file, message, nextStep }: Finding, dir: string): string[] {
  const mark = severity === 'damage' ? '✕' : 'note:';
  const next = nextStep === '' ? [] : [`    next: ${nextStep.replaceAll('DIR', dir)}`];
  return [`  ${mark} ${file}: ${message}`, ...next];
}

function counted(n: number): string {
  return n.toLocaleString('en-US');
}
