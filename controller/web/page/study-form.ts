/** The form of a study: what every connected agent can do, and how large. */

import type { AgentView } from '../../live/view.ts';
import { fill, h, say } from './dom.ts';

const SIZES = [
  ['quick', 'Quick', 'under a minute'],
  ['default', 'Default', '2 to 3 minutes'],
  ['own', 'Own numbers', ''],
] as const;
const NUMBERS = [
  ['requests', 'requests per arm', 20_000_000],
  ['warmup', 'warm-up, fixed', 10_000_000],
  ['forks', 'forks', 1000],
  ['blocks', 'blocks', 1000],
] as const;

export interface Choices {
  readonly suts: readonly string[];
  /** of those, what is chosen unless somebody chooses */
  readonly sutsByDefault: readonly string[];
  readonly mechanisms: readonly string[];
  readonly byDefault: readonly string[];
}

/** what every connected agent can do */
export function choicesOf(agents: readonly AgentView[]): Choices {
  const all = (of: (agent: AgentView) => AgentView['suts']) => {
    const lists = agents.map((agent) =>
      of(agent)
        .filter(({ support }) => support === 'supported')
        .map(({ id }) => id),
    );
    return (lists[0] ?? []).filter((id) => lists.every((list) => list.includes(id)));
  };
  const mechanisms = all((agent) => agent.mechanisms).filter((id) => id !== 'none');
  const byDefault = mechanisms.filter((id) => id === 'ld-preload' || id === 'bpftrace');
  const suts = all((agent) => agent.suts);
  const isDefault = (id: string) => agents[0]?.suts.some((sut) => sut.id === id && sut.byDefault) ?? false;
  return { suts, sutsByDefault: suts.filter(isDefault), mechanisms, byDefault };
}

export function studyForm(start: (study: Record<string, unknown>) => void) {
  const suts = h('div', { class: 'choices' });
  const mechanisms = h('div', { class: 'choices' });
  const numbers = h(
    'div',
    { class: 'numbers', hidden: true },
    ...NUMBERS.map(([name, label, most]) =>
      h('label', {}, label, h('input', { type: 'number', name, min: 1, max: most })),
    ),
  );
  const sizes = SIZES.map(([value, label, hint]) =>
    h(
      'label',
      {},
      h('input', {
        type: 'radio',
        name: 'size',
        value,
        checked: value === 'quick',
        onchange: () => (numbers.hidden = value !== 'own'),
      }),
      label,
      ' ',
      h('span', { class: 'muted' }, hint),
    ),
  );
  const button = h('button', { class: 'primary', id: 'start' }, 'Start');
  const onsubmit = (event: Event) => {
    event.preventDefault();
    start(studyOf(new FormData(event.target as HTMLFormElement)));
  };
  const element = h(
    'form',
    { id: 'study-form', onsubmit },
    h('fieldset', {}, h('legend', {}, 'SUTs'), suts),
    h('fieldset', {}, h('legend', {}, 'Mechanisms'), mechanisms),
    h('fieldset', {}, h('legend', {}, 'Size'), h('div', { class: 'choices' }, ...sizes), numbers),
    button,
  );
  return {
    element,
    choose(choices: Choices) {
      const isAble = choices.suts.length > 0;
      button.disabled = !isAble;
      // who goes away for a moment must not take along what was chosen
      if (!isAble && suts.querySelector('input') !== null) return;
      const chosen = (name: string, id: string, byDefault: boolean) =>
        element.querySelector<HTMLInputElement>(`input[name=${name}][value="${CSS.escape(id)}"]`)?.checked ?? byDefault;
      const boxes = (name: string, ids: readonly string[], isDefault: (id: string) => boolean) =>
        ids.map((id) => checkbox(name, id, chosen(name, id, isDefault(id))));
      const none = h('p', { class: 'muted' }, 'No agent is connected.');
      fill(suts, !isAble && none, ...boxes('suts', choices.suts, (id) => choices.sutsByDefault.includes(id)));
      fill(mechanisms, ...boxes('mechanisms', choices.mechanisms, (id) => choices.byDefault.includes(id)));
    },
    show: (isRunning: boolean) => say(button, isRunning ? 'Queue' : 'Start'),
  };
}

function studyOf(data: FormData): Record<string, unknown> {
  const size = data.get('size');
  const given = NUMBERS.map(([name]) => [name, data.get(name)] as const).filter(
    ([, value]) => size === 'own' && value !== '' && value !== null,
  );
  return {
    suts: data.getAll('suts'),
    mechanisms: data.getAll('mechanisms'),
    quick: size === 'quick',
    ...Object.fromEntries(given.map(([name, value]) => [name, Number(value)])),
  };
}

function checkbox(name: string, value: string, checked: boolean): HTMLElement {
  return h('label', {}, h('input', { type: 'checkbox', name, value, checked }), value);
}
