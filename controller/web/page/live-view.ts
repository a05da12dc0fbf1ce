/** The live view: what is measured now, by whom, and how it comes together. */

import { agentList } from './agent-list.ts';
import { learnMechanisms } from './colors.ts';
import { controlPanel } from './control-panel.ts';
import { byId, fill, h, say } from './dom.ts';
import { intervalTable } from './interval-table.ts';
import { latencyCards } from './latency-cards.ts';
import type { Me } from './server.ts';
import { follow, type Link } from './stream.ts';
import { studyPanel } from './study-panel.ts';
import { troubleList } from './trouble-list.ts';

export function liveView(main: HTMLElement, me: Me): void {
  const boxes = {
    study: h('section', { class: 'panel study', 'aria-label': 'Study' }),
    control: section('Start and stop', 'control'),
    intervals: section('Intervals', 'intervals'),
    latency: section('Latency', 'latency'),
    inside: section('In the hook', 'inside'),
    agents: section('Agents', 'agents'),
    troubles: section('Losses and warnings', 'troubles'),
  };
  boxes.latency.body.className = 'cards';
  boxes.inside.body.className = 'cards';
  fill(
    main,
    boxes.study,
    h(
      'div',
      { class: 'columns' },
      h('div', {}, boxes.intervals.element, boxes.latency.element, boxes.inside.element),
      h('div', {}, boxes.troubles.element, boxes.agents.element, me.control ? boxes.control.element : readOnlyNote()),
    ),
  );
  const parts = [
    studyPanel(boxes.study),
    intervalTable(boxes.intervals.body),
    latencyCards(boxes.latency.body, false),
    latencyCards(boxes.inside.body, true),
    agentList(boxes.agents.body),
    troubleList(boxes.troubles.body),
    ...(me.control ? [controlPanel(boxes.control.body, me)] : []),
  ];
  follow({
    onLink: showLink,
    onState: (state) => {
      learnMechanisms(state.study?.mechanisms ?? []);
      for (const part of parts) part(state);
    },
  });
}

function section(title: string, id: string) {
  const body = h('div');
  const element = h(
    'section',
    { class: 'panel', 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    body,
  );
  return { element, body };
}

function readOnlyNote(): HTMLElement {
  return h(
    'p',
    { class: 'muted note' },
    'This page only shows. A controller started with ',
    h('code', {}, '--web-control'),
    ' lets it start and stop studies.',
  );
}

const LINK_WORDS: Readonly<Record<Link, string>> = {
  up: '● live',
  busy: '● the controller makes the results',
  down: '✕ cut off from the controller; trying again',
};

function showLink(state: Link): void {
  const link = byId('link');
  link.className = state === 'down' ? 'link down' : 'link up';
  say(link, LINK_WORDS[state]);
  document.body.classList.toggle('cut-off', state === 'down');
}
