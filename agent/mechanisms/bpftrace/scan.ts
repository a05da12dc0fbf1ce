/** Generates the keyword scan of the bpftrace hook: a sliding 64-bit window over the bytes read, compared against constants.
 *
 * Only numbers get into the script: a keyword never appears as text, so no keyword can change the program.
 * The window is fed by aligned 8-byte loads: an aligned word never crosses a page, so every word that holds a byte of the read can be
 * read whatever lies behind it. Bytes of such a word before and behind the read are made 0, which no keyword holds: what matches lies
 * within the read.
 *
 * The verifier follows every outcome of every branch, up to a million instructions. So nothing may differ after a branch but what is
 * looked at in it: a match is summed up in `$a` and leaves the loop only once in 8 bytes, and the end of the read is found without a
 * branch, in a form that the compiler doesn't turn back into one: `$z` is always 0, the sign of an address of a process, but the compiler
 * does not know. Then a position costs the verifier as much as the loop is long. */

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
 * @param windowBytes how many bytes from the start of the read are scanned, 8 to 256 (the verifier's limit with 200 words) */
export function scanProgram(keywords: readonly Uint8Array[], windowBytes: number): ScanProgram {
  const { kept, dropped } = withoutContaining(keywords);
  const lines = [
    '$b = $s.1;',
    '$skip = $b & 7;',
    '$p = $b - $skip;',
    '$z = $b >> 63;',
    `$over = (((uint64)${windowBytes} - $n) >> 63) & 1;`,
    `$end = $skip + $n - (($n - ${windowBytes}) & ((0 - $over) | $z));`,
    '$a = $z;',
    ...loadWord('$w', '0'),
    '$w = ($w >> ($skip * 8)) << ($skip * 8);',
    ...loadWord('$x', '8'),
    ...loadWord('$y', '16'),
    '$i = (uint64)0;',
    `while ($i < ${windowBytes + 8}) {`,
    ...dispatch(kept).map((line) => `  ${line}`),
    '  $w = ($w >> 8) | ($x << 56);',
    '  $x = ($x >> 8) | ($y << 56);',
    '  $y = $y >> 8;',
    '  $i = $i + 1;',
    '  if (($i & 7) == 0) {',
    '    if ($i >= ($end & ((($a >> 63) - 1) | $z))) { break; }',
    ...loadWord('$y', '$i + 16').map((line) => `    ${line}`),
    '  }',
    '}',
    '$hit = $a >> 63;',
    'if ($over == 1) { @cut[pid] = count(); }',
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

/** leaves compared one after the other at the end of the binary search: as fast as one by one, and a smaller program */
const LEAVES_TOGETHER = 4;

interface Leaf {
  readonly key: number;
  readonly words: Uint8Array[];
}

/** a binary search over the first two bytes (one byte for one-byte words), then masked compares of the few words left */
function dispatch(words: readonly Uint8Array[]): string[] {
  const leaves = leavesOf(words.filter((word) => word.length > 1));
  const lines = words.filter((word) => word.length === 1).map(compare);
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
  if (leaves.length <= LEAVES_TOGETHER) return leaves.flatMap(leafLines);
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

/** Sets the top bit of `$a` when the bytes at `$i` are that word: 7 bytes, then 8, then 1 out of the window. `$d` is 0 for equal bytes, and
 * ($d − 1) & ~$d has its top bit set for 0 alone. What is longer is finished by unaligned loads that end with the word; that the word ends
 * within the read is one more difference. */
function compare(word: Uint8Array): string {
  const found = '$a = $a | (($d - 1) & ~$d);';
  if (word.length <= 8) return `$d = ${difference('$w', word)}; ${found}`;
  const window = [
    difference('$w', word.subarray(0, 7)),
    difference('(($w >> 56) | ($x << 8))', word.subarray(7, 15)),
    ...(word.length > 15 ? [difference('($x >> 56)', word.subarray(15, 16))] : []),
  ];
  const first = `$d = ${window.join(' | ')};`;
  if (word.length <= 16) return `${first} ${found}`;
  const rest = [`(($end - $i - ${word.length}) >> 63)`];
  for (let done = 16; done < word.length; done += 8) {
    const from = Math.min(done, word.length - 8);
    rest.push(`(*(uint64*)uptr($p + $i + ${from}) ^ ${constant(word.subarray(from, from + 8))})`);
  }
  return `${first} if ($d == 0) { $d = ${rest.join(' | ')}; ${found} }`;
}

/** 0 when these bytes are the lowest of the variable */
function difference(variable: string, bytes: Uint8Array): string {
  if (bytes.length === 8) return `(${variable} ^ ${constant(bytes)})`;
  const mask = (1n << BigInt(8 * bytes.length)) - 1n;
  return `((${variable} & ${mask}) ^ ${constant(bytes)})`;
}

/** little-endian value of up to 8 bytes; from 2^63 up it is put together by shifts, since bpftrace's literals are signed */
function constant(bytes: Uint8Array): string {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (value < 1n << 63n) return value.toString();
  return `(((uint64)${value >> 8n} << 8) | ${value & 255n})`;
}
