/** What the terminal at standard output can show. */

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** @returns width, and whether to colour
 * Colours where standard output is a terminal that has them. NO_COLOR switches them off wherever it is set and not empty, before anything
 * else (no-color.org); FORCE_COLOR switches them on for pipes too, and off where it is 0 or false. */
export function terminal(
  to: Stream = process.stdout,
  env: Readonly<Record<string, string | undefined>> = process.env,
): { columns: number; color: boolean } {
  return { columns: widthOf(to, env.COLUMNS), color: hasColor(to, env) };
}

/** a pipe has no width of its own: COLUMNS says it, as for other programs */
function widthOf(to: Stream, columns: string | undefined): number {
  if (to.isTTY === true && (to.columns ?? 0) > 0) return to.columns;
  return columns !== undefined && /^[1-9]\d{0,3}$/.test(columns) ? Number(columns) : 80;
}

function hasColor(to: Stream, { NO_COLOR, FORCE_COLOR, TERM }: Readonly<Record<string, string | undefined>>): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return to.isTTY === true && TERM !== 'dumb';
}
