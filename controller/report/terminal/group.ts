/** The table of one group: a row per mechanism, in the widest form that fits the terminal. */

import type { Comparison, Estimate, Results } from '../../analysis/results.ts';
import { flagsOfGroup } from '../folded-flags.ts';
import { formatCount, formatDuration, formatEstimate, formatPercent, formatRatio } from '../format.ts';
import { type Group, lossFor, parityFor, worstParity } from '../model.ts';
import { layerOf, missingReason, VANTAGE_WORDS, VERDICT_WORDS } from '../words.ts';
import { type Cell, layTable, plainText, proseWidth, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

const HEAD = ['hook', 'shift at p50', 'at mean', 'at p99', 'p50 without hook', 'verdict'];
/** where the base stands in the head; narrow forms have it below the shifts */
const BASE_AT = 4;

export function renderGroup(results: Results, group: Group, columns: number, paint: Paint): readonly string[] {
  const place = [group.condition, group.node, `clock: ${VANTAGE_WORDS[group.vantage]}`].map(plainText).join(' · ');
  const title = wrap(`${paint.bold(plainText(group.sut))} ${paint.dim(`· ${place}`)}`, columns);
  const flags = flagsOfGroup(group.comparisons);
  const warned = flags === '' ? [] : wrap(`! ${plainText(flags)}`, proseWidth(columns), 2, 4);
  return [...title, ...tableLines(results, group, columns, paint), ...warned.map((line) => paint.warn(line))];
}

/** from how many columns on a form is tried: tables of one study differ in width, and should not differ in form for a column or two */
const WIDE_FROM = 130;
const ROOMY_FROM = 96;

function tableLines(results: Results, group: Group, columns: number, paint: Paint): readonly string[] {
  const head = HEAD.map((text): Cell => [paint.dim(text)]);
  const wide = (c: Comparison) => wideRow(c, layerAndDesign(results, c), paint, shortVerdict(results, c, paint));
  const roomy = (c: Comparison) => roomyRow(c, layerAndDesign(results, c), paint, shortVerdict(results, c, paint));
  const stacked = (c: Comparison) => stackedRow(c, layerAndDesign(results, c), paint, verdictCell(results, c, paint));
  const forms = [
    ...(columns >= WIDE_FROM ? [{ head, row: wide }] : []),
    ...(columns >= ROOMY_FROM ? [{ head, row: roomy }] : []),
    { head: head.filter((_, i) => i !== BASE_AT), row: stacked },
  ];
  for (const form of forms) {
    const lines = layTable([form.head, ...group.comparisons.map(form.row)], columns);
    if (lines !== null) return lines;
  }
  return group.comparisons.flatMap((c) => listRow(results, c, columns, paint));
}

function wideRow(c: Comparison, at: string, paint: Paint, verdict: Cell): readonly Cell[] {
  const one = (e: Estimate | null): Cell => (e === null ? [missing(c)] : [formatEstimate(e).text]);
  return [
    [paint.bold(plainText(c.treated)), paint.dim(at)],
    one(c.shifts.p50),
    one(c.shifts.mean),
    one(c.shifts.p99),
    [formatDuration(c.baselineStats.p50Ns), ratioText(c) ?? ''],
    verdict,
  ];
}

/** intervals below their values, everything else in columns */
function roomyRow(c: Comparison, at: string, paint: Paint, verdict: Cell): readonly Cell[] {
  const [layer = '', design = ''] = at.split(', ');
  return [
    [paint.bold(plainText(c.treated)), paint.dim(design === '' ? layer : `${layer}, ${design}`)],
    twoLines(c, c.shifts.p50, paint),
    twoLines(c, c.shifts.mean, paint),
    twoLines(c, c.shifts.p99, paint),
    [formatDuration(c.baselineStats.p50Ns), ratioText(c) ?? ''],
    verdict,
  ];
}

function stackedRow(c: Comparison, at: string, paint: Paint, verdict: Cell): readonly Cell[] {
  const ratio = ratioText(c);
  const base = `base ${formatDuration(c.baselineStats.p50Ns)}${ratio === null ? '' : ` · ${ratio}`}`;
  const [layer, design] = at.split(', ');
  return [
    [paint.bold(plainText(c.treated)), paint.dim(layer ?? ''), paint.dim(design ?? '')],
    [...padTo(twoLines(c, c.shifts.p50, paint), 2), { text: paint.dim(base), over: 3 }],
    twoLines(c, c.shifts.mean, paint),
    twoLines(c, c.shifts.p99, paint),
    verdict,
  ];
}

function twoLines(c: Comparison, e: Estimate | null, paint: Paint): readonly string[] {
  if (e === null) return wrap(missing(c), 14);
  const { value, interval } = formatEstimate(e);
  return [value, paint.dim(interval)];
}

function listRow(results: Results, c: Comparison, columns: number, paint: Paint): readonly string[] {
  const item = (name: string, e: Estimate | null) =>
    wrap(`${name} ${e === null ? missing(c) : formatEstimate(e).text}`, columns, 4, 8);
  const ratio = ratioText(c);
  return [
    ...wrap(`${plainText(c.treated)} (${layerAndDesign(results, c)})`, columns, 2, 4),
    ...item('p50 ', c.shifts.p50),
    ...item('mean', c.shifts.mean),
    ...item('p99 ', c.shifts.p99),
    ...wrap(
      `p50 without hook ${formatDuration(c.baselineStats.p50Ns)}${ratio === null ? '' : `, ${ratio}`}`,
      columns,
      4,
      8,
    ),
    ...shortVerdict(results, c, paint).flatMap((line) => wrap(line, columns, 4, 6)),
  ];
}

/** two lines, as the other cells of the wide forms have */
function shortVerdict(results: Results, c: Comparison, paint: Paint): readonly string[] {
  const { symbol, word } = VERDICT_WORDS[c.verdict];
  const counted = countedTexts(results, c).map(({ text, bad }) => (bad ? paint.bad(text) : paint.dim(text)));
  return [paint.verdict(c.verdict, `${symbol} ${word}`), counted.join(paint.dim(' · '))];
}

function verdictCell(results: Results, c: Comparison, paint: Paint): readonly string[] {
  const { symbol, word } = VERDICT_WORDS[c.verdict];
  const verdict = wrap(`${symbol} ${word}`, 17, 0, 2).map((line) => paint.verdict(c.verdict, line));
  const counted = countedTexts(results, c).flatMap(({ text, bad }) =>
    wrap(text, 17, 0, 2).map((line) => (bad ? paint.bad(line) : paint.dim(line))),
  );
  return [...verdict, ...counted];
}

/** what was counted beside the samples: reads seen, samples lost */
function countedTexts(results: Results, c: Comparison): readonly { readonly text: string; readonly bad: boolean }[] {
  const parity = worstParity(parityFor(results, c));
  const loss = lossFor(results, c);
  return [
    parity === null
      ? { text: 'parity n/a (not counted)', bad: false }
      : { text: `parity ${formatPercent(parity.ratio)} ${parity.ok ? '✓' : '✕'}`, bad: !parity.ok },
    loss === null
      ? { text: 'loss n/a (not counted)', bad: false }
      : { text: `loss ${formatCount(loss.lost)} ${loss.lost === 0 ? '✓' : '✕'}`, bad: loss.lost > 0 },
  ];
}

function padTo(lines: readonly string[], count: number): readonly string[] {
  return [...lines, ...Array.from({ length: Math.max(0, count - lines.length) }, () => '')];
}

function missing(c: Comparison): string {
  return `n/a (${missingReason(c)})`;
}

function layerAndDesign(results: Results, c: Comparison): string {
  const layer = layerOf(c.treated, results.mechanisms);
  return layer === null ? c.design : `${layer}, ${c.design}`;
}

function ratioText(c: Comparison): string | null {
  return c.shifts.p50 === null ? null : (formatRatio(c.shifts.p50, c.baselineStats.p50Ns)?.text ?? null);
}
