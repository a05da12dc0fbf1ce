import { requireAtLeast, requireWithin } from './errors.ts';
import { normalCdf } from './normal.ts';
import { normalQuantile } from './normal-quantile.ts';
import { quantile } from './quantile.ts';
import { Generator } from './random.ts';
import { type SortedSamples, sortInPlace } from './samples.ts';
import { tQuantile } from './student.ts';

export interface BootstrapOptions {
  /** same seed, same result */
  readonly seed: number;
  /** ≥ 100; 2,000 and more for an interval that is shown */
  readonly resamples: number;
  readonly confidence: number;
  /** percentiles; those widened for few units as t is (see expandedTail); or bias-corrected and accelerated */
  readonly method: 'percentile' | 'expanded' | 'bca';
}

export interface BootstrapInterval {
  readonly point: number;
  readonly low: number;
  readonly high: number;
  /** standard deviation of the resampled statistic */
  readonly standardError: number;
  readonly confidence: number;
}

/** Block bootstrap: interval of any statistic of independent units (blocks, forks), by drawing units with replacement.
 * @param units how many there are, ≥ 2
 * @param statisticOf of the units named by their indices (repeats allowed); the array is reused, so keep nothing of it
 * @param o seed, resamples, confidence, method
 * @returns point (over all units once) with interval and standard error, in the statistic's unit
 * @throws StatsError sample-too-small | bad-argument
 * Assumes the units, not single requests, are exchangeable. Below some 40 units percentile and BCa are too narrow (12 units: 89 %); 'expanded' is not.
 * Time O(resamples × statisticOf), and units × statisticOf more for BCa. Source: Efron & Tibshirani 1993 ch. 13–14;
 * Hesterberg 2015 (expanded). Oracle: scipy.stats.bootstrap. */
export function blockBootstrap(
  units: number,
  statisticOf: (picked: Uint32Array) => number,
  o: BootstrapOptions,
): BootstrapInterval {
  requireAtLeast(2, units, 'bootstrap, units');
  checkOptions(o);
  const random = new Generator(o.seed);
  const picked = Uint32Array.from({ length: units }, (_, i) => i);
  const point = statisticOf(picked);
  const draws = new Float64Array(o.resamples);
  for (let draw = 0; draw < o.resamples; draw++) {
    for (let i = 0; i < units; i++) picked[i] = random.below(units);
    draws[draw] = statisticOf(picked);
  }
  return intervalOf(point, draws, units, () => leaveOneOut(units, statisticOf), o);
}

/** Moving-block bootstrap: as above for one autocorrelated series, by drawing stretches of neighbours and joining them.
 * @param series in time order, ≥ 2 stretches long
 * @param statisticOf of a series of equal length; the array is reused, so keep nothing of it
 * @param o as for blockBootstrap, with the stretch's length in values, ≥ 1 (see movingBlockLength)
 * @returns point with interval and standard error
 * @throws StatsError sample-too-small | bad-argument
 * Assumes a stationary series whose dependence is short beside a stretch. BCa's acceleration is from leaving out one stretch at a time.
 * Time O(resamples × (n + statisticOf)). Source: Künsch 1989. Oracle: closed form of the mean's variance (Künsch 1989, eq. 3.1). */
export function movingBlockBootstrap(
  series: Float64Array,
  statisticOf: (resampled: Float64Array) => number,
  o: BootstrapOptions & { readonly blockLength: number },
): BootstrapInterval {
  requireWithin(1, Math.max(1, series.length), o.blockLength, 'block length');
  requireAtLeast(2 * o.blockLength, series.length, 'moving-block bootstrap');
  checkOptions(o);
  const random = new Generator(o.seed);
  const resampled = new Float64Array(series.length);
  const starts = series.length - o.blockLength + 1;
  const draws = new Float64Array(o.resamples);
  for (let draw = 0; draw < o.resamples; draw++) {
    for (let at = 0; at < series.length; at += o.blockLength) {
      const from = random.below(starts);
      const length = Math.min(o.blockLength, series.length - at);
      for (let i = 0; i < length; i++) resampled[at + i] = series[from + i] as number;
    }
    draws[draw] = statisticOf(resampled);
  }
  const stretches = Math.floor(series.length / o.blockLength);
  return intervalOf(
    statisticOf(series),
    draws,
    stretches,
    () => leaveStretchOut(series, o.blockLength, statisticOf),
    o,
  );
}

