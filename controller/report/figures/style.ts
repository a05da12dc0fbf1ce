/** How figures look, once for the page (colours follow the reader's scheme) and once for a file (fixed colours, white ground). */

/** Series are told apart by dashes too, so that a print without colour still reads. */
export interface SeriesLook {
  readonly light: string;
  readonly dark: string;
  /** for a file: dark and bright by turns, so that greys differ */
  readonly print: string;
  readonly dash: string;
}

export const SERIES: Readonly<Record<string, SeriesLook>> = {
  base: { light: '#6a717d', dark: '#a2a9b5', print: '#4d4d4d', dash: 'none' },
  aa: { light: '#a3a9b3', dark: '#727985', print: '#9a9a9a', dash: '1.5 3' },
  '0': { light: '#2766ad', dark: '#72aef2', print: '#08519c', dash: '7 2.5' },
  '1': { light: '#c45f14', dark: '#f2a05e', print: '#d9730d', dash: '9 2.5 2 2.5' },
  '2': { light: '#16806a', dark: '#56c7ab', print: '#0f7f5f', dash: '4 2' },
  '3': { light: '#8a4aa6', dark: '#c794e6', print: '#6a2c91', dash: '12 3' },
  '4': { light: '#8f7412', dark: '#d8bd58', print: '#a58a00', dash: '6 2 1.5 2 1.5 2' },
  '5': { light: '#b23a62', dark: '#f0859f', print: '#a11d4b', dash: '3 3' },
};

/** [selector within a figure, declarations]; --c is the series' colour and --d its dashes */
const RULES: readonly (readonly [string, string])[] = [
  ['text', 'fill:var(--ink)'],
  ['.ticks text', 'fill:var(--muted);font-size:11.5px'],
  ['.note', 'fill:var(--muted);font-size:11.5px'],
  ['.heading', 'fill:var(--muted);font-weight:600'],
  ['.name', 'font-weight:600'],
  ['.value', 'font-weight:600'],
  ['.small', 'font-size:11.5px;font-weight:400'],
  ['.grid', 'stroke:var(--hair)'],
  ['.zero', 'stroke:var(--ink);stroke-width:1.2'],
  ['.reference', 'stroke:var(--c-base);stroke-dasharray:3 4'],
  ['.line', 'stroke:var(--c);stroke-width:1.6;fill:none;stroke-linejoin:round'],
  ['.dashed', 'stroke-dasharray:var(--d)'],
  ['.soft', 'stroke-opacity:.55;stroke-width:1.2'],
  ['.thin', 'stroke:var(--c);stroke-width:.8;stroke-opacity:.42;fill:none'],
  ['.band', 'fill:var(--c);fill-opacity:.24'],
  ['.pale', 'fill:var(--c);fill-opacity:.13'],
  ['.filled', 'fill:var(--c);fill-opacity:.24'],
  ['.box', 'fill:var(--c);fill-opacity:.2;stroke:var(--c);stroke-width:1.4'],
  ['.solid', 'fill:var(--c)'],
  ['.rest', 'fill:var(--c);fill-opacity:.18;stroke:var(--c)'],
  ['.median', 'stroke:var(--c);stroke-width:3'],
  ['.dot', 'fill:var(--c)'],
  ['.dots', 'stroke:var(--c);stroke-width:3.4;stroke-linecap:round;fill:none'],
  ['.faint', 'stroke-opacity:.3;stroke-width:3.2'],
  ['.spread', 'stroke:var(--c);stroke-width:1.1;stroke-opacity:.6;fill:none'],
  ['.interval', 'stroke:var(--c);stroke-width:2.4;stroke-linecap:round'],
  ['.inked', 'stroke:var(--ink);stroke-width:1.6;fill:none'],
  ['.point', 'fill:var(--c);stroke:var(--page);stroke-width:1.4'],
  ['.halo', 'paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round'],
  ['.unusable .point', 'fill:var(--page);stroke:var(--c)'],
  ['.unusable .interval', 'stroke-dasharray:2 5'],
  ['.noise', 'fill:var(--muted);fill-opacity:.13'],
  ['.warmup', 'fill:var(--muted);fill-opacity:.14'],
  ['.edge', 'stroke:var(--muted);stroke-dasharray:4 3'],
  ['.blocks', 'stroke:var(--muted);stroke-width:1;fill:none;stroke-opacity:.7'],
];

export const FIGURE_FONTS =
  'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif';

/** Custom properties of the series for `:root`: `--c-0:#2766ad;…` */
export function seriesVariables(scheme: 'light' | 'dark'): string {
  return Object.entries(SERIES)
    .map(([name, look]) => `--c-${name}:${look[scheme]}`)
    .join(';');
}

/** Rules for a page, which defines --ink, --muted, --hair, --page and the series' variables. */
export function pageFigureRules(): string {
  const series = Object.entries(SERIES).map(([name, { dash }]) => `.c-${name}{--c:var(--c-${name});--d:${dash}}`);
  return [...series, ...RULES.map(([selector, body]) => `.plot ${selector}{${body}}`)].join('\n');
}

const PAPER: Readonly<Record<string, string>> = {
  '--ink': '#000000',
  '--muted': '#404040',
  '--hair': '#dcdcdc',
  '--page': '#ffffff',
  '--c-base': SERIES.base?.print ?? '#000000',
};

/** Rules for a file that stands alone: no variables, which many programs that draw SVG do not know. */
export function fileFigureRules(): string {
  const filled = (body: string, look?: SeriesLook) =>
    body
      .replaceAll('var(--c)', look?.print ?? '')
      .replaceAll('var(--d)', look?.dash ?? '')
      .replace(/var\((--[\w-]+)\)/g, (_, name: string) => PAPER[name] ?? '');
  return RULES.flatMap(([selector, body]) => {
    if (!/var\(--[cd]\)/.test(body)) return [`${selector}{${filled(body)}}`];
    const join = selector.startsWith('.unusable') ? '' : ' ';
    return Object.entries(SERIES).map(([name, look]) => `.c-${name}${join}${selector}{${filled(body, look)}}`);
  }).join('\n');
}
