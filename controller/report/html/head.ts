/** The question, the answer, and what a reader must know before reading on. */

import type { Results } from '../../analysis/results.ts';
import { answer, question } from '../answer.ts';
import { formatCount, formatElapsed, formatInstant, formatMany } from '../format.ts';
import { studyWarnings, unmatchedLoss } from '../model.ts';
import { type Markup, markup, unbroken } from './markup.ts';
import type { NavItem } from './page.ts';

export function headSection(results: Results, nav: readonly NavItem[]): Markup {
  const { study } = results;
  const facts = [
    formatInstant(study.startedAt),
    formatElapsed(study.startedAt, study.finishedAt),
    `${formatCount(study.requestsPerArm)} requests per arm`,
    formatMany(study.forks, 'fork'),
    `action ${study.action}`,
    results.nodes.map((node) => node.hostname).join(', '),
  ].filter((fact) => fact !== '');
  const unfinished =
    study.status !== 'complete' &&
    markup`<p class="notice bad"><b><span aria-hidden="true">✕</span> This study ${study.status === 'failed' ? 'failed' : `was ${study.status}`}.</b> What was measured until then is shown and marked.</p>`;
  return markup`<a class="skip" href="#shifts">Skip to the shifts</a>
<header class="top"><p class="brand"><b>hookbench</b> study ${study.id}</p>
<h1>${unbroken(question(results))}</h1>
<p class="answer">${unbroken(answer(results))}</p>
<ul class="facts">${facts.map((fact) => markup`<li>${fact}</li>`)}</ul>
${unfinished}${warnings(results)}
<nav aria-label="Sections"><ul>${nav.map((item) => markup`<li><a href="#${item.id}">${item.label}</a></li>`)}</ul></nav></header>`;
}

function warnings(results: Results): Markup | null {
  const lost = unmatchedLoss(results).map(
    (row) => `${row.hop} lost ${formatCount(row.lost)} samples (${row.sut}, ${row.mechanism}, ${row.node}).`,
  );
  const all = [...lost, ...studyWarnings(results).map((warning) => warning.detail)];
  if (all.length === 0) return null;
  return markup`<ul class="flags" aria-label="Warnings">${all.map((text) => markup`<li>${text}</li>`)}</ul>`;
}
