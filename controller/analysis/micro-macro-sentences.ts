/** Why a request costs what it costs beside its reads in a loop: one sentence, made from the numbers. */

import { intervalUs } from './format.ts';
import type { KnownPart, MicroMacro } from './results.ts';

type Told = Omit<MicroMacro, 'sentence'>;

export function microMacroSentence(row: Told): string {
  const { request, read, difference, treated, sut, micro } = row;
  if (request.estimateNs === null || read.estimateNs === null || difference.estimateNs === null)
    return `${treated}: ${sut} and ${micro} can't be held against each other, as ${[request, read, difference].flatMap((part) => (part.estimateNs === null ? [part.why] : []))[0]}.`;
  const both = `with ${treated} a request to ${sut} takes ${intervalUs(request)} longer, a read in ${micro} ${intervalUs(read)}`;
  return `${both}; ${verdictOf(row, difference)}.`;
}

function verdictOf(row: Told, difference: KnownPart): string {
  const reads = readsText(row);
  if (difference.lowNs > 0)
    return `beyond ${reads} that is ${intervalUs(difference)} more: ${coldText(row) ?? 'caches, scheduling or queueing, which no clock inside tells apart'}`;
  if (difference.highNs < 0)
    return `that is ${intervalUs(difference)} against ${reads}: part of the hook's time passes while the client waits for something else, or the loop pays more for a read than a request does`;
  const unclear = `a difference to ${reads} is not seen (${intervalUs(difference)})`;
  const cold = coldText(row);
  return cold === null ? unclear : `${unclear}, though ${cold}`;
}

/** "the 1.5 reads of a request" */
function readsText({ readsPerRequest }: Told): string {
  const reads = Number((readsPerRequest ?? 1).toFixed(2));
  return reads === 1 ? 'the one read of a request' : `the ${reads} reads of a request`;
}

/** what the clock inside saw of the same call in both */
function coldText({ insideRequest, insideLoop, insideDifference, sut, micro }: Told): string | null {
  if (insideRequest.estimateNs === null || insideLoop.estimateNs === null || insideDifference.estimateNs === null)
    return null;
  if (insideDifference.lowNs <= 0) return null;
  return `the clock inside sees one call take ${intervalUs(insideRequest)} in ${sut} and ${intervalUs(insideLoop)} in ${micro}, as other work comes in between and leaves caches cold`;
}
