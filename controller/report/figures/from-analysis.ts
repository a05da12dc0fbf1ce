/** From a stored study to the figures' input. The series come in as functions, so that the report knows the analysis by its types only. */

import type { figureCell } from '../../analysis/figure-cell.ts';
import type { lagSeries } from '../../analysis/lag.ts';
import type { Arm, StudyRecord } from '../../analysis/record.ts';
import type { Design } from '../../analysis/results.ts';
import type { blockSeries, boxSeries, Place } from '../../analysis/series.ts';
import type { ArmName, BlockSeriesInput, BoxInput, FigureSet, LagInput } from './input.ts';

const DESIGNS: readonly Design[] = ['alternated', 'sliced', 'sequential'];

export interface SeriesFunctions {
  readonly figureCell: typeof figureCell;
  readonly boxSeries: typeof boxSeries;
  readonly lagSeries: typeof lagSeries;
  readonly blockSeries: typeof blockSeries;
}

interface Spot {
  readonly name: ArmName;
  readonly arm: number;
  readonly sut: string;
  readonly at: Place;
}

/** @returns one set per SUT of the study; arms without samples are left out */
export function figureSets(study: StudyRecord, series: SeriesFunctions): readonly FigureSet[] {
  return study.suts.map((sut) => {
    const spots = spotsOf(study, sut);
    return {
      sut,
      boxes: spots.flatMap((spot) => box(study, spot, series) ?? []),
      lags: spots.flatMap((spot) => lag(study, spot, series) ?? []),
      blocks: spots.flatMap((spot) => blocks(study, spot, series) ?? []),
    };
  });
}

function box(study: StudyRecord, spot: Spot, series: SeriesFunctions): BoxInput | null {
  const cell = series.figureCell(study, spot.sut, spot.name.design, spot.at);
  const found = series.boxSeries(study, spot.sut, spot.name.design, spot.arm, spot.at);
  if (!cell || found === null) return null;
  const { outliers, extremeOutliersNs, n, q1Ns, medianNs, q3Ns, whiskerLowNs, whiskerHighNs, maxNs } = found;
  const numbers = { n, q1Ns, medianNs, q3Ns, whiskerLowNs, whiskerHighNs, maxNs };
  return { ...spot.name, vantage: cell.vantage, ...numbers, outlierCount: outliers, outliersNs: extremeOutliersNs };
}

function lag(study: StudyRecord, spot: Spot, series: SeriesFunctions): LagInput | null {
  const found = series.lagSeries(study, spot.sut, spot.name.design, spot.arm, spot.at);
  if (found === null) return null;
  const bins = found.bins.map(({ first, last, minNs, p10Ns, p50Ns, p90Ns, maxNs }) => {
    return { fromIndex: first, toIndex: last + 1, minNs, p10Ns, p50Ns, p90Ns, maxNs };
  });
  const warmupEndIndex = found.warmupRequests > 0 ? found.warmupRequests : null;
  return { ...spot.name, warmupEndIndex, forkEndIndexes: found.cuts, bins };
}

function blocks(study: StudyRecord, spot: Spot, series: SeriesFunctions): BlockSeriesInput | null {
  const points = series.blockSeries(study, spot.sut, spot.name.design, spot.arm, spot.at);
  if (points.length === 0) return null;
  return {
    ...spot.name,
    points: points.map(({ fork, block, sinceStartMs, medianNs }) => ({
      fork,
      block,
      timeNs: sinceStartMs * 1e6,
      medianNs,
    })),
  };
}

/** every arm, in every design it can run in, at every place of the study */
function spotsOf(study: StudyRecord, sut: string): readonly Spot[] {
  const places = study.nodes.flatMap((node) => study.conditions.map((condition) => ({ node: node.id, condition })));
  const several = places.length > 1;
  return places.flatMap((at) =>
    DESIGNS.flatMap((design) =>
      study.arms
        .filter((arm) => arm.design === design || arm.design === 'both')
        .map(
          (arm): Spot => ({
            name: nameOf(arm, design, several ? `${at.condition}, ${at.node}` : null),
            arm: arm.index,
            sut,
            at,
          }),
        ),
    ),
  );
}

function nameOf(arm: Arm, design: Design, place: string | null): ArmName {
  const label = arm.aa ? `${arm.mechanism} (A/A)` : arm.mechanism;
  const name = { label, mechanism: arm.mechanism, aa: arm.aa, design };
  return place === null ? name : { ...name, place };
}
