/** Who can block, who sees which calls: every mechanism of the catalogue on this machine. */

import type { MechanismFacts } from '../../analysis/results.ts';
import { type Markup, markup } from './markup.ts';
import { scrollTable } from './parts.ts';

export function abilitySection(entries: readonly MechanismFacts[]): Markup {
  const shown = entries.filter((entry) => entry.id !== 'none');
  const actions = distinct(shown.flatMap((entry) => [...entry.actions, ...entry.limits.map(({ action }) => action)]));
  const functions = distinct(shown.flatMap((entry) => entry.functions));
  const table = scrollTable({
    label: 'What each mechanism can do',
    caption: 'What each mechanism of this hookbench can do on this machine, and in front of which functions',
    head: ['mechanism', 'layer', ...actions, ...functions.map((name) => `${name}()`), 'in this study'],
    rows: shown.map((entry) => [
      ...[entry.id, entry.layer],
      ...actions.map((action) => can(entry.actions.includes(action))),
      ...functions.map((name) => can(entry.functions.includes(name))),
      entry.manner.join(', ') || '–',
    ]),
  });
  const limits = shown.flatMap(({ id, limits: own }) => own.map(({ action, why }) => ({ id, action, why })));
  const reasons =
    limits.length > 0 &&
    markup`<details><summary>Why not</summary><dl class="limits">${limits.map(({ id, action, why }) => markup`<div><dt>${id}: no ${action}</dt><dd>${why}</dd></div>`)}</dl></details>`;
  return markup`${table}${reasons}`;
}

function can(able: boolean): Markup {
  return able
    ? markup`<span class="ok"><span aria-hidden="true">✓</span><span class="hidden">yes</span></span>`
    : markup`<span class="missing"><span aria-hidden="true">✕</span><span class="hidden">no</span></span>`;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
