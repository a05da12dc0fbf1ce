/** Synthetic series of known law for the simulations. */

interface Normals {
  normal(): number;
}

/** AR(1) of mean 0 and variance 1, started in its stationary law. */
export function autoregressive(random: Normals, n: number, rho: number): Float64Array {
  const innovation = Math.sqrt(1 - rho * rho);
  let value = random.normal();
  return Float64Array.from({ length: n }, () => {
    value = rho * value + innovation * random.normal();
    return value;
  });
}

/** The share of `rounds` in which `holds` is true. */
export function shareOf(rounds: number, holds: () => boolean): number {
  let held = 0;
  for (let round = 0; round < rounds; round++) if (holds()) held++;
  return held / rounds;
}
