/** One colour per mechanism on the whole page, the same as in the report: the baseline grey, A/A lighter. */

const COLORS = 6;
const seen: string[] = [];

/** Fixes the order in which mechanisms get their colours. */
export function learnMechanisms(mechanisms: readonly string[]): void {
  for (const mechanism of mechanisms) if (mechanism !== 'none' && !seen.includes(mechanism)) seen.push(mechanism);
}

/** name of the class, and of the variable in the style sheet */
export function colorOf({ mechanism, aa }: { readonly mechanism: string; readonly aa: boolean }): string {
  if (aa) return 'c-aa';
  if (mechanism === 'none') return 'c-base';
  learnMechanisms([mechanism]);
  return `c-${seen.indexOf(mechanism) % COLORS}`;
}

/** the colour that the style sheet has for it now, light or dark */
export function paint(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Calls when light turns to dark or back. */
export function onTheme(then: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', then);
}
