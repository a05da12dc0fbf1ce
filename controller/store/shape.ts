/** Whether a value from a file has the shape that its reader expects. A study's folder may come from anywhere. */

/** finite numbers, bounded texts, nothing that is not said; fields that are not named are passed over */
export type Shape =
  | 'text'
  | 'number'
  | 'count'
  | 'flag'
  | readonly string[]
  | { readonly list: Shape }
  | { readonly orNull: Shape }
  | { readonly orAbsent: Shape }
  | { readonly fields: { readonly [name: string]: Shape } };

const MOST_TEXT = 65_536;
const MOST_ENTRIES = 10_000;

/** @param path what to call the value
 * @returns one phrase about the first thing that is wrong, null when nothing is */
export function misfit(value: unknown, shape: Shape, path: string): string | null {
  if (shape === 'text')
    return typeof value === 'string' && value.length <= MOST_TEXT ? null : `${path} is no text${lengthOf(value)}`;
  if (shape === 'number') return Number.isFinite(value) ? null : `${path} is no number`;
  if (shape === 'count') return isCount(value) ? null : `${path} is no whole number from 0 to 2^53`;
  if (shape === 'flag') return typeof value === 'boolean' ? null : `${path} is neither true nor false`;
  if (isWords(shape)) return shape.some((word) => word === value) ? null : `${path} is none of ${shape.join(', ')}`;
  if ('orNull' in shape) return value === null ? null : misfit(value, shape.orNull, path);
  if ('orAbsent' in shape) return value === undefined ? null : misfit(value, shape.orAbsent, path);
  if ('list' in shape) return listMisfit(value, shape.list, path);
  return fieldsMisfit(value, shape.fields, path);
}

function isWords(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

function listMisfit(value: unknown, shape: Shape, path: string): string | null {
  if (!Array.isArray(value)) return `${path} is no list`;
  if (value.length > MOST_ENTRIES) return `${path} has ${value.length} entries, more than ${MOST_ENTRIES}`;
  for (const [i, entry] of value.entries()) {
    const wrong = misfit(entry, shape, `${path}[${i}]`);
    if (wrong !== null) return wrong;
  }
  return null;
}

function fieldsMisfit(value: unknown, fields: { readonly [name: string]: Shape }, path: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} is no object`;
  for (const [name, shape] of Object.entries(fields)) {
    const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
    const wrong = misfit(own, shape, `${path}.${name}`);
    if (wrong !== null) return wrong;
  }
  return null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function lengthOf(value: unknown): string {
  return typeof value === 'string' ? ` of at most ${MOST_TEXT} characters` : '';
}
