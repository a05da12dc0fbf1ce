/** Every agent: whether it is there, since when, what its host is, what it can do. */

import type { AgentView, CapabilityView } from '../../live/view.ts';
import { fill, h, say, whenChanged } from './dom.ts';
import type { State } from './stream.ts';
import { tellMs } from './words.ts';

const SUPPORT: Readonly<Record<string, { sign: string; word: string }>> = {
  supported: { sign: '✓', word: 'works here' },
  unsupported: { sign: '✕', word: 'does not work here' },
  inconclusive: { sign: '?', word: 'could not be told' },
};

export function agentList(box: HTMLElement): (state: State) => void {
  const told = h('p', { class: 'hidden', role: 'status' });
  const list = h('ul', { class: 'agents' });
  fill(box, told, list);
  const cards = new Map<string, ReturnType<typeof agentCard>>();
  const arrange = whenChanged<readonly string[]>((ids) => {
    for (const id of ids) if (!cards.has(id)) cards.set(id, agentCard(id));
    for (const id of cards.keys()) if (!ids.includes(id)) cards.delete(id);
    if (ids.length > 0) fill(list, ...ids.map((id) => cards.get(id)?.element));
    else
      fill(
        list,
        h(
          'li',
          { class: 'muted' },
          ...['No agent is connected. ', h('code', {}, 'hookbench agent --controller …'), ' connects one.'],
        ),
      );
  });
  return ({ agents, nowMs }) => {
    arrange(agents.map(({ id }) => id));
    for (const agent of agents) cards.get(agent.id)?.update(agent, nowMs);
    const away = agents.filter(({ state }) => state === 'away').map(({ id }) => id);
    say(told, away.length === 0 ? '' : `Away: ${away.join(', ')}`);
  };
}

function agentCard(id: string) {
  const state = h('span', { class: 'badge' });
  const seen = h('p', { class: 'muted seen' });
  const facts = h('dl', { class: 'host' });
  const abilities = h('div', { class: 'abilities' });
  const element = h(
    'li',
    { class: 'agent', 'data-agent': id },
    h('div', { class: 'headline' }, h('h3', {}, id), state),
    seen,
    facts,
    h('details', {}, h('summary', {}, 'What it can do'), abilities),
  );
  const showFacts = whenChanged<Pick<AgentView, 'host' | 'version'>>(({ host, version }) => {
    const rows: [string, string][] = [
      ['host', `${host.hostname}, ${host.os}`],
      ['kernel', host.kernel],
      ['CPU', `${host.cpu} × ${host.cores}`],
      ['runs on', host.virtualization === 'none' ? 'bare metal' : host.virtualization],
      ['hookbench', version],
    ];
    fill(facts, ...rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
  });
  const showAbilities = whenChanged<readonly CapabilityView[][]>(([mechanisms = [], suts = [], conditions = []]) =>
    fill(abilities, ability('Mechanisms', mechanisms), ability('SUTs', suts), ability('Conditions', conditions)),
  );
  return {
    element,
    update(agent: AgentView, nowMs: number) {
      const isAway = agent.state === 'away';
      element.classList.toggle('away', isAway);
      say(state, isAway ? '✕ away' : '● connected');
      state.className = `badge ${isAway ? 's-failed' : 's-complete'}`;
      const since = tellMs(nowMs - agent.sinceMs);
      const last = tellMs(nowMs - agent.lastSeenMs);
      const again = agent.streams > 1 ? ` · connected ${agent.streams} times` : '';
      say(
        seen,
        isAway
          ? `gone for ${since}, last message ${last} ago${again}`
          : `stream open for ${since}, last message ${last} ago${again}`,
      );
      showFacts({ host: agent.host, version: agent.version });
      showAbilities([[...agent.mechanisms], [...agent.suts], [...agent.conditions]]);
    },
  };
}

function ability(title: string, list: readonly CapabilityView[]): HTMLElement {
  const items = list.map(({ id, support, layer, needs, found }) => {
    const { sign, word } = SUPPORT[support] ?? { sign: '?', word: support };
    const why = support === 'supported' ? '' : `: needs ${needs}; found ${found}`;
    return h(
      'li',
      { class: `a-${support}` },
      h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      h('span', {}, h('b', {}, id), layer === '' ? '' : ` (${layer})`, h('span', { class: 'muted' }, ` ${word}${why}`)),
    );
  });
  return h('div', {}, h('h4', {}, title), h('ul', {}, ...items));
}
