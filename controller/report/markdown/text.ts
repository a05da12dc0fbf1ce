/** Study text in Markdown (GitHub flavour), and what fits into one comment. */

/** what GitHub takes as one comment or pull request */
export const GITHUB_LIMIT = 65_536;

/** Study text stays text: no markup, no mention, no table cell of its own. Brackets of intervals stay as they are. */
export function escapeText(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_|~#!]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('](', ']\\(');
}

/** A code block whose fence is longer than any run of backticks inside. */
export function fenced(command: string): string {
  const longest = Math.max(2, ...(command.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${command.replace(/[\r\n]+/g, ' ')}\n${fence}`;
}

export function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(escapeText).join(' | ')} |`;
}

export function items(texts: readonly string[]): string {
  return texts.map((text) => `- ${escapeText(text)}`).join('\n');
}

/** folded away until somebody asks; '' without lines */
export function folded(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${escapeText(summary)}</summary>\n\n${body}\n\n</details>`;
}

/** a part of a document; those that may go are left out last one first where all do not fit */
export interface Part {
  readonly text: string;
  /** what it is called where it had to go; absent for what must stay */
  readonly droppable?: string;
  /** the part's lines may be cut from the end, to no fewer than so many: a table keeps its head */
  readonly leastLines?: number;
}

/** The parts with an empty line between them, within `limit` bytes of UTF-8 (GitHub counts characters, of which there are never more).
 * First the last part that may go and whose going is enough is left out, or one after the other from the last; then lines of those that may be cut. What is missing is said. */
export function fitted(parts: readonly Part[], limit: number): string {
  let kept = parts.filter(({ text }) => text !== '');
  const dropped: string[] = [];
  while (sizeOf(joined(kept, dropped)) > limit) {
    const optional = kept.filter(({ droppable }) => droppable !== undefined);
    const without = (one: Part) => kept.filter((part) => part !== one);
    const enough = (one: Part) => sizeOf(joined(without(one), [...dropped, one.droppable ?? ''])) <= limit;
    const gone = optional.findLast(enough) ?? optional.at(-1);
    if (gone === undefined) return cut(kept, dropped, limit);
    dropped.unshift(gone.droppable ?? '');
    kept = without(gone);
  }
  return joined(kept, dropped);
}

/** @throws RangeError where not even the cut parts fit: the limit is too small for any report */
function cut(parts: readonly Part[], dropped: readonly string[], limit: number): string {
  const at = parts.findIndex(({ leastLines }) => leastLines !== undefined);
  const part = parts[at];
  if (part?.leastLines === undefined) throw new RangeError(`${limit} bytes are too few for this report`);
  const lines = part.text.split('\n');
  const keeping = (keep: number) => {
    const gone = lines.length - keep;
    const note = `${gone} ${gone === 1 ? 'row' : 'rows'} of the table`;
    return joined(parts.with(at, { text: lines.slice(0, keep).join('\n') }), [note, ...dropped]);
  };
  let least = part.leastLines;
  if (sizeOf(keeping(least)) > limit) throw new RangeError(`${limit} bytes are too few for this report`);
  let most = lines.length - 1;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (sizeOf(keeping(middle)) <= limit) least = middle;
    else most = middle - 1;
  }
  return keeping(least);
}

function joined(parts: readonly Part[], dropped: readonly string[]): string {
  const note =
    dropped.length === 0 ? [] : [`<sub>Left out to fit: ${dropped.join(', ')}. results.json has all of it.</sub>`];
  return [...parts.map(({ text }) => text), ...note].join('\n\n').concat('\n');
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
