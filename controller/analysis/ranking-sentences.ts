/** A ranking in one sentence: < between neighbours that are told apart, ≈ between those that are not. */

import { intervalUs } from './format.ts';
import type { RankedPair, Ranking } from './results.ts';

export function rankingSentence({ hooks, pairs, leftOut }: Omit<Ranking, 'sentence'>): string {
  const isApart = (i: number, j: number) => pairOf(pairs, hooks[i]?.treated, hooks[j]?.treated)?.isSeparated === true;
  const chain = hooks.map(({ treated, shift }, i) => {
    const link = i === 0 ? '' : isApart(i - 1, i) ? ' < ' : ' ≈ ';
    return `${link}${treated} ${intervalUs(shift)}`;
  });
  const further = hooks.flatMap((one, i) =>
    hooks.slice(i + 2).flatMap((other, k) => {
      const j = i + 2 + k;
      const isTold = hooks.slice(i, j).some((_, step) => isApart(i + step, i + step + 1));
      return isApart(i, j) && !isTold ? [`${one.treated} < ${other.treated}`] : [];
    }),
  );
  const beside = further.length === 0 ? '' : `; but ${further.join(', ')}`;
  const out = leftOut.map(({ treated, verdict }) => `${treated} (${verdict})`);
  return `${chain.join('')}${beside}${out.length === 0 ? '' : `; left out: ${out.join(', ')}`}.`;
}

function pairOf(pairs: readonly RankedPair[], cheaper = '', dearer = ''): RankedPair | undefined {
  return pairs.find((pair) => pair.cheaper === cheaper && pair.dearer === dearer);
}
