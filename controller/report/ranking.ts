/** Which hook costs less than which, in lines that every plain renderer shares. */

import type { Ranking, Results } from '../analysis/results.ts';
import { placeName } from './places.ts';

export const RANKING_TITLE = 'Ranking (< told apart, ≈ not separated)';

/** @param least from how many hooks on a place has a line */
export function rankingLines({ rankings = [], nodes }: Results, least = 2): readonly string[] {
  return rankings
    .filter(({ hooks }) => hooks.length >= least)
    .map((one) => `${rankedPlace(one, nodes.length > 1)}: ${one.sentence}`);
}

/** `java-hello, process`, with the node where there are several */
export function rankedPlace(one: Ranking, hasNodes: boolean): string {
  return hasNodes ? `${placeName(one)}, ${one.node}` : placeName(one);
}