/** The stretch's length for a mean, from the series' own inefficiency (see effectiveSampleSize).
 * @param n values; @param inefficiency ≥ 0, 1 + 2 Σ ρ
 * @returns whole, ≥ 1 and at most n / 4: (6ρ²n / (1 − ρ²)²)^(1/3) of the AR(1) with that inefficiency
 * Time O(1). Source: Politis & White 2004 with its 2009 correction, the optimal length for AR(1). Oracle: closed form. */
export function movingBlockLength(n: number, inefficiency: number): number {
  const rho = (inefficiency - 1) / (inefficiency + 1);
  const length = ((Math.sqrt(6) * Math.abs(rho)) / (1 - rho * rho)) ** (2 / 3) * Math.cbrt(n);
  return Math.max(1, Math.min(Math.floor(n / 4), Math.ceil(length)));
}

/** The lower percentile that makes a percentile interval as wide as t would: Φ(−√(n/(n − 1)) · t₁₋α/₂,ₙ₋₁).
 * @param confidence in (0, 1); @param units ≥ 2
 * @returns below (1 − confidence)/2, and nearer to it the more units there are
 * @throws StatsError sample-too-small | bad-argument
 * Time O(1). Source: Hesterberg 2015 §5.4. Oracle: scipy.stats. */
export function expandedTail(confidence: number, units: number): number {
  requireAtLeast(2, units, 'expanded percentile, units');
  return normalCdf(-Math.sqrt(units / (units - 1)) * tQuantile(0.5 + confidence / 2, units - 1));
}

function checkOptions(o: BootstrapOptions): void {
  requireWithin(100, 10_000_000, o.resamples, 'resamples');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, o.confidence, 'confidence');
}

function leaveOneOut(units: number, statisticOf: (picked: Uint32Array) => number): Float64Array {
  const rest = new Uint32Array(units - 1);
  return Float64Array.from({ length: units }, (_, left) => {
    for (let i = 0; i < rest.length; i++) rest[i] = i < left ? i : i + 1;
    return statisticOf(rest);
  });
}

function leaveStretchOut(series: Float64Array, length: number, statisticOf: (rest: Float64Array) => number) {
  const stretches = Math.floor(series.length / length);
  const rest = new Float64Array(series.length - length);
  return Float64Array.from({ length: stretches }, (_, left) => {
    rest.set(series.subarray(0, left * length));
    rest.set(series.subarray((left + 1) * length), left * length);
    return statisticOf(rest);
  });
}

function intervalOf(
  point: number,
  draws: Float64Array,
  units: number,
  jackknife: () => Float64Array,
  o: BootstrapOptions,
): BootstrapInterval {
  const standardError = spread(draws);
  const sorted = sortInPlace(draws);
  const tail = o.method === 'expanded' ? expandedTail(o.confidence, units) : (1 - o.confidence) / 2;
  const [low, high] =
    o.method === 'bca' && standardError > 0 ? bcaLevels(point, sorted, jackknife(), tail) : [tail, 1 - tail];
  return { point, low: quantile(sorted, low), high: quantile(sorted, high), standardError, confidence: o.confidence };
}

/** The percentiles that BCa reads off instead of tail and 1 − tail. */
function bcaLevels(point: number, sorted: SortedSamples, jackknife: Float64Array, tail: number): [number, number] {
  let below = 0;
  for (const draw of sorted) below += draw < point ? 1 : draw === point ? 0.5 : 0;
  const share = Math.min(1 - 0.5 / sorted.length, Math.max(0.5 / sorted.length, below / sorted.length));
  const bias = normalQuantile(share);
  const centre = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const value of jackknife) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const level = (z: number) => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
  return [level(normalQuantile(tail)), level(normalQuantile(1 - tail))];
}

function spread(values: Float64Array): number {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
