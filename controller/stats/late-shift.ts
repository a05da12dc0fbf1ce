import { batchesOf, batchMedians } from './batches.ts';
import { changePoints, type NoiseScale, noiseScale } from './change-points.ts';
import { median } from './quantile.ts';
import type { Samples } from './samples.ts';

export interface LateShift {
  /** the last level less the first, in the series' unit; 0 where nothing changes for good or fewer than 100 values are there */
  readonly shift: number;
  /** of single values about their level */
  readonly sd: number;
}

/** Does a series end on another level than it began on?
 * @param series in time order, what is left of it after its warm-up
 * Change points of batch medians. Their noise is read from differences of neighbours, so a shift does not hide in the spread it is measured
 * by, as it does in a spectral estimate; the sd of single values is 1.4826 × the median distance from their batch's median, so it knows neither stalls nor
 * shifts. What comes and goes is no shift. Flat series do not reach 2 sd by chance (error rates: controller/analysis/README.md); that is the size to look for.
 * Time O(n log batch). Source: Killick, Fearnhead & Eckley 2012, Chakar et al. 2017 (change-points.ts). */
export function lateShift(series: Samples): LateShift {
  const batches = batchesOf(series.length);
  if (batches === undefined) return { shift: 0, sd: 0 };
  const medians = batchMedians(series, batches);
  const noise = noiseOf(medians);
  const sd = Math.hypot(NORMAL_MAD * median(distances(series, medians)), noise.sd);
  const o = { penalty: PENALTY * Math.log(batches), minLength: Math.max(2, Math.round(batches / 20)) };
  const segments = changePoints(medians, { ...o, noiseSd: noise.longRunSd });
  const [first, last] = [segments[0], segments.at(-1)];
  return { shift: first && last ? last.mean - first.mean : 0, sd };
}

const NORMAL_MAD = 1.4826022185056018;
const PENALTY = 4;
/** 20 batches can't tell 0.9 from 0, and at 0.9 no shift would be one */
const MOST_RHO = 0.6;

function noiseOf(medians: Float64Array): Pick<NoiseScale, 'sd' | 'longRunSd'> {
  const { sd, rho } = noiseScale(medians);
  const held = Math.min(rho, MOST_RHO);
  const heldSd = sd * Math.sqrt((1 - rho) / (1 - held));
  return { sd: heldSd, longRunSd: heldSd * Math.sqrt((1 + held) / (1 - held)) };
}

function distances(series: Samples, medians: Float64Array): Float64Array {
  const each = series.length / medians.length;
  return Float64Array.from(series, (value, i) => {
    const batch = Math.min(medians.length - 1, Math.floor((i + 0.5) / each));
    return Math.abs(value - (medians[batch] as number));
  });
}
