/** Seeded random numbers for the plan: the same seed and label give the same stream on every machine. */

export class Random {
  readonly #state: Uint32Array;

  /** @param label keeps streams of one seed apart, e.g. "fork 3" */
  constructor(seed: number, label: string) {
    this.#state = new Uint32Array(4);
    let hash = (seed ^ 0x9e3779b9) >>> 0;
    for (const char of `${label}\0abcd`) hash = mix(hash ^ char.codePointAt(0)!);
    for (let i = 0; i < 4; i++) {
      hash = mix((hash + 0x9e3779b9) >>> 0);
      this.#state[i] = hash;
    }
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** uniform integer in [0, below); unbiased by rejection */
  int(below: number): number {
    const limit = Math.floor(2 ** 32 / below) * below;
    let value = this.#next();
    while (value >= limit) value = this.#next();
    return value % below;
  }

  /** a new array in random order (Fisher–Yates) */
  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }

  /** sfc32 (Chris Doty-Humphrey, PractRand) */
  #next(): number {
    const s = this.#state;
    const t = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + t;
    return t;
  }
}

/** the finaliser of MurmurHash3 (Austin Appleby) */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
