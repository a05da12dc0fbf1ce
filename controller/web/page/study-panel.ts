/** The study under way, or the last one: what it is, how far, how long to go, what is being measured. */

import type { StudyView } from '../../live/view.ts';
import { colorOf } from './colors.ts';
import { fill, h, say, whenChanged } from './dom.ts';
import type { State } from './stream.ts';
import { capital, tellMs } from './words.ts';

const WORDS: Readonly<Record<StudyView['status'], string>> = {
  running: 'running',
  analysing: 'measured; its results are being made',
  complete: 'complete',
  interrupted: 'interrupted, what was measured is kept',
  failed: 'failed, what was measured is kept',
};

export function studyPanel(box: HTMLElement): (state: State) => void {
  const parts = {
    title: h('h1', { id: 'study-title' }),
    badge: h('span', { class: 'badge' }),
    facts: h('p', { class: 'muted facts' }),
    bar: h('progress', { max: 1000, value: 0, 'aria-labelledby': 'study-title' }),
    share: h('span', { class: 'share' }),
    now: h('p', { class: 'now' }),
    arms: h('ul', { class: 'arms' }),
    told: h('p', { class: 'hidden', role: 'status', 'aria-live': 'polite' }),
    outcome: h('div'),
  };
  const times = { elapsed: time('elapsed'), left: time('time left'), samples: time('samples stored') };
  const body = h(
    'div',
    {},
    h('div', { class: 'headline' }, parts.title, parts.badge),
    parts.facts,
    h('div', { class: 'bar' }, parts.bar, parts.share),
    h('dl', { class: 'times' }, times.elapsed.element, times.left.element, times.samples.element),
    parts.now,
    parts.arms,
    parts.outcome,
  );
  const idle = h(
    'div',
    {},
    h('h1', {}, 'No study yet'),
    h(
      'p',
      { class: 'muted' },
      'A study shows here while it runs, whoever started it: ',
      h('code', {}, 'hookbench run --controller …'),
    ),
  );
  // the region must be there before what it tells
  const shown = h('div');
  fill(box, parts.told, shown);
  const outcome = whenChanged<Pick<StudyView, 'failure' | 'folder' | 'status'>>((study) =>
    fill(parts.outcome, ...outcomeOf(study)),
  );
  const arms = whenChanged<StudyView['now']>((now) => fill(parts.arms, ...now.map(armChips)));
  return ({ study, nowMs }) => {
    const wanted = study === null ? idle : body;
    if (shown.firstChild !== wanted) fill(shown, wanted);
    if (study === null) return;
    const share = study.totalSteps === 0 ? 0 : Math.min(1, study.doneSteps / study.totalSteps);
    const percent = `${Math.floor(share * 100)} %`;
    const isAnalysing = study.status === 'analysing';
    const isRunning = study.status === 'running' || isAnalysing;
    say(parts.title, study.id);
    say(parts.badge, isAnalysing ? 'making the results' : study.status);
    parts.badge.className = `badge s-${study.status}`;
    say(parts.facts, factsOf(study));
    parts.bar.value = Math.round(share * 1000);
    say(parts.share, percent);
    say(times.elapsed.value, tellMs((study.endedMs ?? nowMs) - study.startedMs));
    times.left.element.hidden = !isRunning || isAnalysing;
    say(times.left.value, study.leftMs === null ? '…' : `about ${tellMs(study.leftMs)}`);
    say(times.samples.value, study.samples.toLocaleString('en'));
    say(parts.now, isRunning ? capital(study.text) : '');
    // of one node the line above says it, and sooner: these are the arms of the last samples
    arms(study.status === 'running' && study.now.length > 1 ? study.now : []);
    outcome({ failure: study.failure, folder: study.folder, status: study.status });
    // in tens: a reader is not to be talked over
    const tens = Math.floor(share * 10) * 10;
    say(
      parts.told,
      study.status === 'running' ? `Study ${study.id}: ${tens} % done` : `Study ${study.id} is ${WORDS[study.status]}`,
    );
    document.title = `${isAnalysing ? 'results' : isRunning ? percent : study.status} · hookbench`;
  };
}

function time(label: string) {
  const value = h('dd', { class: label === 'time left' ? 'time-left' : null });
  return { element: h('div', {}, h('dt', {}, label), value), value };
}

function factsOf({ suts, mechanisms, conditions, forks, blocks, requestsPerArm, action, seed }: StudyView): string {
  const plan = blocks === null ? `${forks} forks` : `${forks} forks × ${blocks} ${blocks === 1 ? 'block' : 'blocks'}`;
  return [
    suts.join(', '),
    mechanisms.filter((one) => one !== 'none').join(', '),
    conditions.join(', '),
    plan,
    requestsPerArm === null ? '' : `${requestsPerArm.toLocaleString('en')} requests per arm`,
    action,
    `seed ${seed}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function armChips({ node, sut, design, phase, arms }: StudyView['now'][number]): HTMLElement {
  const chips = arms.map((arm) => {
    const isAa = arm.startsWith('none again');
    return h(
      'span',
      { class: 'chip' },
      h('span', { class: `key ${colorOf({ mechanism: isAa ? 'none' : arm, aa: isAa })}` }),
      arm,
    );
  });
  const what = `${node}: ${phase === 'warmup' ? 'warming up ' : ''}${sut}, ${design}`;
  return h('li', {}, h('span', { class: 'muted' }, what), ...chips);
}

function outcomeOf({ failure, folder, status }: Pick<StudyView, 'failure' | 'folder' | 'status'>): (Node | null)[] {
  const isOver = status !== 'running' && status !== 'analysing';
  const why =
    failure &&
    h(
      'p',
      { class: 'notice' },
      h('b', {}, capital(WORDS[status])),
      `: ${failure.message.replace(/\.?$/, '.')}`,
      failure.nextStep === '' ? '' : ` Next: ${failure.nextStep}.`,
    );
  const report =
    isOver && folder !== null
      ? h(
          'p',
          {},
          h('a', { class: 'strong', href: `/studies/${encodeURIComponent(folder)}/report.html` }, 'Open its report'),
        )
      : null;
  return [why, report];
}
