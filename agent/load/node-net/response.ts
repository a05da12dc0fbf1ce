const HEAD_LIMIT_BYTES = 65_536;

/**
 * Reads one HTTP/1.1 response that leaves the connection open and states its length.
 * @returns a function that takes chunks and says true when the response is complete
 * @throws Error (from that function) when it is none of this kind, naming why
 */
export function responseReader(): (chunk: Buffer) => boolean {
  let held: Buffer = Buffer.alloc(0);
  let receivedBytes = 0;
  let wantedBytes: number | null = null;
  return (chunk) => {
    receivedBytes += chunk.length;
    if (wantedBytes === null) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      wantedBytes = extentBytes(held);
    }
    if (wantedBytes !== null && receivedBytes > wantedBytes) throw bad('more bytes than its Content-Length');
    return wantedBytes === receivedBytes;
  };
}

/** Bytes of head and body; null while the head is incomplete. */
function extentBytes(bytes: Buffer): number | null {
  const start = bytes.toString('latin1', 0, 7);
  if (!'HTTP/1.'.startsWith(start)) throw bad('it does not start with HTTP/1.');
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0 && bytes.length >= HEAD_LIMIT_BYTES) throw bad(`its head is over ${HEAD_LIMIT_BYTES} bytes`);
  if (end < 0) return null;
  const [status = '', ...headers] = bytes.toString('latin1', 0, end).split('\r\n');
  checkStatus(status);
  return end + 4 + bodyBytes(headers);
}

function checkStatus(line: string): void {
  const words = /^HTTP\/1\.(.) (\d{3})/.exec(line);
  if (words === null) throw bad('no status');
  if (!words[2]!.startsWith('2')) throw bad(`status ${words[2]}`);
  if (words[1] !== '1') throw bad(`HTTP/1.${words[1]}, keep-alive needs 1.1`);
}

function bodyBytes(headers: readonly string[]): number {
  let bodyBytes: number | null = null;
  for (const header of headers) {
    const name = header.slice(0, header.indexOf(':')).toLowerCase();
    const value = header.slice(name.length + 1).trim();
    if (name === 'transfer-encoding') throw bad('Transfer-Encoding (chunked) instead of Content-Length');
    if (name === 'connection' && /close/i.test(value)) throw bad('Connection: close, keep-alive needed');
    if (name !== 'content-length') continue;
    if (bodyBytes !== null || !/^\d{1,15}$/.test(value)) throw bad('unreadable Content-Length');
    bodyBytes = Number(value);
  }
  if (bodyBytes === null) throw bad('no Content-Length');
  return bodyBytes;
}

export function bad(why: string): Error {
  return new Error(`bad response: ${why}`);
}
