/** A gate's answer for a job summary or a pull request. */

import type { GateReport } from '../../gate/index.ts';
import { formatDuration, formatEstimate } from '../format.ts';
import { gateNext, OUTCOME_WORDS, placeOf } from '../terminal/gate.ts';
import { escapeText, fitted, GITHUB_LIMIT, items, tableLine } from './text.ts';

export function renderGateMarkdown(report: GateReport): string {
  const table = [
    '| gate | hook | SUT | clock | adds | budget |',
    '|---|---|---|---|---:|---:|',
    ...report.rows.map((row) =>
      tableLine([
        OUTCOME_WORDS[row.outcome],
        row.mechanism,
        placeOf(report, row),
        row.vantage,
        row.shift === null ? 'n/a' : formatEstimate(row.shift).text,
        `${row.statistic} < ${formatDuration(row.limitNs)}`,
      ]),
    ),
  ].join('\n');
  const open = report.rows.filter(({ outcome }) => outcome !== 'passed').map(({ sentence }) => sentence);
  const parts = [
    { text: `**${report.passed ? '✓' : '✕'} ${escapeText(report.sentence)}**` },
    { text: table, leastLines: 3 },
    { text: items(open), droppable: 'what is behind each row' },
    { text: `Next: ${escapeText(gateNext(report))}` },
    {
      text: `<sub>hookbench gate, study ${escapeText(report.study.id)} (${escapeText(report.study.status)}). Passed: the whole interval lies below the budget; failed: none of it does.</sub>`,
    },
  ];
  return fitted(parts, GITHUB_LIMIT);
}
