/** ln Γ(z).
 * @param z > 0
 * Stirling's series from z ≥ 16, reached by the recurrence. Relative error about 1e-15. Oracle: scipy. */
export function lnGamma(z: number): number {
  let shifted = z;
  let product = 1;
  while (shifted < ASYMPTOTIC_FROM) product *= shifted++;
  return (
    (shifted - 0.5) * Math.log(shifted) -
    shifted +
    0.5 * Math.log(2 * Math.PI) +
    stirlingTail(shifted) -
    Math.log(product)
  );
}

/** ln Γ(a + b) − ln Γ(a) without the cancellation of subtracting two large values.
 * @param a > 0, @param b ≥ 0
 * Time O(1). Oracle: scipy. */
export function lnGammaStep(a: number, b: number): number {
  let shifted = a;
  let ratio = 1;
  while (shifted < ASYMPTOTIC_FROM) {
    ratio *= shifted / (shifted + b);
    shifted++;
  }
  return (
    Math.log(ratio) +
    (shifted - 0.5) * Math.log1p(b / shifted) +
    b * Math.log(shifted + b) -
    b +
    stirlingTail(shifted + b) -
    stirlingTail(shifted)
  );
}

const ASYMPTOTIC_FROM = 16;

function stirlingTail(z: number): number {
  const s = 1 / (z * z);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / z;
}
