/** What one simulated machine does to requests that follow each other, and how its processes differ. Two of them have the shape of the paper's
 * data (README.md says how the numbers were taken from it); nothing of the data itself is here. Pure and seeded. */

import { type Random, random } from '../../helpers/random.ts';

/** Parts of one standard-normal series: variances add up to 1. */
export interface Texture {
  readonly white: number;
  /** slow parts: variance, and the number of requests after which 1/e of the correlation is left */
  readonly slow: readonly { readonly variance: number; readonly requests: number }[];
  /** a disturbance that comes back, its phase wandering off over `requests` */
  readonly wave: { readonly variance: number; readonly period: number; readonly requests: number };
}

export interface World {
  readonly name: string;
  readonly texture: Texture;
  /** probability → (quantile − median) / interquartile range, ascending */
  readonly marginal: readonly (readonly [number, number])[];
  readonly baseNs: number;
  readonly iqrNs: number;
  /** how much slower a fresh process is, in interquartile ranges; a fifth of its life later 1/e of that is left */
  readonly drift: number;
  /** sd of the level of live processes, and of a mechanism's cost from process to process */
  readonly processSdNs: number;
  readonly interactionSdNs: number;
}

const COMMON = { baseNs: 22_000, iqrNs: 4000, processSdNs: 3000, interactionSdNs: 0 } as const;

/** the paper's EKS pods: bursts, a long tail, lag 1 of 0.43 to 0.45 */
export const BURSTY: World = {
  ...COMMON,
  name: 'bursty',
  texture: {
    white: 0.32,
    slow: [
      { variance: 0.26, requests: 3 },
      { variance: 0.25, requests: 30 },
      { variance: 0.17, requests: 400 },
    ],
    wave: { variance: 0, period: 1, requests: 1 },
  },
  marginal: [
    [0.0001, -0.75],
    [0.01, -0.62],
    [0.25, -0.32],
    [0.5, 0],
    [0.75, 0.68],
    [0.9, 2.2],
    [0.95, 4.5],
    [0.99, 11.3],
    [0.999, 20.4],
    [0.9999, 31.7],
    [0.99998, 55],
  ],
  drift: 0.3,
};

/** the paper's Docker pair: a narrow core with rare far outliers, a beat every 10 requests, slow wandering, lag 1 of 0.12 to 0.44 */
export const WANDERING: World = {
  ...COMMON,
  name: 'wandering',
  texture: {
    white: 0.4,
    slow: [
      { variance: 0.25, requests: 400 },
      { variance: 0.22, requests: 4000 },
    ],
    wave: { variance: 0.13, period: 10, requests: 100 },
  },
  marginal: [
    [0.0001, -1.6],
    [0.01, -1.08],
    [0.25, -0.41],
    [0.5, 0],
    [0.75, 0.59],
    [0.9, 1.44],
    [0.95, 2],
    [0.99, 3.7],
    [0.999, 14.2],
    [0.9999, 53],
    [0.99998, 114],
  ],
  drift: 1.2,
};

/** as BURSTY, with a mechanism that costs differently in each process */
export const UNEVEN: World = { ...BURSTY, name: 'uneven', interactionSdNs: 600 };

/** as WANDERING, where processes hardly differ: the C server on this kind of machine */
export const ALIKE: World = { ...WANDERING, name: 'alike', processSdNs: 300 };

export const WORLDS = [BURSTY, WANDERING, UNEVEN, ALIKE] as const;

/** The disturbance of one request after the other, ns around the median. */
export class Disturbance {
  readonly #random: Random;
  readonly #world: World;
  readonly #slow: { readonly keep: number; readonly kick: number; readonly weight: number; value: number }[];
  readonly #shape: Interpolation;
  #phase: number;

  constructor(world: World, seed: number) {
    this.#random = random(seed);
    this.#world = world;
    this.#slow = world.texture.slow.map(({ variance, requests }) => {
      const keep = Math.exp(-1 / requests);
      return { keep, kick: Math.sqrt(1 - keep * keep), weight: Math.sqrt(variance), value: this.#random.normal() };
    });
    this.#shape = new Interpolation(world.marginal);
    this.#phase = 2 * Math.PI * this.#random.uniform();
  }

  nextNs(): number {
    const { white, wave } = this.#world.texture;
    let z = Math.sqrt(white) * this.#random.normal();
    for (const part of this.#slow) {
      part.value = part.keep * part.value + part.kick * this.#random.normal();
      z += part.weight * part.value;
    }
    if (wave.variance > 0) {
      this.#phase += (2 * Math.PI) / wave.period + Math.sqrt(2 / wave.requests) * this.#random.normal();
      z += Math.sqrt(2 * wave.variance) * Math.sin(this.#phase);
    }
    return this.#world.iqrNs * this.#shape.at(z);
  }
}

/** normal score → quantile, linear between the points given, flat beyond them */
class Interpolation {
  readonly #z: readonly number[];
  readonly #value: readonly number[];

  constructor(points: World['marginal']) {
    this.#z = points.map(([probability]) => normalQuantile(probability));
    this.#value = points.map(([, value]) => value);
  }

  at(z: number): number {
    const last = this.#z.length - 1;
    if (z <= this.#z[0]!) return this.#value[0]!;
    if (z >= this.#z[last]!) return this.#value[last]!;
    let i = 1;
    while (this.#z[i]! < z) i++;
    const share = (z - this.#z[i - 1]!) / (this.#z[i]! - this.#z[i - 1]!);
    return this.#value[i - 1]! + share * (this.#value[i]! - this.#value[i - 1]!);
  }
}

/** by bisection of the normal cdf (Abramowitz & Stegun 26.2.17, error below 1e-7: enough for the shape of a noise) */
function normalQuantile(probability: number): number {
  let [low, high] = [-6, 6];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  return low;
}

function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * polynomial;
}
