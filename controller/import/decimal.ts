/** Decimal text → the nearest double, scaled by a power of ten without rounding twice. */

/** Up to 18 digits without their point → the nearest double to (high · 10^lowDigits + low) · 10^exponent.
 * @param high the first nine digits or fewer, as a number; @param low the following lowDigits ≤ 9
 * @returns NaN where this quick way can't be sure of the last bit (more digits, a near tie): `slowDecimal` decides then
 * Time O(1). Source: Clinger 1990 for up to 15 digits; above, a division with its exact remainder (Dekker 1971).
 * Oracle: Number(text). */
export function quickDecimal(high: number, low: number, lowDigits: number, exponent: number): number {
  if (lowDigits > HALF || exponent < -MAX_EXACT_POWER) return Number.NaN;
  // 9 digits · 10^9 has no more than 53 bits besides its factors of two
  const upper = high * (POWERS[lowDigits] as number);
  const whole = upper + low;
  if (exponent >= 0) return whole < EXACT_INTEGER ? whole * (POWERS[exponent] as number) : Number.NaN;
  const power = POWERS[-exponent] as number;
  if (whole < EXACT_INTEGER) return whole / power;
  // upper ≥ low, so this is what rounding the sum left out, exactly
  const lost = low - (whole - upper);
  const quotient = whole / power;
  const correction = (remainderOf(whole, quotient, power) + lost) / power;
  const value = quotient + correction * (1 + TIE_MARGIN);
  return value === quotient + correction * (1 - TIE_MARGIN) ? value : Number.NaN;
}

/** digits that go into `high` */
export const HALF = 9;

/** Any decimal, also with sign and exponent. @returns NaN where the text is none
 * @param text trimmed by the caller */
export function slowDecimal(text: string, scale: number): number {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  return found ? Number(`${found[1]}e${Number(found[2] ?? 0) + scale}`) : Number.NaN;
}

const MAX_EXACT_POWER = 22;
const POWERS = Float64Array.from({ length: MAX_EXACT_POWER + 1 }, (_, i) => Number(`1e${i}`));
const EXACT_INTEGER = 2 ** 53;
const SPLITTER = 2 ** 27 + 1;
const TIE_MARGIN = 2 ** -48;

/** whole − quotient · power, exactly */
function remainderOf(whole: number, quotient: number, power: number): number {
  const product = quotient * power;
  const cut = quotient * SPLITTER;
  const quotientHigh = cut - (cut - quotient);
  const quotientLow = quotient - quotientHigh;
  const powerCut = power * SPLITTER;
  const powerHigh = powerCut - (powerCut - power);
  const powerLow = power - powerHigh;
  const error =
    quotientHigh * powerHigh - product + quotientHigh * powerLow + quotientLow * powerHigh + quotientLow * powerLow;
  return whole - product - error;
}
