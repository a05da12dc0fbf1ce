/** Generates the keyword scan of the bpftrace hook: a sliding 64-bit window over the bytes read, compared against constants.
 *
 * Only numbers get into the script: a keyword never appears as text, so no keyword can change the program.
 * The window is fed by aligned 8-byte loads: an aligned word never crosses a page, so every word that holds a byte of the read can be
 * read whatever lies behind it. Bytes of such a word before and behind the read are made 0, which no keyword holds: what matches lies
 * within the read. So the loop compares with the end of the read only once in 8 bytes, and the verifier, which follows every outcome of
 * such a comparison, stays far below its limit of a million instructions. */

export interface ScanProgram {
  /** script lines, indented for the body of the exit probe; they set `$hit` from `$b` (address) and `$n` (bytes read) */
  readonly text: string;
  /** how many words are compared, after dropping those that contain another */
  readonly scanned: number;
  /** the words left out because a shorter one inside them decides the same */
  readonly dropped: readonly string[];
  readonly windowBytes: number;
}

/** How the words of a position are searched: `tree` halves the two-byte beginnings (fewest compares), `keys` compares them one after the other
 * (more compares, but a form that the verifier follows where the compiler's output of the tree is too much for it: seen with bpftrace 0.23). */
export type Search = 'tree' | 'keys';

/** @param keywords bytes of each word, 1 to 64 bytes, no NUL
 * @param windowBytes how many bytes from the start of the read are scanned, 8 to 512 (the verifier's limit with 200 words) */
export function scanProgram(
  keywords: readonly Uint8Array[],
  windowBytes: number,
  search: Search = 'tree',
): ScanProgram {
  const { kept, dropped } = withoutContaining(keywords);
  const lines = [
    '$b = $s.1;',
    '$skip = $b & 7;',
    '$p = $b - $skip;',
    `$lim = $n; if ($lim > ${windowBytes}) { $lim = (uint64)${windowBytes}; @cut[pid] = count(); }`,
    '$end = $skip + $lim;',
    '$hit = (uint64)0;',
    ...loadWord('$w', '0'),
    '$w = ($w >> ($skip * 8)) << ($skip * 8);',
    ...loadWord('$x', '8'),
    ...loadWord('$y', '16'),
    '$i = (uint64)0;',
    `while ($i < ${windowBytes + 8}) {`,
    ...dispatch(kept, search).map((line) => `  ${line}`),
    '  $w = ($w >> 8) | ($x << 56);',
    '  $x = ($x >> 8) | ($y << 56);',
    '  $y = $y >> 8;',
    '  $i = $i + 1;',
    '  if (($i & 7) == 0) {',
    '    if ($i >= $end) { break; }',
    ...loadWord('$y', '$i + 16').map((line) => `    ${line}`),
    '  }',
    '}',
  ];
  return {
    text: lines.map((line) => `      ${line}`).join('\n'),
    scanned: kept.length,
    dropped: dropped.map((word) => Buffer.from(word).toString('latin1')),
    windowBytes,
  };
}

/** Drops each word that contains another one: for a yes/no answer the shorter word decides. */
export function withoutContaining(keywords: readonly Uint8Array[]): { kept: Uint8Array[]; dropped: Uint8Array[] } {
  const unique = [...new Map(keywords.map((word) => [Buffer.from(word).toString('latin1'), word])).entries()];
  const kept: Uint8Array[] = [];
  const dropped: Uint8Array[] = [];
  for (const [text, word] of unique) {
    const contains = unique.some(([other]) => other !== text && text.includes(other));
    (contains ? dropped : kept).push(word);
  }
  return { kept, dropped };
}

/** The aligned word at this offset from `$p`, bytes behind the read made 0 by shifting them out: `$u` bytes, 0 to 23, a quarter at a time
 * since a shift is below 64 bits. No branch: how many bytes there are must stay unknown to the verifier. */
