/** Ticks in human units: linear axes in one unit, log axes each tick in its own. */

import { unitFor } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { px } from './frame.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

interface LinearScale {
  (value: number): number;
  ticks(count: number): number[];
  domain(): number[];
}

/** Latency ticks in one unit; the unit is on every label, so that a figure cut out of the page still reads. */
export function linearTicks(scale: LinearScale, count: number, sign = false): readonly Tick[] {
  const values = scale.ticks(count);
  const unit = unitFor(Math.max(...scale.domain().map(Math.abs)));
  const step = Math.abs((values[1] ?? 0) - (values[0] ?? 0)) / unit.ns;
  const decimals = step > 0 ? Math.min(3, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 0;
  return values.map((value) => {
    const text = Math.abs(value / unit.ns)
      .toFixed(decimals)
      .replace(/\B(?=(\d{3})+$)/g, ',');
    const mark = value < 0 ? '−' : sign && value > 0 ? '+' : '';
    return { at: scale(value), label: value === 0 ? '0' : `${mark}${text} ${unit.symbol}` };
  });
}

/** 1, 2 and 5 per decade where few decades are shown, else powers of ten. */
export function logTicks(scale: LinearScale): readonly Tick[] {
  const [low = 1, high = 10] = scale.domain();
  const decades = Math.log10(high / low);
  const steps = decades > 3 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  const ticks: Tick[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const ns = step * 10 ** power;
      if (ns >= low * 0.999 && ns <= high * 1.001) ticks.push({ at: scale(ns), label: shortLatency(ns) });
    }
  }
  return ticks;
}

export function countTicks(scale: LinearScale, count: number): readonly Tick[] {
  return scale.ticks(count).map((value) => ({ at: scale(value), label: shortCount(value) }));
}

/** Vertical grid lines with labels beneath. */
export function bottomAxis(ticks: readonly Tick[], height: number): Markup {
  const grid = ticks.map((t) => `M${px(t.at)} 0V${px(height)}`).join('');
  const labels = ticks.map((t) => markup`<text x="${px(t.at)}" y="${px(height + 16)}">${t.label}</text>`);
  return markup`<path class="grid" d="${grid}"/><g class="ticks" text-anchor="middle">${labels}</g>`;
}

/** Horizontal grid lines with labels at the left. */
export function leftAxis(ticks: readonly Tick[], width: number, labels = true): Markup {
  const grid = ticks.map((t) => `M0 ${px(t.at)}H${px(width)}`).join('');
  const names = ticks.map((t) => markup`<text x="-8" y="${px(t.at + 4)}">${t.label}</text>`);
  return markup`<path class="grid" d="${grid}"/>${labels && markup`<g class="ticks" text-anchor="end">${names}</g>`}`;
}

export function shortLatency(ns: number): string {
  const unit = unitFor(ns);
  return `${Number((ns / unit.ns).toPrecision(2))} ${unit.symbol}`;
}

function shortCount(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
