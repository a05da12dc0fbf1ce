import { StatsError } from './errors.ts';

/** Discrete Fourier transform in place, unscaled (the inverse is the transform with re and im swapped, divided by n).
 * @param re, im equal length, a power of two
 * @throws StatsError bad-argument
 * Radix 2, iterative; twiddles from Math.cos and Math.sin, not by recurrence. Time O(n log n). Source: Cooley & Tukey 1965. Oracle: numpy.fft. */
export function fourierTransform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if (im.length !== n || n === 0 || (n & (n - 1)) !== 0) {
    throw new StatsError('bad-argument', `transform of ${n} and ${im.length} values: equal powers of two needed`);
  }
  reverseBits(re, im);
  const cos = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const stride = n / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) butterfly(re, im, start + k, half, cos[k * stride]!, sin[k * stride]!);
    }
  }
}

function butterfly(re: Float64Array, im: Float64Array, at: number, half: number, cos: number, sin: number): void {
  const other = at + half;
  const turnedRe = re[other]! * cos - im[other]! * sin;
  const turnedIm = re[other]! * sin + im[other]! * cos;
  re[other] = re[at]! - turnedRe;
  im[other] = im[at]! - turnedIm;
  re[at] = re[at]! + turnedRe;
  im[at] = im[at]! + turnedIm;
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j]!, re[i]!];
    [im[i], im[j]] = [im[j]!, im[i]!];
  }
}
