/** Exact null distributions of two rank statistics, without ties. */

/** The smallest u with P(U ≤ u) ≥ p of Mann–Whitney's U.
 * @param m, n sizes ≥ 1; @param p in (0, 1)
 * Time O((m·n)²) at worst, meant for m·n of some thousands. Source: Mann & Whitney 1947. Oracle: scipy.stats.mannwhitneyu(method='exact'). */
export function mannWhitneyQuantile(m: number, n: number, p: number): number {
  const size = m * n + 1;
  const ways = new Float64Array(size);
  ways[0] = 1;
  // the Gaussian binomial coefficient: for each k the factor (1 − q^(n + k)) / (1 − q^k), kept a distribution by k / (n + k)
  for (let k = 1; k <= m; k++) {
    for (let u = size - 1; u >= n + k; u--) ways[u] = (ways[u] as number) - (ways[u - n - k] as number);
    for (let u = k; u < size; u++) ways[u] = (ways[u] as number) + (ways[u - k] as number);
    for (let u = 0; u < size; u++) ways[u] = ((ways[u] as number) * k) / (n + k);
  }
  return firstReaching(ways, p);
}

/** The smallest v with P(V ≤ v) ≥ p of Wilcoxon's signed-rank statistic.
 * @param n units ≥ 1; @param p in (0, 1)
 * Time O(n³). Source: Wilcoxon 1945. Oracle: scipy.stats.wilcoxon(method='exact'). */
export function signedRankQuantile(n: number, p: number): number {
  const size = (n * (n + 1)) / 2 + 1;
  const chance = new Float64Array(size);
  chance[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let v = size - 1; v >= 0; v--) {
      chance[v] = ((chance[v] as number) + (v >= rank ? (chance[v - rank] as number) : 0)) / 2;
    }
  }
  return firstReaching(chance, p);
}

function firstReaching(chance: Float64Array, p: number): number {
  let below = 0;
  for (let value = 0; value < chance.length; value++) {
    below += Math.max(0, chance[value] as number);
    if (below >= p) return value;
  }
  return chance.length - 1;
}
