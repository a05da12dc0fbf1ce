/** A decomposition in one sentence. */

import { intervalUs } from './format.ts';
import type { Decomposition, Part } from './results.ts';

export function decompositionSentence(row: Omit<Decomposition, 'sentence'>): string {
  const { shift, own, dispatch, call, rest, treated, vantage } = row;
  if (shift.estimateNs === null) return `${treated}: not taken apart, as ${shift.why}.`;
  const whole = `${treated} adds ${intervalUs(shift)} to the ${vantage}'s median`;
  if (call.estimateNs === null) return `${whole}; not taken apart, as ${call.why}.`;
  const split =
    own.estimateNs === null || dispatch.estimateNs === null
      ? `${intervalUs(call)} for the hook and the way into it, not told apart${whyOf(own)}`
      : `${intervalUs(own)} for the hook's own work (${OWN_BY[row.ownBy ?? 'interposer']}), ${intervalUs(dispatch)} for the way into it`;
  return `${whole}: ${split}${rest.estimateNs === null ? '' : `, ${intervalUs(rest)} for the rest (caches, scheduling, queueing)`}${basis(row)}.`;
}

const OWN_BY = { interposer: 'by its own clock', 'bpf-statistics': "by the kernel's run-time statistics" } as const;

function whyOf(part: Part): string {
  return part.estimateNs === null ? ` (${part.why})` : '';
}

function basis({ vantage, micro, readsPerRequest }: Omit<Decomposition, 'sentence'>): string {
  if (vantage === 'caller' || readsPerRequest === null) return '';
  const reads = Number(readsPerRequest.toFixed(2));
  return `; ${reads} read${reads === 1 ? '' : 's'} a request at ${micro}'s price`;
}
