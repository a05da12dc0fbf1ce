/** A small table for a pull request or an issue (GitHub flavour). */

import type { Comparison, Results } from '../analysis/results.ts';
import { blockingLines, timedNote, traceLines } from './actions.ts';
import { answer } from './answer.ts';
import { bystanderLines, kernelTimeLines } from './bystanders.ts';
import { decompositionLines, microMacroLines } from './decomposition.ts';
import { type FoldedFlag, foldFlags, namesText } from './folded-flags.ts';
import { formatCount, formatDuration, formatEstimate, formatMany, formatPercent, formatRatio } from './format.ts';
import { escapeText, fenced, fitted, folded, GITHUB_LIMIT, items, tableLine } from './markdown/text.ts';
import { groupLabel, lossFor, parityFor, studyWarnings, sutViews, worstParity } from './model.ts';
import { interactionLines, pooledLines, varianceLines } from './places.ts';
import { RANKING_TITLE, rankingLines } from './ranking.ts';
import { missingReason, RECOMMENDATION_TITLES, VERDICT_WORDS } from './words.ts';

/** @returns the answer, the A/A check and the table first, details folded away; within `limit` bytes, which GitHub takes as one comment */
export function renderMarkdown(results: Results, limit = GITHUB_LIMIT): string {
  const { study, aa } = results;
  const aaMark = aa.passed ? '✓' : aa.comparisons.length === 0 ? '!' : '✕';
  const timed = timedNote(results);
  const action = [
    ...blockingLines(results).map(({ text, bad }) => `${bad ? '✕' : '✓'} ${text}`),
    ...traceLines(results),
    ...(timed === null ? [] : [timed]),
  ];
  const flags = foldFlags(results);
  const grave = flags.filter((flag) => flag.grave);
  const details = notes(results, flags);
  const across = [...pooledLines(results), ...interactionLines(results)];
  const split = varianceLines(results);
  const parts = [...decompositionLines(results), ...microMacroLines(results), ...kernelTimeLines(results)];
  return fitted(
    [
      { text: `**${escapeText(answer(results))}**` },
      {
        text:
          study.status === 'complete'
            ? ''
            : `**This study ${study.status === 'failed' ? 'failed' : `was ${study.status}`}.**`,
      },
      { text: `A/A ${aaMark} ${escapeText(aa.sentence)}` },
      { text: table(results), leastLines: 3 },
      { text: items(grave.flatMap(flagTexts)), droppable: 'why rows are not to be used' },
      { text: items(action), droppable: 'what the action did' },
      { text: folded(RANKING_TITLE, items(rankingLines(results))), droppable: 'the ranking' },
      {
        text: folded(`Over nodes and conditions (${across.length})`, items(across)),
        droppable: 'nodes and conditions',
      },
      { text: folded(`Notes and warnings (${details.length})`, items(details)), droppable: 'notes and warnings' },
      {
        text: folded(`What the intervals come from (${split.length})`, items(split)),
        droppable: 'what the intervals come from',
      },
      {
        text: folded('Processes that no hook watches', items(bystanderLines(results))),
        droppable: 'processes that no hook watches',
      },
      {
        text: folded(`Where the shifts come from (${parts.length})`, items(parts)),
        droppable: 'where the shifts come from',
      },
      { text: recommendationText(results), droppable: 'recommendations' },
      { text: measuredText(results) },
      { text: fenced(study.command) },
    ],
    limit,
  );
}

function table(results: Results): string {
  const groups = sutViews(results).flatMap((view) => view.groups);
  const rows = groups.flatMap((group) =>
    group.comparisons.map((c) => tableRow(results, groupLabel(results, group), c)),
  );
  if (rows.length === 0) return 'No comparison could be made.';
  return [
    '| SUT | hook | p50 without | shift at p50 | ratio | at mean | at p99 | verdict | parity | loss |',
    '|---|---|---:|---:|---:|---:|---:|---|---:|---:|',
    ...rows,
  ].join('\n');
}

/** flags that change no verdict, then what the study says of itself */
function notes(results: Results, flags: readonly FoldedFlag[]): readonly string[] {
  const sutWarnings = sutViews(results).flatMap((view) => view.warnings);
  const warnings = [...sutWarnings, ...studyWarnings(results)].map(({ detail }) => detail);
  return [...new Set([...flags.filter((flag) => !flag.grave).flatMap(flagTexts), ...warnings])];
}

function flagTexts({ word, details, of }: FoldedFlag): readonly string[] {
  return details.map(({ names, detail }) => `${word} (${namesText(names, of)}): ${detail}`);
}

function measuredText({ study, nodes }: Results): string {
  const machines = nodes.map((n) => `${n.cpu}, kernel ${n.kernel}`).join('; ');
  return `<sub>hookbench ${escapeText(study.hookbenchVersion)}, study ${escapeText(study.id)}, seed ${study.seed}, ${formatCount(study.requestsPerArm)} requests per arm, ${formatMany(study.forks, 'fork')}. ${escapeText(machines)}. Shift = with hook − without, with its interval.</sub>`;
}

function tableRow(results: Results, label: string, c: Comparison): string {
  const none = `n/a (${missingReason(c)})`;
  const { p50, mean, p99 } = c.shifts;
  const parity = worstParity(parityFor(results, c));
  const loss = lossFor(results, c);
  const cells = [
    label,
    c.treated,
    formatDuration(c.baselineStats.p50Ns),
    p50 === null ? none : formatEstimate(p50).text,
    p50 === null ? none : (formatRatio(p50, c.baselineStats.p50Ns)?.text ?? 'n/a (baseline is 0)'),
    mean === null ? none : formatEstimate(mean).text,
    p99 === null ? none : formatEstimate(p99).text,
    `${VERDICT_WORDS[c.verdict].symbol} ${VERDICT_WORDS[c.verdict].word}`,
    parity === null ? 'n/a (not counted)' : formatPercent(parity.ratio),
    loss === null ? 'n/a (not counted)' : formatCount(loss.lost),
  ];
  return tableLine(cells);
}

const MARKS = { met: '✓ met', unmet: '✕ not met', 'not-applicable': '– not applicable' } as const;

function recommendationText({ recommendations }: Results): string {
  const met = recommendations.filter(({ status }) => status === 'met').length;
  const lines = recommendations.map(({ id, status, evidence }) => {
    const title = Object.hasOwn(RECOMMENDATION_TITLES, id) ? RECOMMENDATION_TITLES[id] : '';
    return `- ${MARKS[status]} **${escapeText(`${id} ${title}`)}**: ${escapeText(evidence)}`;
  });
  const summary = `The paper's recommendations: ${met} of ${recommendations.length} met`;
  return folded(summary, lines.join('\n'));
}
