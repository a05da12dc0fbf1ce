/** Markup that can't be broken out of: every value put into a `markup` template is escaped unless it is Markup itself. */

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Insertable = Markup | string | number | null | undefined | false | readonly Insertable[];

/** Tagged template for HTML and SVG. Strings and numbers are escaped, Markup and lists of it go in as they are, null leaves nothing. */
export function markup(parts: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + (i === 0 ? '' : insert(values[i - 1])) + part, ''));
}

/** For text and for attribute values in double quotes. Control characters and those that reverse the writing direction are dropped. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Text in which an interval, a number with its unit and a hyphenated name stay on one line. */
export function unbroken(text: string): Markup {
  const parts = text.split(/(\[[^[\]]{1,24}\]|\d[\d.,]* (?:ns|µs|ms|s)\b|(?=[\w-]{3,24}(?![\w-]))\w+(?:-\w+)+)/);
  return markup`${parts.map((part, i) => (i % 2 === 1 ? markup`<span class="nb">${part}</span>` : part))}`;
}

/** An id from study text: letters, digits and hyphens, told apart by a number. */
export function idFrom(text: string, index: number): string {
  const word = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${word || 'item'}-${index}`;
}

function insert(value: Insertable): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return value.map(insert).join('');
}
