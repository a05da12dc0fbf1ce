/** Runs the keyword scan of the bpftrace script without bpftrace: its few kinds of statement are also JavaScript once numbers are bigints. */

/** an 8-byte little-endian load; 0 where there is no memory, as the kernel's helper leaves it */
export type Load = (address: bigint) => bigint;

/** @param text the lines made by scanProgram @returns whether the scan of `bytes` read to `address` finds a keyword */
export function compileScan(text: string): (o: { address: bigint; bytes: number; load: Load }) => boolean {
  const script = text
    .replace(/@cut\[pid\] = count\(\);/g, '')
    .replace(/\(uint64\)(?=\d)/g, '')
    .replace(/\*\(uint64\*\)uptr\(/g, 'load(')
    .replace(/(?<![\w$])\d+/g, '$&n')
    .replace(/\$s\.1n?/g, 'address')
    .replace(/\((\$\w+ << \w+)\)/g, 'BigInt.asUintN(64, $1)')
    .replace(/\$(\w+) = ([^;]+);/g, 'v.$1 = BigInt.asUintN(64, $2);')
    .replace(/\$(\w+)/g, 'v.$1');
  if (/[@{]\s*\w*\[|count\(/.test(script)) throw new Error(`not understood:\n${script}`);
  const body = new Function('v', 'address', 'load', script) as (
    v: Record<string, bigint>,
    a: bigint,
    load: Load,
  ) => void;
  return ({ address, bytes, load }) => {
    const variables: Record<string, bigint> = { n: BigInt(bytes) };
    body(variables, address, load);
    return variables.hit === 1n;
  };
}

/** The latency bucket as the script computes it, from the lines of the whole script. */
export function compileBucket(script: string): (latencyNs: number) => number {
  const from = script.indexOf('$v = $l;');
  const key = /@lat\[pid, (.+)\] = count\(\);/.exec(script);
  if (from < 0 || key === null) throw new Error('no bucket in this script');
  const lines = `${script.slice(from, key.index)} $index = ${key[1]};`
    .replace(/\(uint64\)(?=\d)/g, '')
    .replace(/(?<![\w$])\d+/g, '$&n')
    .replace(/\$(\w+)/g, 'v.$1');
  const body = new Function('v', lines) as (v: Record<string, bigint>) => void;
  return (latencyNs) => {
    const variables: Record<string, bigint> = { l: BigInt(latencyNs) };
    body(variables);
    return Number(variables.index);
  };
}