function loadWord(name: string, offset: string): string[] {
  return [
    `$t = $end - (${offset});`,
    '$u = (8 - $t) * ((($t - 8) >> 63) & 1) * 2;',
    `${name} = *(uint64*)uptr($p + ${offset});`,
    `${name} = (((${name} << $u) << $u) << $u) << $u;`,
    `${name} = (((${name} >> $u) >> $u) >> $u) >> $u;`,
  ];
}

const FOUND = '$hit = (uint64)1; break;';

interface Leaf {
  readonly key: number;
  readonly words: Uint8Array[];
}

/** a binary search over the first two bytes (one byte for one-byte words), then masked compares of the few words left */
function dispatch(words: readonly Uint8Array[], search: Search): string[] {
  const single = words.filter((word) => word.length === 1);
  const leaves = leavesOf(words.filter((word) => word.length > 1));
  const lines = single.map((word) => `if (($w & 255) == ${word[0]}) { ${FOUND} }`);
  if (leaves.length > 0)
    lines.push('$c = $w & 65535;', ...(search === 'tree' ? tree(leaves) : leaves.flatMap(leafLines)));
  return lines;
}

function leavesOf(words: readonly Uint8Array[]): Leaf[] {
  const byKey = new Map<number, Uint8Array[]>();
  for (const word of words) {
    const key = word[0]! | (word[1]! << 8);
    byKey.set(key, [...(byKey.get(key) ?? []), word]);
  }
  return [...byKey].map(([key, list]) => ({ key, words: list })).sort((a, b) => a.key - b.key);
}

function tree(leaves: readonly Leaf[]): string[] {
  if (leaves.length === 1) return leafLines(leaves[0]!);
  const middle = leaves.length >> 1;
  const indent = (line: string) => `  ${line}`;
  return [
    `if ($c < ${leaves[middle]!.key}) {`,
    ...tree(leaves.slice(0, middle)).map(indent),
    '} else {',
    ...tree(leaves.slice(middle)).map(indent),
    '}',
  ];
}

function leafLines(leaf: Leaf): string[] {
  return [`if ($c == ${leaf.key}) {`, ...leaf.words.map((word) => `  ${compare(word)}`), '}'];
}

/** Sets `$hit` when the bytes at `$i` are that word: 7 bytes, then 8, then 1 out of the window; a mask keeps the verifier from taking the
 * window itself for known afterwards. What is longer is finished by unaligned loads that end with the word; that the word ends within the
 * read is part of one comparison with them, so that the verifier does not follow both outcomes. */
function compare(word: Uint8Array): string {
  if (word.length <= 8) return `if (${masked('$w', word)}) { ${FOUND} }`;
  const conditions = [masked('$w', word.subarray(0, 7)), masked('(($w >> 56) | ($x << 8))', word.subarray(7, 15))];
  if (word.length > 15) conditions.push(masked('($x >> 56)', word.subarray(15, 16)));
  if (word.length <= 16) return `if (${conditions.join(' && ')}) { ${FOUND} }`;
  const differences = [`(($end - $i - ${word.length}) >> 63)`];
  for (let done = 16; done < word.length; done += 8) {
    const from = Math.min(done, word.length - 8);
    differences.push(`(*(uint64*)uptr($p + $i + ${from}) ^ ${constant(word.subarray(from, from + 8))})`);
  }
  return `if (${conditions.join(' && ')}) { $z = ${differences.join(' | ')}; if ($z == 0) { ${FOUND} } }`;
}

function masked(variable: string, bytes: Uint8Array): string {
  if (bytes.length === 8) return `${variable} == ${constant(bytes)}`;
  const mask = (1n << BigInt(8 * bytes.length)) - 1n;
  return `(${variable} & ${mask}) == ${constant(bytes)}`;
}

/** little-endian value of up to 8 bytes; from 2^63 up it is put together by shifts, since bpftrace's literals are signed */
function constant(bytes: Uint8Array): string {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (value < 1n << 63n) return value.toString();
  return `(((uint64)${value >> 8n} << 8) | ${value & 255n})`;
}
