/** From a stored study to the figures' input. The series come in as functions, so that the report knows the analysis by its types only. */

import { group } from 'd3-array';
import type { figureCell } from '../../analysis/figure-cell.ts';
import type { lagSeries } from '../../analysis/lag.ts';
import type { Arm, StudyRecord } from '../../analysis/record.ts';
import type { Design, Vantage } from '../../analysis/results.ts';
import type { blockSeries, Place } from '../../analysis/series.ts';
import type { ArmShape, shapeSeries } from '../../analysis/shape-series.ts';
import type { vantageSeries } from '../../analysis/vantage-series.ts';
import type {
  ArmName,
  BlockSeriesInput,
  BoxInput,
  EcdfInput,
  FigureSet,
  HistogramInput,
  LagInput,
  VantageInput,
} from './input.ts';

const DESIGNS: readonly Design[] = ['alternated', 'sliced', 'sequential'];

export interface SeriesFunctions {
  readonly figureCell: typeof figureCell;
  readonly shapeSeries: typeof shapeSeries;
  readonly lagSeries: typeof lagSeries;
  readonly blockSeries: typeof blockSeries;
  readonly vantageSeries: typeof vantageSeries;
}

export interface FigureOptions {
  /** bins of one lag plot; fewer where the study has many panels, unless given */
  readonly lagBins?: number;
}

interface Spot {
  readonly name: ArmName;
  readonly arm: number;
  readonly sut: string;
  readonly at: Required<Place>;
}

/** @returns one set per SUT of the study; arms without samples are left out. Points per panel are chosen so that the page stays below
 * its size however many panels there are. */
export function figureSets(study: StudyRecord, series: SeriesFunctions, o: FigureOptions = {}): readonly FigureSet[] {
  const spots = study.suts.map((sut) => spotsOf(study, sut));
  const panels = spots.flat().length;
  const within = (all: number, least: number, most: number) => {
    return Math.max(least, Math.min(most, Math.floor(all / Math.max(1, panels))));
  };
  const lagBins = o.lagBins ?? within(3_000, 32, 240);
  const points = within(3_600, 30, 300);
  const few = o.lagBins === undefined && panels > MANY_PANELS;
  return study.suts.map((sut, i) => {
    const own = spots[i] ?? [];
    const shapes = shapesOf(study, own, series);
    return {
      sut,
      boxes: shapes.map(({ box }) => (few ? { ...box, outliersNs: every(box.outliersNs, 10) } : box)),
      ecdfs: shapes.map(({ ecdf }) => (few ? coarser(ecdf) : ecdf)),
      histograms: shapes.map(({ histogram }) => histogram),
      lags: own.flatMap((spot) => lag(study, spot, series, lagBins) ?? []),
      blocks: own.flatMap((spot) => blocks(study, spot, series, points) ?? []),
      vantages: vantagesOf(study, sut, own, series),
    };
  });
}

const MANY_PANELS = 24;

/** each tenth of the body and each third of the tail, with the shares that tables name */
function coarser(ecdf: EcdfInput): EcdfInput {
  const named = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 1];
  const kept = ({ share }: { readonly share: number }, i: number) =>
    i % 10 === 0 || named.some((one) => Math.abs(one - share) < 1e-9);
  return { ...ecdf, body: ecdf.body.filter(kept), tail: every(ecdf.tail, 3) };
}

/** the last one is always among them */
function every<T>(all: readonly T[], step: number): readonly T[] {
  return all.filter((_, i) => (all.length - 1 - i) % step === 0);
}

interface Shape {
  readonly box: BoxInput;
  readonly ecdf: EcdfInput;
  readonly histogram: HistogramInput;
}

/** a cell at a time, as its arms share bins */
function shapesOf(study: StudyRecord, spots: readonly Spot[], series: SeriesFunctions): readonly Shape[] {
  const cells = group(spots, ({ name, at }) => JSON.stringify([name.design, at.condition, at.node]));
  return [...cells.values()].flatMap((own) => {
    const { sut, name, at } = own[0] as Spot;
    const cell = series.figureCell(study, sut, name.design, at);
    if (!cell) return [];
    const arms = own.map(({ arm }) => arm);
    return series.shapeSeries(study, sut, name.design, arms, at).flatMap((found) => {
      const spot = own.find(({ arm }) => arm === found.arm);
      return spot ? [shape(spot.name, cell.vantage, found)] : [];
    });
  });
}

