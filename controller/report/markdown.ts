/** A small table for a pull request or an issue (GitHub flavour). */

import type { Comparison, Results } from '../analysis/results.ts';
import { blockingLines, timedNote, traceLines } from './actions.ts';
import { answer } from './answer.ts';
import { formatCount, formatDuration, formatEstimate, formatMany, formatPercent, formatRatio } from './format.ts';
import { groupLabel, lossFor, parityFor, studyWarnings, sutViews, worstParity } from './model.ts';
import { interactionLines, pooledLines, varianceLines } from './places.ts';
import { FLAG_WORDS, missingReason, RECOMMENDATION_TITLES, VERDICT_WORDS } from './words.ts';

export function renderMarkdown(results: Results): string {
  const { study } = results;
  const groups = sutViews(results).flatMap((view) => view.groups);
  const rows = groups.flatMap((group) =>
    group.comparisons.map((c) => tableRow(results, groupLabel(results, group), c)),
  );
  const aaMark = results.aa.passed ? '✓' : results.aa.comparisons.length === 0 ? '!' : '✕';
  const head = [
    '| SUT | hook | p50 without | shift at p50 | ratio | at mean | at p99 | verdict | parity | loss |',
    '|---|---|---:|---:|---:|---:|---:|---|---:|---:|',
  ];
  const flags = groups.flatMap((group) =>
    group.comparisons.flatMap((c) =>
      c.flags.map((f) => `${c.treated} on ${groupLabel(results, group)}: ${FLAG_WORDS[f.code].word}: ${f.detail}`),
    ),
  );
  const status =
    study.status === 'complete'
      ? []
      : [`**This study ${study.status === 'failed' ? 'failed' : `was ${study.status}`}.**`];
  const sutWarnings = sutViews(results).flatMap((view) => view.warnings);
  const notes = [...new Set([...flags, ...[...sutWarnings, ...studyWarnings(results)].map((w) => w.detail)])];
  const timed = timedNote(results);
  const action = [
    ...blockingLines(results).map(({ text, bad }) => `${bad ? '✕' : '✓'} ${text}`),
    ...traceLines(results),
    ...(timed === null ? [] : [timed]),
  ];
  const places = [pooledLines(results), interactionLines(results), varianceLines(results)];
  const nodes = results.nodes.map((n) => `${n.cpu}, kernel ${n.kernel}`).join('; ');
  return [
    `**${escapeText(answer(results))}**`,
    ...status,
    `A/A ${aaMark} ${escapeText(results.aa.sentence)}`,
    rows.length === 0 ? 'No comparison could be made.' : [...head, ...rows].join('\n'),
    ...(action.length === 0 ? [] : [action.map((line) => `- ${escapeText(line)}`).join('\n')]),
    ...places
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => `- ${escapeText(line)}`).join('\n')),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escapeText(note)}`).join('\n')]),
    ...recommendationLines(results),
    `<sub>hookbench ${escapeText(study.hookbenchVersion)}, study ${escapeText(study.id)}, seed ${study.seed}, ${formatCount(study.requestsPerArm)} requests per arm, ${formatMany(study.forks, 'fork')}. ${escapeText(nodes)}. Shift = with hook − without, with its interval.</sub>`,
    fenced(study.command),
  ]
    .join('\n\n')
    .concat('\n');
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
  return `| ${cells.map(escapeText).join(' | ')} |`;
}

const MARKS = { met: '✓ met', unmet: '✕ not met', 'not-applicable': '– not applicable' } as const;

/** folded away: ten sentences are more than a pull request wants to see at once */
function recommendationLines({ recommendations }: Results): readonly string[] {
  if (recommendations.length === 0) return [];
  const met = recommendations.filter(({ status }) => status === 'met').length;
  const lines = recommendations.map(({ id, status, evidence }) => {
    const title = Object.hasOwn(RECOMMENDATION_TITLES, id) ? RECOMMENDATION_TITLES[id] : '';
    return `- ${MARKS[status]} **${escapeText(`${id} ${title}`)}**: ${escapeText(evidence)}`;
  });
  const summary = `The paper's recommendations: ${met} of ${recommendations.length} met`;
  return [`<details><summary>${summary}</summary>`, lines.join('\n'), '</details>'];
}

/** Study text stays text: no markup, no mention, no table cell of its own. Brackets of intervals stay as they are. */
function escapeText(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_|~#!]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('](', ']\\(');
}

/** A code block whose fence is longer than any run of backticks inside. */
function fenced(command: string): string {
  const longest = Math.max(2, ...(command.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${command.replace(/[\r\n]+/g, ' ')}\n${fence}`;
}
