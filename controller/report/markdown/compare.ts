/** Two studies held against each other, for a pull request. */

import type { Side, StudyComparison, UncomparedCell } from '../../compare/index.ts';
import { formatEstimate } from '../format.ts';
import { placeOf } from '../terminal/compare.ts';
import { DIFFERENCE_WORDS } from '../words.ts';
import { escapeText, fitted, folded, GITHUB_LIMIT, items, tableLine } from './text.ts';

export function renderComparisonMarkdown(comparison: StudyComparison): string {
  const { a, b, cells, notCompared, settings, statistic, sentence } = comparison;
  const table = [
    '| hook | SUT | shift A | shift B | B − A | verdict |',
    '|---|---|---:|---:|---:|---|',
    ...cells.map((cell) =>
      tableLine([
        cell.treated,
        placeOf(comparison, cell),
        shiftText(cell.a),
        shiftText(cell.b),
        formatEstimate(cell.difference).text,
        `${DIFFERENCE_WORDS[cell.verdict].symbol} ${DIFFERENCE_WORDS[cell.verdict].word}`,
      ]),
    ),
  ].join('\n');
  const differ = settings.map((row) => `${row.name}: A ${row.a}; B ${row.b}`);
  return fitted(
    [
      { text: `**${escapeText(sentence)}**` },
      { text: cells.length === 0 ? '' : table, leastLines: 3 },
      { text: items(notCompared.map(notComparedText)), droppable: 'what was not compared' },
      { text: folded(`What else differs (${differ.length})`, items(differ)), droppable: 'what else differs' },
      {
        text: folded(`In words (${cells.length})`, items(cells.map((cell) => cell.sentence))),
        droppable: 'the sentences',
      },
      {
        text: `<sub>A: study ${escapeText(a.id)}, hookbench ${escapeText(a.hookbenchVersion)}. B: study ${escapeText(b.id)}, hookbench ${escapeText(b.hookbenchVersion)}. Shift at ${statistic} = with hook − without, with its interval.</sub>`,
      },
    ],
    GITHUB_LIMIT,
  );
}

function notComparedText(cell: UncomparedCell): string {
  return `not compared: ${cell.treated} on ${cell.sut} (${cell.condition}, ${cell.node}): ${cell.reasons.join('; ')}`;
}

function shiftText({ shift }: Side): string {
  return shift === null ? 'n/a' : formatEstimate(shift).text;
}
