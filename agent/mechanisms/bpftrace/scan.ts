/** Generates the keyword scan of the bpftrace hook: a sliding 64-bit window over the bytes read, compared against constants.
 *
 * Only numbers get into the script: a keyword never appears as text, so no keyword can change the program.
 * The window is fed by aligned 8-byte loads: an aligned word never crosses a page, so every word that holds a byte of the read can be
 * read whatever lies behind it, and a word that holds none may fail without harm (the helper zeroes it). */

export interface ScanProgram {
  /** script lines, indented for the body of the exit probe; they set `$hit` from `$b` (address) and `$n` (bytes read) */
  readonly text: string;
  /** how many words are compared, after dropping those that contain another */
  readonly scanned: number;
  /** the words left out because a shorter one inside them decides the same */
  readonly dropped: readonly string[];
  readonly windowBytes: number;
}

/** @param keywords bytes of each word, 1 to 64 bytes, no NUL
 * @param windowBytes how many bytes from the start of the read are scanned, 8 to 512 (the verifier's limit with 200 words) */
export function scanProgram(keywords: readonly Uint8Array[], windowBytes: number): ScanProgram {
  const { kept, dropped } = withoutContaining(keywords);
  const lines = [
    '$b = $s.1;',
    '$skip = $b & 7;',
    '$p = $b - $skip;',
    `$lim = $n; if ($lim > ${windowBytes}) { $lim = (uint64)${windowBytes}; @cut[pid] = count(); }`,
    '$end = $skip + $lim;',
    '$w = *(uint64*)uptr($p);',
    '$x = *(uint64*)uptr($p + 8);',
    '$hit = (uint64)0;',
    '$i = (uint64)0;',
    `while ($i < $end && $i < ${windowBytes + 8}) {`,
    '  $m = (uint64)0;',
    ...dispatch(kept).map((line) => `  ${line}`),
    '  if ($m != 0 && $i >= $skip && $i + $m <= $end) { $hit = (uint64)1; break; }',
    '  $w = ($w >> 8) | ($x << 56);',
    '  $x = $x >> 8;',
    '  $i = $i + 1;',
    '  if (($i & 7) == 0) { $x = *(uint64*)uptr($p + $i + 8); }',
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

interface Leaf {
  readonly key: number;
  readonly words: Uint8Array[];
}

/** a binary search over the first two bytes (one byte for one-byte words), then masked compares of the few words left */
function dispatch(words: readonly Uint8Array[]): string[] {
  const single = words.filter((word) => word.length === 1);
  const leaves = leavesOf(words.filter((word) => word.length > 1));
  const lines = single.map((word) => `if (($w & 255) == ${word[0]}) { $m = (uint64)1; }`);
  if (leaves.length > 0) lines.push('$c = $w & 65535;', ...tree(leaves));
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
  if (leaves.length === 1) {
    const leaf = leaves[0]!;
    return [`if ($c == ${leaf.key}) {`, ...leaf.words.map((word) => `  ${compare(word)}`), '}'];
  }
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

/** `$m` = length of the word when the bytes at `$i` are that word. Words longer than 8 bytes are finished by unaligned loads that end
 * with the word itself, so they touch no byte behind it. */
function compare(word: Uint8Array): string {
  const head = masked('$w', word.subarray(0, 8));
  const rest: string[] = [];
  for (let done = 8; done < word.length; done += 8) {
    const from = Math.min(done, word.length - 8);
    rest.push(`*(uint64*)uptr($p + $i + ${from}) == ${constant(word.subarray(from, from + 8))}`);
  }
  const conditions = [head, ...(rest.length > 0 ? [`$i + ${word.length} <= $end`] : []), ...rest];
  return `if (${conditions.join(' && ')}) { $m = (uint64)${word.length}; }`;
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
