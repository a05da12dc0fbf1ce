/** Where shifts come from: their parts, a request beside its reads in a loop, and what hooks cost processes that they do not watch. */

import type { Bystanders, Decomposition, MicroMacro, Part, Results } from '../../analysis/results.ts';
import { isOwnAlone, PART_WORDS, PARTS, type PartName, partOf } from '../decomposition.ts';
import { formatCount, formatEstimate, formatNumber } from '../format.ts';
import { placeName } from '../places.ts';
import { type Insertable, type Markup, markup } from './markup.ts';
import { scrollTable } from './parts.ts';

/** null where the results say nothing of it */
export function sourcesSection(results: Results): Markup | null {
  const { decomposition = [], microMacro = [], bystanders } = results;
  if (decomposition.length + microMacro.length + (bystanders?.rows.length ?? 0) === 0) return null;
  return markup`<section aria-labelledby="parts"><h2 id="parts">Where the shifts come from</h2>${partsTable(results)}${inWords(decomposition)}${microMacro.length > 0 && markup`${microMacroTable(results)}${inWords(microMacro)}`}${bystanders && bystanderPart(bystanders)}${(results.kernelTimes ?? []).length > 0 && kernelTimePart(results)}</section>`;
}

function partsTable({ decomposition = [] }: Results): Markup {
  return scrollTable({
    cards: true,
    label: 'Shifts taken apart',
    caption:
      'The shift of each median, taken apart. Intervals are over process starts; the parts add up where all are known.',
    head: ['hook', 'where', 'shift', ...PARTS.map((name) => PART_WORDS[name])],
    numeric: [2, 3, 4, 5, 6],
    rows: decomposition.map((row) => [
      ...[
        row.treated,
        markup`${placeName(row)}, ${row.node}<span class="sub">${row.design}, at the ${row.vantage}</span>`,
      ],
      cell(row.shift),
      ...PARTS.map((name) => partCell(row, name)),
    ]),
  });
}

function partCell(row: Decomposition, name: PartName): Insertable {
  if (name !== 'rest') return cell(row[name]);
  if (row.vantage === 'caller') return 'none at the caller';
  if (!isOwnAlone(row)) return cell(row.rest);
  return markup`${cell(partOf(row, 'beyondOwn'))}<span class="sub">with the way into it</span>`;
}

function microMacroTable({ microMacro = [] }: Results): Markup {
  return scrollTable({
    cards: true,
    label: 'A request beside its reads',
    caption:
      'Micro and macro: a request beside its reads in a loop. By the clock inside: one call as the mechanism itself timed it.',
    head: ['hook', 'where', 'request', 'read in the loop', 'reads', 'difference', 'inside: request', 'inside: loop'],
    numeric: [2, 3, 4, 5, 6, 7],
    rows: microMacro.map((row) => [
      ...[row.treated, markup`${placeName(row)}, ${row.node}<span class="sub">beside ${row.micro}</span>`],
      ...[cell(row.request), cell(row.read)],
      row.readsPerRequest === null ? 'n/a (not counted)' : formatNumber(row.readsPerRequest, 2),
      ...[cell(row.difference), cell(row.insideRequest), cell(row.insideLoop)],
    ]),
  });
}

function bystanderPart({ rows, notMeasured }: Bystanders): Markup {
  const head = markup`<h3>Processes that no hook watches</h3>`;
  if (notMeasured !== null) return markup`${head}<p class="missing">Not measured: ${notMeasured}.</p>`;
  const table = scrollTable({
    cards: true,
    label: 'Processes that no hook watches',
    caption:
      'A process that no mechanism is asked to watch, read from while each is attached to others and while none is. none: nothing attached against nothing attached.',
    head: ['attached', 'where', 'a read without', 'shift of the median'],
    numeric: [2, 3],
    rows: rows.map((row) => [
      ...[row.treated, `${row.sut} in ${row.condition}, ${row.node}`],
      ...[cell(row.base, false), cell(row.shift)],
    ]),
  });
  return markup`${head}${table}`;
}

function kernelTimePart({ kernelTimes = [] }: Results): Markup {
  return scrollTable({
    cards: true,
    label: 'The kernel’s own account',
    caption:
      'The kernel’s own account of attached hooks: what their programs take of a read by its run-time statistics, means, in stretches that are not timed. Runs that are filtered out are taken off; the kernel’s clock, some 20 ns a run, is in it.',
    head: ['hook', 'where', 'reads', 'a read', 'note'],
    numeric: [2, 3],
    rows: kernelTimes.map((row) => [
      ...[row.treated, `${placeName(row)}, ${row.node}`, formatCount(row.reads), cell(row.perRead, false)],
      row.perRead.estimateNs === null ? row.perRead.why : '',
    ]),
  });
}

/** the reasons for what is not known are in the sentences: a cell has no room for them */
function inWords(rows: readonly (Decomposition | MicroMacro)[]): Markup {
  return markup`<ul class="designs">${rows.map((row) => markup`<li><b>${placeName(row)}</b>: ${row.sentence}</li>`)}</ul>`;
}

function cell(part: Part, sign = true): Insertable {
  if (part.estimateNs === null) return markup`<span class="missing">not known</span>`;
  const { value, interval } = formatEstimate(part, { sign });
  return markup`<span class="shift"><data class="estimate" value="${part.estimateNs}">${value}</data> <span class="interval-text"><data value="${part.lowNs} ${part.highNs}">${interval}</data></span></span>`;
}
