/** The two figures of Kahlhofer et al. 2023 from any study: figure 3, latency over request index on a log axis; figure 4, Tukey boxplots;
 * both per condition, with and without the hook. A/A arms take no part, as the paper had none. */

import type { Results, Vantage } from '../../analysis/results.ts';
import { treatedMechanisms } from '../model.ts';
import { boxplotFigures } from './boxplot.ts';
import { type FigureFile, file } from './export.ts';
import type { ArmName, BoxInput, FigureSet, LagInput } from './input.ts';
import { paletteFor } from './palette.ts';
import { pairLagFigure } from './paper-lag.ts';

/** @returns `figure-3` and `figure-4`, or a pair for each vantage where the study has several, as their latencies share no axis */
export function paperFigures(
  results: Results,
  sets: readonly FigureSet[],
  o: { readonly widthMm: number },
): readonly FigureFile[] {
  const palette = paletteFor(treatedMechanisms(results));
  const boxes = sets.flatMap((set) => set.boxes.map((box) => ({ sut: set.sut, arm: box, vantage: box.vantage })));
  const lags = sets.flatMap((set) => {
    return set.lags.flatMap((lag) => {
      const vantage = vantageOf(set, lag);
      return vantage === null ? [] : [{ sut: set.sut, arm: lag, vantage }];
    });
  });
  const vantages = [...new Set(boxes.map(({ vantage }) => vantage))];
  return vantages.flatMap((vantage) => {
    const end = vantages.length > 1 ? `-${vantage}` : '';
    const mine = <T extends ArmName>(all: readonly Placed<T>[]) => {
      return headed(all.filter((one) => one.vantage === vantage && !one.arm.aa));
    };
    const name = results.study.suts.join(', ');
    const lag = pairLagFigure(name, `figure-3${end}`, mine<LagInput>(lags), palette);
    const [box] = boxplotFigures(name, `figure-4${end}`, mine<BoxInput>(boxes), palette);
    return [
      ...(lag ? [file(lag, `figure-3${end}`, o.widthMm)] : []),
      ...(box ? [file(box, `figure-4${end}`, o.widthMm)] : []),
    ];
  });
}

interface Placed<T> {
  readonly sut: string;
  readonly arm: T;
  readonly vantage: Vantage;
}

function vantageOf(set: FigureSet, lag: LagInput): Vantage | null {
  const same = set.boxes.find(
    (box) => box.design === lag.design && box.condition === lag.condition && box.node === lag.node,
  );
  return same?.vantage ?? null;
}

/** A panel per SUT, condition, node and design, named by what differs; its condition where nothing does. */
function headed<T extends ArmName>(all: readonly Placed<T>[]): readonly T[] {
  const differs = (pick: (one: Placed<T>) => string | undefined) => new Set(all.map(pick)).size > 1;
  const parts = [
    ...(differs(({ sut }) => sut) ? [({ sut }: Placed<T>) => sut] : []),
    ({ arm }: Placed<T>) => arm.condition ?? '',
    ...(differs(({ arm }) => arm.node) ? [({ arm }: Placed<T>) => arm.node ?? ''] : []),
    ...(differs(({ arm }) => arm.design) ? [({ arm }: Placed<T>) => arm.design] : []),
  ];
  return all.map((one) => ({
    ...one.arm,
    heading: parts
      .map((part) => part(one))
      .filter((text) => text !== '')
      .join(', '),
    label: labelOf(one.arm),
  }));
}

function labelOf({ mechanism }: ArmName): string {
  if (mechanism === 'none') return 'without hook';
  return mechanism === 'hook' ? 'with hook' : `with ${mechanism}`;
}
