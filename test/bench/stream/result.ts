/** Rounds → one row per variant: medians with their range, and multiples of its base round by round. */

import { median } from '../../../controller/stats/quantile.ts';
import type { Measured } from './measure.ts';
import type { Variant } from './variants.ts';

export interface Range {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface StreamRow {
  readonly id: string;
  readonly title: string;
  readonly base: string | null;
  readonly rounds: number;
  readonly samplesPerS: Range;
  readonly senderCpu: Range;
  readonly receiverCpu: Range;
  readonly senderCore: Range;
  readonly senderRssMib: Range;
  readonly receiverRssMib: Range;
  readonly wireBytes: Range | null;
  readonly diskBytes: Range | null;
  readonly ackP99Ms: Range | null;
  /** CPU per sample of both sides together, over the base's of the same round */
  readonly cpuOfBase: Range | null;
}

export function rowsOf(variants: readonly Variant[], rounds: readonly (readonly Measured[])[]): StreamRow[] {
  return variants.map((variant) => {
    const own = rounds.flatMap((round) => round.filter((one) => one.variant === variant.id));
    const range = (of: (one: Measured) => number) => rangeOf(own.map(of));
    const known = (of: (one: Measured) => number | null) =>
      rangeOrNull(own.map(of).filter((value): value is number => value !== null));
    return {
      id: variant.id,
      title: variant.title,
      base: variant.base,
      rounds: own.length,
      samplesPerS: range((one) => one.samplesPerS),
      senderCpu: range((one) => one.senderCpu),
      receiverCpu: range((one) => one.receiverCpu),
      senderCore: range((one) => one.senderCore),
      senderRssMib: range((one) => one.senderRssMib),
      receiverRssMib: range((one) => one.receiverRssMib),
      wireBytes: known((one) => one.wireBytes),
      diskBytes: known((one) => one.diskBytes),
      ackP99Ms: known((one) => one.ackP99Ms),
      cpuOfBase: ofBase(variant, rounds),
    };
  });
}

function ofBase(variant: Variant, rounds: readonly (readonly Measured[])[]): Range | null {
  const ratios = rounds.flatMap((round) => {
    const own = round.find((one) => one.variant === variant.id);
    const base = round.find((one) => one.variant === variant.base);
    return own === undefined || base === undefined ? [] : [cpuOf(own) / cpuOf(base)];
  });
  return rangeOrNull(ratios);
}

function cpuOf({ senderCpu, receiverCpu }: Measured): number {
  return senderCpu + receiverCpu;
}

function rangeOrNull(values: readonly number[]): Range | null {
  return values.length === 0 ? null : rangeOf(values);
}

function rangeOf(values: readonly number[]): Range {
  return { median: median(Float64Array.from(values)), low: Math.min(...values), high: Math.max(...values) };
}