function shape(name: ArmName, vantage: Vantage, { box, ecdf, histogram }: ArmShape): Shape {
  const { outliers, outliersNs, n, q1Ns, medianNs, q3Ns, whiskerLowNs, whiskerHighNs, maxNs } = box;
  const numbers = { n, q1Ns, medianNs, q3Ns, whiskerLowNs, whiskerHighNs, maxNs };
  const { fromNs, widthNs, counts, below, above } = histogram;
  return {
    box: { ...name, vantage, ...numbers, outlierCount: outliers, outliersNs },
    ecdf: { ...name, vantage, n, ...ecdf },
    histogram: { ...name, vantage, n, fromNs, widthNs, counts, below, above },
  };
}

function vantagesOf(
  study: StudyRecord,
  sut: string,
  spots: readonly Spot[],
  series: SeriesFunctions,
): readonly VantageInput[] {
  const places = group(spots, ({ at }) => JSON.stringify([at.condition, at.node]));
  return [...places.values()].flatMap((own) => {
    const { at } = own[0] as Spot;
    return series.vantageSeries(study, sut, at).flatMap((row) => {
      const spot = own.find(({ name }) => name.mechanism === row.mechanism && !name.aa && name.design === row.design);
      const { outsideVantage, insideVantage, source, forks, outside, inside, remains } = row;
      const numbers = { outsideVantage, insideVantage, source, forks, outside, inside, remains };
      return spot ? [{ ...spot.name, ...numbers }] : [];
    });
  });
}

function lag(study: StudyRecord, spot: Spot, series: SeriesFunctions, mostBins: number): LagInput | null {
  const found = series.lagSeries(study, spot.sut, spot.name.design, spot.arm, spot.at, mostBins);
  if (found === null) return null;
  const bins = found.bins.map(({ first, last, minNs, p10Ns, p50Ns, p90Ns, maxNs }) => {
    return { fromIndex: first, toIndex: last + 1, minNs, p10Ns, p50Ns, p90Ns, maxNs };
  });
  const warmupEndIndex = found.warmupRequests > 0 ? found.warmupRequests : null;
  return { ...spot.name, warmupEndIndex, forkEndIndexes: found.cuts, blockStartIndexes: found.blockStarts, bins };
}

function blocks(study: StudyRecord, spot: Spot, series: SeriesFunctions, mostPoints: number): BlockSeriesInput | null {
  const points = series.blockSeries(study, spot.sut, spot.name.design, spot.arm, spot.at, mostPoints);
  if (points.length === 0) return null;
  return {
    ...spot.name,
    points: points.map(({ fork, block, sinceStartMs, medianNs, interval }) => ({
      fork,
      block,
      timeNs: sinceStartMs * 1e6,
      medianNs,
      interval,
    })),
  };
}

/** every arm, in every design it can run in, at every place of the study */
function spotsOf(study: StudyRecord, sut: string): readonly Spot[] {
  const places = nodesOf(study).flatMap((node) => study.conditions.map((condition) => ({ node, condition })));
  const several = places.length > 1;
  return places.flatMap((at) =>
    DESIGNS.flatMap((design) =>
      study.arms
        .filter((arm) => arm.design === design || arm.design === 'both')
        .map(
          (arm): Spot => ({
            name: nameOf(arm, design, at, several),
            arm: arm.index,
            sut,
            at,
          }),
        ),
    ),
  );
}

/** an import knows nothing of its node but a name in its batches */
function nodesOf(study: StudyRecord): readonly string[] {
  if (study.nodes.length > 0) return study.nodes.map(({ id }) => id);
  return [...new Set(study.batches.map(({ node }) => node))];
}

function nameOf(arm: Arm, design: Design, at: Required<Place>, several: boolean): ArmName {
  const label = arm.aa ? `${arm.mechanism} (A/A)` : arm.mechanism;
  const name = { label, mechanism: arm.mechanism, aa: arm.aa, design, ...at };
  return several ? { ...name, place: `${at.condition}, ${at.node}` } : name;
}
