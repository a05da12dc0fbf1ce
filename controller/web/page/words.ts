/** Times and names as people read them. */

/** 75_000 → "1 min 15 s" */
export function tellMs(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** seconds of a study → "1:15" */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** a round latency of an axis: 1250 → "1.25 µs" */
export function tellTick(ns: number): string {
  const [factor, unit] = ns >= 1e6 ? [1e6, 'ms'] : ns >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  return `${Number((ns / factor).toPrecision(4))} ${unit}`;
}

export function armName({ mechanism, aa }: { readonly mechanism: string; readonly aa: boolean }): string {
  return aa ? 'none again (A/A)' : mechanism;
}

/** "alternated"; with condition and node where there are several */
export function placeName(
  cell: { readonly condition: string; readonly node: string },
  several: { readonly conditions: boolean; readonly nodes: boolean },
): string {
  return [several.conditions ? cell.condition : '', several.nodes ? cell.node : '']
    .filter((word) => word !== '')
    .join(', ');
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "2026-11-23T13:10:00.000Z" → "2026-11-23 13:10" */
export function tellDate(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
