/** A decomposition in one sentence. */

import { intervalUs } from './format.ts';
import type { Decomposition, KnownPart, Part } from './results.ts';

export function decompositionSentence(row: Omit<Decomposition, 'sentence'>): string {
  const { shift, own, call, beyondOwn, treated, vantage } = row;
  if (shift.estimateNs === null) return `${treated}: not taken apart, as ${shift.why}.`;
  const whole = `${treated} adds ${intervalUs(shift)} to the ${vantage}'s median`;
  if (call.estimateNs !== null) return `${whole}: ${splitOf(row, call)}${restOf(row)}${basis(row)}.`;
  if (own.estimateNs === null || !beyondOwn || beyondOwn.estimateNs === null)
    return `${whole}; not taken apart, as ${call.why}.`;
  return `${whole}: ${ownText(row, own)}, ${intervalUs(beyondOwn)} for the way into it and the rest, not told apart (${call.why}).`;
}

type Told = Omit<Decomposition, 'sentence'>;

function splitOf(row: Told, call: KnownPart): string {
  const { own, dispatch } = row;
  return own.estimateNs === null || dispatch.estimateNs === null
    ? `${intervalUs(call)} for the hook and the way into it, not told apart${whyOf(own)}`
    : `${ownText(row, own)}, ${intervalUs(dispatch)} for the way into it`;
}

function ownText({ ownBy }: Told, own: KnownPart): string {
  return `${intervalUs(own)} for the hook's own work (${OWN_BY[ownBy ?? 'interposer']})`;
}

function restOf({ rest }: Told): string {
  return rest.estimateNs === null ? '' : `, ${intervalUs(rest)} for the rest (caches, scheduling, queueing)`;
}

const OWN_BY = {
  interposer: 'by its own clock',
  'bpf-statistics': "by the kernel's run-time statistics",
  'work-clock': 'by its own clock, which holds nothing else',
} as const;

function whyOf(part: Part): string {
  return part.estimateNs === null ? ` (${part.why})` : '';
}

function basis({ vantage, micro, readsPerRequest }: Told): string {
  if (vantage === 'caller' || readsPerRequest === null) return '';
  const reads = Number(readsPerRequest.toFixed(2));
  return `; ${reads} read${reads === 1 ? '' : 's'} a request at ${micro}'s price`;
}
