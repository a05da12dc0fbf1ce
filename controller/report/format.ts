/** Numbers as people read them. One unit per estimate and its interval; a real minus sign; nothing non-finite gets through. */

import type { Estimate } from '../analysis/results.ts';

export interface FormattedEstimate {
  /** `+1.37 µs` */
  readonly value: string;
  /** `[+1.31, +1.43]`, in the unit of `value` */
  readonly interval: string;
  /** value and interval on one line */
  readonly text: string;
}

/** A shift with its interval, both in the unit that suits the largest of the three, two significant digits of half-width.
 * @param e shift in ns; `sign: false` leaves out a plus
 * @throws RangeError where the estimate or a bound is not finite: the analysis gives null instead */
export function formatEstimate(e: Pick<Estimate, 'estimateNs' | 'lowNs' | 'highNs'>, o = { sign: true }) {
  for (const part of ['estimateNs', 'lowNs', 'highNs'] as const) {
    if (!Number.isFinite(e[part])) throw new RangeError(`estimate has a non-finite ${part}: ${e[part]}`);
  }
  const unit = unitFor(Math.max(Math.abs(e.estimateNs), Math.abs(e.lowNs), Math.abs(e.highNs)));
  const decimals = decimalsForWidth((e.highNs - e.lowNs) / 2 / unit.ns, unit);
  const show = (ns: number) => (o.sign ? signed : plain)(ns / unit.ns, decimals);
  const value = `${show(e.estimateNs)} ${unit.symbol}`;
  const interval = `[${show(e.lowNs)}, ${show(e.highNs)}]`;
  return { value, interval, text: `${value} ${interval}` } satisfies FormattedEstimate;
}

/** Treated over baseline at the median, from the shift and the baseline's p50, with the shift's interval carried over.
 * @returns null where the baseline is not positive */
export function formatRatio(e: Estimate, baseNs: number): FormattedEstimate | null {
  if (!(baseNs > 0)) return null;
  const decimals = (e.highNs - e.lowNs) / 2 / baseNs < 0.01 ? 3 : 2;
  const show = (ns: number) => plain(1 + ns / baseNs, decimals);
  const value = `×${show(e.estimateNs)}`;
  const interval = `[${show(e.lowNs)}, ${show(e.highNs)}]`;
  return { value, interval, text: `${value} ${interval}` };
}

/** A latency, four significant digits: `890 ns`, `48.93 µs`, `1.372 ms`. */
export function formatDuration(ns: number): string {
  if (!Number.isFinite(ns)) return 'n/a';
  const unit = unitFor(Math.abs(ns));
  const value = ns / unit.ns;
  const size = Math.abs(value);
  const decimals =
    unit.symbol === 'ns' ? (Number.isInteger(ns) || size >= 100 ? 0 : 1) : size < 10 ? 3 : size < 100 ? 2 : 1;
  return `${plain(value, decimals)} ${unit.symbol}`;
}

/** A length that is itself an estimate, two to three significant digits: `97 ns`, `1.9 µs`, `23 µs`. */
export function formatShort(ns: number): string {
  if (!Number.isFinite(ns)) return 'n/a';
  const unit = unitFor(Math.abs(ns));
  const value = ns / unit.ns;
  return `${plain(value, Math.abs(value) < 10 && unit.symbol !== 'ns' ? 1 : 0)} ${unit.symbol}`;
}

/** A shift without its own interval (the pooled statistics): as formatDuration, signed. */
export function formatSignedDuration(ns: number): string {
  const text = formatDuration(ns);
  return ns > 0 ? `+${text}` : text;
}

/** Whole numbers with thousands separated by a comma. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? plain(value, 0) : 'n/a';
}

/** `1 fork`, `4 forks`. */
export function formatMany(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A unitless number, `digits` decimals. */
export function formatNumber(value: number, digits: number): string {
  return Number.isFinite(value) ? plain(value, digits) : 'n/a';
}

/** Never rounds up to 100 %: one missing read in a million stays visible. */
export function formatPercent(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'n/a';
  if (ratio === 1) return '100 %';
  const percent = ratio * 100;
  for (const decimals of [1, 2, 3, 4]) {
    const text = plain(percent, decimals);
    if (!/^100\.0+$/.test(text) && !(ratio > 0 && /^0\.0+$/.test(text))) return `${text} %`;
  }
  return ratio > 0.5 ? (ratio > 1 ? '> 100 %' : '> 99.9999 %') : '< 0.0001 %';
}

/** `p = 0.031`, or from its logarithm where it is too small to write out: `p = 3.2 × 10⁻²⁷`. */
export function formatP(p: number, log10P?: number): string {
  if (Number.isFinite(p) && p >= 0.001) return `p = ${p.toFixed(p < 0.01 ? 4 : 3)}`;
  const exponent = log10P !== undefined && Number.isFinite(log10P) ? log10P : p > 0 ? Math.log10(p) : Number.NaN;
  if (!Number.isFinite(exponent)) return p === 0 ? 'p < 10⁻³⁰⁰' : 'p n/a';
  let whole = Math.floor(exponent);
  let mantissa = (10 ** (exponent - whole)).toFixed(1);
  if (mantissa === '10.0') {
    mantissa = '1.0';
    whole += 1;
  }
  return `p = ${mantissa} × 10${superscript(whole)}`;
}

/** `0.031` or `3.2 × 10⁻²⁷`: formatP for a table cell. */
export function formatPCell(p: number, log10P?: number): string {
  return formatP(p, log10P).replace(/^p (= )?/, '');
}

/** Length of a study: `2 min 41 s`. */
export function formatElapsed(fromIso: string, toIso: string): string {
  const seconds = Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return 'n/a';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2026-11-23 01:15 UTC`; text that is no date comes back as it is. */
export function formatInstant(iso: string): string {
  const time = Date.parse(iso);
  return Number.isFinite(time) ? `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC` : iso;
}

export function formatBytes(bytes: number): string {
  return Number.isFinite(bytes) && bytes > 0 ? `${plain(bytes / 2 ** 30, 1)} GiB` : 'n/a';
}

export interface Unit {
  readonly symbol: 'ns' | 'µs' | 'ms' | 's';
  readonly ns: number;
}

/** The unit in which a magnitude has one to three digits before the point. */
export function unitFor(magnitudeNs: number): Unit {
  if (magnitudeNs < 1e3) return { symbol: 'ns', ns: 1 };
  if (magnitudeNs < 1e6) return { symbol: 'µs', ns: 1e3 };
  if (magnitudeNs < 1e9) return { symbol: 'ms', ns: 1e6 };
  return { symbol: 's', ns: 1e9 };
}

function decimalsForWidth(halfWidth: number, unit: Unit): number {
  const most = unit.symbol === 'ns' ? 1 : 3;
  if (!(halfWidth > 0)) return most;
  return Math.min(most, Math.max(0, 1 - Math.floor(Math.log10(halfWidth))));
}

function plain(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  const [whole = '0', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const body = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && Number(text) !== 0 ? `−${body}` : body;
}

function signed(value: number, decimals: number): string {
  const text = plain(value, decimals);
  return value > 0 && Number(value.toFixed(decimals)) !== 0 ? `+${text}` : text;
}

export function superscript(value: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return String(value).replace(/[-\d]/g, (c) => (c === '-' ? '⁻' : (digits[Number(c)] ?? c)));
}
