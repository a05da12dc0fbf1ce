/** Tabs without a script: radio buttons choose the panel. Arrow keys move between them, a screen reader hears a group of choices, and a
 * print shows every panel under its heading. */

import { type Insertable, type Markup, markup } from './markup.ts';

export interface Tab {
  readonly label: string;
  readonly body: Insertable;
}

/** the style sheet knows as many */
export const MOST_TABS = 8;

/** @param id unique on the page; @param label names the choice to a screen reader */
export function tabs(id: string, label: string, items: readonly Tab[]): Markup {
  const shown = items.slice(0, MOST_TABS);
  const inputs = shown.map(
    (tab, i) =>
      markup`<input type="radio" name="${id}" id="${id}-${i + 1}"${i === 0 && markup` checked`}><label for="${id}-${i + 1}">${tab.label}</label>`,
  );
  const panels = shown.map((tab) => markup`<div class="panel"><h4>${tab.label}</h4>${tab.body}</div>`);
  return markup`<fieldset class="tabs"><legend class="hidden">${label}</legend>${inputs}<div class="panels">${panels}</div></fieldset>`;
}

/** One rule per tab, as CSS can't count for us. */
export function tabRules(): string {
  const places = Array.from({ length: MOST_TABS }, (_, i) => i + 1);
  const shown = places.map((n) => `.tabs>input:nth-of-type(${n}):checked~.panels>.panel:nth-child(${n})`);
  return `.tabs{border:0;padding:0;margin:1.5rem 0 0;min-width:0;display:flex;flex-wrap:wrap;gap:.4rem}
.tabs>.panels{flex:1 0 100%;min-width:0}
.tabs>input{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0}
.tabs>label{padding:.3rem .8rem;border:1px solid var(--line);border-radius:2rem;font-size:.9rem;color:var(--soft);cursor:pointer;background:var(--card)}
.tabs>label:hover{border-color:var(--accent)}
.tabs>input:checked+label{background:var(--accent);border-color:var(--accent);color:var(--page);font-weight:600}
.tabs>input:focus-visible+label{outline:2px solid var(--accent);outline-offset:2px}
.panel>h4{margin:.75rem 0 0;font-size:1rem}
@media screen{.panel{display:none}.panel>h4{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}${shown.join(',')}{display:block}}
@media print{.tabs>label,.tabs>input{display:none}.tabs{display:block}}
`;
}
