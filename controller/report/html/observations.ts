/** What agents saw of each SUT's surroundings, as the numbers that R4 and R8 are decided by. */

import type { Observation, Results, SeenNumber } from '../../analysis/results.ts';
import { formatCount, formatMany } from '../format.ts';
import { type Insertable, type Markup, markup } from './markup.ts';
import { scrollTable } from './parts.ts';

/** @returns null where nobody looked, as in an imported study */
export function observationsTable({ observations = [], study, nodes }: Results): Markup | null {
  if (observations.length === 0) return null;
  const nameOf = ({ sut, condition, node }: Observation) =>
    [sut, ...(study.conditions.length > 1 ? [condition] : []), ...(nodes.length > 1 ? [node] : [])].join(' · ');
  const table = scrollTable({
    label: 'What was seen while it was measured',
    caption: 'Seen while it was measured (– was not)',
    head: [
      'SUT',
      'steal',
      'foreign CPU',
      'CPU pressure',
      'throttled',
      'memory, I/O pressure',
      'SUT, load waiting for a CPU',
      'memory limit hit',
    ],
    numeric: [1, 2, 3, 4, 5, 6, 7],
    rows: observations.map((seen) => [
      markup`${nameOf(seen)}<span class="sub">${formatMany(seen.forks, 'fork')}</span>`,
      ...[seen.tenants.stealShare, seen.tenants.foreignCpuShare, seen.tenants.cpuPressureShare].map(shareCell),
      shareCell(seen.limits.throttledShare),
      markup`${shareCell(seen.limits.memoryPressureShare)}, ${shareCell(seen.limits.ioPressureShare)}`,
      markup`${shareCell(seen.limits.sutRunQueueShare)}, ${shareCell(seen.limits.loadRunQueueShare)}`,
      cell(seen.limits.memoryEvents, formatCount),
    ]),
  });
  return markup`${table}<p>Tenants: shares of one core's time, mean over the forks. Limits: shares of the time, the worst fork's; memory limit: times, all forks.</p>`;
}

function shareCell(number: SeenNumber): Insertable {
  return cell(number, (share) => `${(share * 100).toFixed(1)} %`);
}

/** never 0 where nobody saw it */
function cell(number: SeenNumber, format: (value: number) => string): Insertable {
  if (number.value === null) return markup`<span class="missing" title="${number.why}">–</span>`;
  return markup`<data value="${number.value}">${format(number.value)}</data>`;
}
