/** Numbers as a reader sees them in sentences: µs, a true minus sign, no false digits. */

import type { Estimate } from './results.ts';

/** "0.21 µs [0.17, 0.26]" */
export function intervalUs({ estimateNs, lowNs, highNs }: Pick<Estimate, 'estimateNs' | 'lowNs' | 'highNs'>): string {
  const digits = digitsFor((highNs - lowNs) / 2);
  return `${inUs(estimateNs, digits)} µs [${inUs(lowNs, digits)}, ${inUs(highNs, digits)}]`;
}

/** "0.21 µs" */
export function us(ns: number): string {
  return `${inUs(ns, digitsFor(Math.abs(ns)))} µs`;
}

/** "p = 0.013", "p < 1e-15" */
export function pValue(p: number): string {
  if (p < 1e-15) return 'p < 1e-15';
  return `p = ${p < 0.001 ? p.toExponential(0) : p.toFixed(3)}`;
}

/** "46,000"; by hand, because the first toLocaleString of a process takes 15 ms to load its tables
 * @param n a whole number */
export function count(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** "2 h 4 min", "3 min 16 s", "4.2 s" */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function digitsFor(scaleNs: number): number {
  if (scaleNs < 1) return 4;
  return scaleNs < 20 ? 3 : 2;
}

function inUs(ns: number, digits: number): string {
  const text = (Math.abs(ns) / 1000).toFixed(digits);
  return ns < 0 && Number(text) !== 0 ? `−${text}` : text;
}
