import { requireWithin } from './errors.ts';

/** Seeded random numbers for resampling and simulation: the same seed gives the same stream on every machine.
 * Source: xoshiro128** (Blackman & Vigna 2021), its state filled by MurmurHash3's finaliser. Not for secrets. */
export class Generator {
  readonly #state = new Uint32Array(4);
  #spareNormal: number | null = null;

  /** @param seed whole number in [0, 2⁵³)
   * @throws StatsError bad-argument */
  constructor(seed: number) {
    requireWithin(0, Number.MAX_SAFE_INTEGER, seed, 'seed');
    let hash = mixed((seed >>> 0) ^ mixed(Math.floor(seed / 2 ** 32) + 0x9e3779b9));
    for (let i = 0; i < 4; i++) {
      hash = mixed((hash + 0x9e3779b9) >>> 0);
      this.#state[i] = hash;
    }
  }

  /** uniform in [0, 2³²) */
  uint32(): number {
    return xoshiro128StarStar(this.#state);
  }

  /** uniform in [0, 1), 53 bits */
  unit(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** uniform whole number in [0, end), unbiased by rejection; end in [1, 2³²] */
  below(end: number): number {
    const limit = Math.floor(2 ** 32 / end) * end;
    let value = this.uint32();
    while (value >= limit) value = this.uint32();
    return value % end;
  }

  /** standard normal, by Marsaglia's polar method (1964) */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.unit() - 1;
      const y = 2 * this.unit() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spareNormal = y * scale;
      return x * scale;
    }
  }
}

/** One step of xoshiro128**.
 * @param state 4 words, not all 0; advanced in place
 * @returns the next output, uniform in [0, 2³²)
 * Oracle: rand_xoshiro 0.6's test vector. */
export function xoshiro128StarStar(state: Uint32Array): number {
  const s1 = state[1] as number;
  const output = Math.imul(rotatedLeft(Math.imul(s1, 5), 7), 9) >>> 0;
  const s2 = (state[2] as number) ^ (state[0] as number);
  const s3 = (state[3] as number) ^ s1;
  state[1] = s1 ^ s2;
  state[0] = (state[0] as number) ^ s3;
  state[2] = s2 ^ (s1 << 9);
  state[3] = rotatedLeft(s3, 11);
  return output;
}

function rotatedLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** the finaliser of MurmurHash3 (Austin Appleby) */
function mixed(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
