/** Elements without markup: text is always text. */

type Child = Node | string | number | null | false | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | null | ((event: Event) => void)>>;

/** `on…` attributes are listeners, false and null leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const role = roleOf(tag, attributes);
  if (role !== undefined) element.setAttribute('role', role);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/** A table that phones show as blocks would not be read as one without its roles. */
function roleOf(tag: string, { scope }: Attributes): string | undefined {
  if (tag === 'th') return scope === 'col' ? 'columnheader' : 'rowheader';
  return TABLE_ROLES[tag];
}

const TABLE_ROLES: Readonly<Record<string, string>> = {
  table: 'table',
  thead: 'rowgroup',
  tbody: 'rowgroup',
  tr: 'row',
  td: 'cell',
};

/** Replaces what is in an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...nodes(children));
}

/** Sets text only where it changed: selections and readers stay where they are. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no #${id} on this page`);
  return found;
}

/** Rebuilds a part only when what it shows has changed. */
export function whenChanged<T>(show: (value: T) => void): (value: T) => void {
  let shown = '';
  return (value) => {
    const text = JSON.stringify(value);
    if (text === shown) return;
    shown = text;
    show(value);
  };
}

function nodes(children: readonly Child[]): (Node | string)[] {
  return children
    .filter((child) => child !== null && child !== false && child !== undefined)
    .map((child) => (typeof child === 'number' ? String(child) : child));
}
