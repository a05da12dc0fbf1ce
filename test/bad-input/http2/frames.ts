/** HTTP/2 frames by hand, good and bad. Source: RFC 9113. */

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const TYPES = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  more: 9,
};
export const END_HEADERS = 4;
export const END_STREAM = 1;

export function frame(
  type: number,
  o: { flags?: number; stream?: number; body?: Buffer; length?: number } = {},
): Buffer {
  const body = o.body ?? Buffer.alloc(0);
  const head = Buffer.alloc(9);
  head.writeUIntBE(o.length ?? body.length, 0, 3);
  head[3] = type;
  head[4] = o.flags ?? 0;
  head.writeUInt32BE(o.stream ?? 0, 5);
  return Buffer.concat([head, body]);
}

export function settings(entries: readonly (readonly [number, number])[] = []): Buffer {
  const body = Buffer.alloc(6 * entries.length);
  for (const [i, [id, value]] of entries.entries()) {
    body.writeUInt16BE(id, 6 * i);
    body.writeUInt32BE(value, 6 * i + 2);
  }
  return frame(TYPES.settings, { body });
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** HPACK, literal fields without indexing and without Huffman; names and values of at most 126 bytes, or longer with a two-byte length */
export function headerBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const rest: number[] = [127];
  let left = bytes.length - 127;
  for (; left > 127; left = Math.floor(left / 128)) rest.push((left % 128) + 128);
  return Buffer.concat([Buffer.from([...rest, left]), bytes]);
}

export const CALL_FIELDS: readonly (readonly [string, string])[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/hookbench.v1.AgentStream/Connect'],
  [':authority', 'x'],
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
];
