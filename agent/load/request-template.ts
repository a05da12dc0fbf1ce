/** The spellings of one plain HTTP/1.1 GET: servers take them all as the same request. */

export type Template = {
  readonly path: string;
  readonly hostName: string;
  readonly host: string;
  readonly padName: string;
  readonly pad: string;
};

/** What every request has; a keyword in here can't be avoided. */
export const FIXED_PARTS = ['GET /', ' HTTP/1.1\r\n', ': ', '\r\n\r\n'] as const;

/** Bytes that may stand in a path as they are (RFC 3986 pchar and `/`, without percent-encoding). */
export const PATH_BYTES = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]+$/;

const PATHS = ['/', '/0', '/q', '/z7', '/_', '/~'];
const HOST_NAMES = ['Host', 'host', 'HOST', 'hOsT', 'HoSt'];
const HOSTS = ['127.0.0.1', 'localhost', '0', 'z', 'q7', '8'];
const PAD_NAMES = ['Accept', 'X-Q', 'Q', 'z', 'J0', 'k'];
const PADS = ['*/*;q=0,', '0', 'z', 'q7', '-', '~', 'W', '8', '_', 'y'];

/** Every combination, the most ordinary first. */
export function* templates(): Generator<Template> {
  for (const hostName of HOST_NAMES) {
    for (const padName of PAD_NAMES) {
      for (const host of HOSTS) {
        for (const pad of PADS) {
          for (const path of PATHS) yield { path, hostName, host, padName, pad };
        }
      }
    }
  }
}

/** The request's bytes, its second header padded to the length; null where it does not fit. */
export function buildRequest(t: Template, path: string, lengthBytes: number): Uint8Array | null {
  const head = `GET ${path} HTTP/1.1\r\n${t.hostName}: ${t.host}\r\n${t.padName}: `;
  const padBytes = lengthBytes - head.length - 4;
  if (padBytes < 1) return null;
  const pad = t.pad.repeat(Math.ceil(padBytes / t.pad.length)).slice(0, padBytes);
  return Buffer.from(`${head}${pad}\r\n\r\n`, 'latin1');
}
