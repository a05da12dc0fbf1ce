/** Two stored studies side by side. */

import type { StudyComparison } from '../../compare/index.ts';
import type { SideBySide, SideStudy } from '../side-by-side.ts';
import type { StudySummary } from '../studies.ts';
import { comparisonTables } from './compare-tables.ts';
import { fill, h } from './dom.ts';
import { get } from './server.ts';
import { capital, tellDate } from './words.ts';

export async function compareView(main: HTMLElement): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const [a, b] = [asked.get('a') ?? '', asked.get('b') ?? ''];
  const studies = await get<StudySummary[]>('/api/studies');
  const choice = chooser(studies, { a, b });
  const title = h('h1', {}, 'Compare two studies');
  if (a === '' || b === '') {
    fill(main, h('section', { class: 'panel' }, title, choice));
    return;
  }
  const address = `/api/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
  const shown = await get<SideBySide>(address).then(compared, refused);
  fill(main, h('section', { class: 'panel' }, title, choice, ...shown));
}

function compared({ comparison, a, b }: SideBySide): HTMLElement[] {
  return [
    h('p', { class: 'answer' }, comparison.sentence),
    h('div', { class: 'two' }, studyFacts('A', comparison.a, a), studyFacts('B', comparison.b, b)),
    ...comparisonTables(comparison),
  ];
}

/** two studies that can't be compared; the choice stays */
function refused(error: unknown): HTMLElement[] {
  return [h('p', { class: 'notice', role: 'status' }, capital((error as Error).message))];
}

function chooser(studies: readonly StudySummary[], chosen: { a: string; b: string }): HTMLElement {
  const withResults = studies.filter(({ hasResults }) => hasResults);
  const select = (name: 'a' | 'b') =>
    h(
      'label',
      {},
      name.toUpperCase(),
      h(
        'select',
        { name, required: true },
        ...withResults.map(({ id, suts }) =>
          h('option', { value: id, selected: id === chosen[name] }, `${id} (${suts.join(', ')})`),
        ),
      ),
    );
  if (withResults.length < 2) return h('p', { class: 'muted' }, 'This takes two studies with results.');
  return h(
    'form',
    { class: 'chooser', method: 'get', action: '/compare' },
    select('a'),
    select('b'),
    h('button', { class: 'primary' }, 'Compare'),
  );
}

function studyFacts(name: string, study: StudyComparison['a'], { nodes, kernels, aaPassed }: SideStudy): HTMLElement {
  const rows: [string, Node | string][] = [
    ['study', h('a', { href: `/studies/${encodeURIComponent(study.id)}/report.html` }, study.id)],
    ['started', `${tellDate(study.startedAt)} UTC`],
    ['status', study.status],
    ['nodes', nodes.join(', ')],
    ['kernel', kernels.join(', ')],
    ['hookbench', study.hookbenchVersion],
    ['A/A', aaPassed === null ? '– not measured' : aaPassed ? '✓ passed' : '✕ did not pass everywhere'],
  ];
  return h(
    'div',
    { class: 'side' },
    h('h2', {}, name),
    h('dl', { class: 'host' }, ...rows.map(([word, value]) => h('div', {}, h('dt', {}, word), h('dd', {}, value)))),
  );
}
