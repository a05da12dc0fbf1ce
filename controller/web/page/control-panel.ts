/** Start, queue and stop: there only where the controller allows it. */

import type { QueuedView } from '../../live/view.ts';
import { byId, fill, h, say, whenChanged } from './dom.ts';
import { type Me, post } from './server.ts';
import type { State } from './stream.ts';
import { choicesOf, studyForm } from './study-form.ts';

/** what was done stands this long, what was not done stays */
const SAID_MS = 6_000;

export function controlPanel(box: HTMLElement, me: Me): (state: State) => void {
  const said = h('p', { class: 'said', role: 'status' });
  let silence = 0;
  const act = async (path: string, body: unknown, done: string) => {
    const problem = await post(me, path, body).then(
      () => null,
      (error: unknown) => `Not done: ${(error as Error).message}.`,
    );
    say(said, problem ?? done);
    clearTimeout(silence);
    if (problem === null) silence = window.setTimeout(() => say(said, ''), SAID_MS);
  };
  const stop = stopButton(() => act('/api/stop', {}, 'Stopping; what was measured is kept.'));
  const form = studyForm((study) => act('/api/start', study, 'Taken: it runs when its turn comes.'));
  const queue = h('ol', { class: 'queue' });
  fill(box, h('div', { class: 'actions' }, stop.element, said), queue, form.element);
  const showQueue = whenChanged<readonly QueuedView[]>((views) =>
    fill(queue, ...views.map((view) => queued(view, () => act('/api/unqueue', { ticket: view.ticket }, '')))),
  );
  const showChoices = whenChanged(form.choose);
  return ({ study, queue: waiting, agents }) => {
    const isRunning = study?.status === 'running';
    stop.show(isRunning, study?.id ?? '');
    form.show(isRunning || study?.status === 'analysing');
    showQueue(waiting);
    showChoices(choicesOf(agents.filter(({ state }) => state === 'connected')));
  };
}

function stopButton(stop: () => void) {
  const what = h('p', {}, '');
  const confirm = () => {
    dialog.close();
    stop();
  };
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'stop-title' },
    h('h2', { id: 'stop-title' }, 'Stop the study?'),
    what,
    h(
      'div',
      { class: 'actions' },
      h('button', { class: 'danger', onclick: confirm }, 'Stop it'),
      h('button', { autofocus: true, onclick: () => dialog.close() }, 'Let it run'),
    ),
  );
  const button = h('button', { class: 'danger', id: 'stop', onclick: () => dialog.showModal() }, 'Stop the study');
  return {
    element: h('div', {}, button, dialog),
    show(isRunning: boolean, id: string) {
      button.hidden = !isRunning;
      if (!isRunning && dialog.open) dialog.close();
      say(what, `${id} ends after the slice under way; what was measured until then is kept and analysed.`);
    },
  };
}

function queued({ words, failure }: QueuedView, remove: () => void): HTMLElement {
  const why =
    failure === null
      ? h('span', { class: 'muted' }, ' waits')
      : h('span', { class: 'not-ok' }, ` could not begin: ${failure}`);
  const label = failure === null ? 'Take it out' : 'Dismiss';
  const after = () => {
    remove();
    byId('main').focus();
  };
  return h(
    'li',
    {},
    h('code', {}, words),
    why,
    ' ',
    h('button', { onclick: after, 'aria-label': `${label}: ${words}` }, label),
  );
}
