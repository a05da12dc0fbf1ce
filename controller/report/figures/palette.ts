/** One colour per mechanism throughout the report. Colours are classes; the style sheet has them for light, dark and print. */

import type { ArmName } from './input.ts';

export const SERIES_COLORS = 6;

/** Class of an arm: the baseline is grey, the A/A arm lighter, mechanisms in the study's order. */
export type Palette = (arm: Pick<ArmName, 'mechanism' | 'aa'>) => string;

/** @param mechanisms treated ones, in the study's order */
export function paletteFor(mechanisms: readonly string[]): Palette {
  return ({ mechanism, aa }) => {
    if (aa) return 'c-aa';
    const index = mechanisms.indexOf(mechanism);
    return index < 0 ? 'c-base' : `c-${index % SERIES_COLORS}`;
  };
}

/** Panels in reading order: one per design (and place), the baseline first, A/A second. */
export function byDesign<T extends ArmName>(
  arms: readonly T[],
): readonly { readonly heading: string; readonly arms: readonly T[] }[] {
  const panels = new Map<string, T[]>();
  for (const arm of arms) {
    const heading = arm.heading ?? (arm.place === undefined ? arm.design : `${arm.design}, ${arm.place}`);
    panels.set(heading, [...(panels.get(heading) ?? []), arm]);
  }
  return [...panels].map(([heading, members]) => ({ heading, arms: members }));
}
